BEGIN TRANSACTION;
CREATE TABLE access_evidence (
	study_id VARCHAR(64) NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	document TEXT NOT NULL, 
	tasks TEXT NOT NULL, 
	starts TEXT NOT NULL, 
	ends TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	at TEXT NOT NULL, 
	CONSTRAINT pk_access_evidence PRIMARY KEY (study_id, user_id, kind, site_id)
);
CREATE TABLE access_log (
	id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	login TEXT NOT NULL, 
	action TEXT NOT NULL, 
	study_id TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	address TEXT NOT NULL, 
	CONSTRAINT pk_access_log PRIMARY KEY (id)
);
CREATE TABLE account_key (
	authenticator VARCHAR(64) NOT NULL, 
	subject VARCHAR(1024) NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	words TEXT NOT NULL, 
	material TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	used_at TEXT NOT NULL, 
	CONSTRAINT pk_account_key PRIMARY KEY (authenticator, subject)
);
CREATE TABLE account_link (
	token_sha256 VARCHAR(64) NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	purpose TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	used_at TEXT NOT NULL, 
	CONSTRAINT pk_account_link PRIMARY KEY (token_sha256)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0100');
CREATE TABLE chain_head (
	study_id VARCHAR(64) NOT NULL, 
	chain VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	hash VARCHAR(80) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	checks_n BIGINT NOT NULL, 
	CONSTRAINT pk_chain_head PRIMARY KEY (study_id, chain)
);
INSERT INTO "chain_head" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',7,'edc1:d2f5f12216efc9220d99fa3d3da81f1fc39f60eedceae5cf9222f6a7d3e20b9a','2026-03-04T09:15:00.000000Z',0);
INSERT INTO "chain_head" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',15,'edc1:a704ab0f96415c6038ba31349858923e10d46206f2cfc9df79477af4d316b8ff','2026-03-04T09:25:00.000000Z',7);
INSERT INTO "chain_head" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',10,'edc1:449cc673096640d04a2352fd7f4ca14728966947e39f5288f911afcf9fde167f','2026-03-04T09:25:00.000000Z',7);
CREATE TABLE command_receipt (
	study_id VARCHAR(64) NOT NULL, 
	op VARCHAR(200) NOT NULL, 
	user_id TEXT NOT NULL, 
	request_sha256 VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	response TEXT NOT NULL, 
	CONSTRAINT pk_command_receipt PRIMARY KEY (study_id, op)
);
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','study.add:01a228773d287aa7bba1d05c48e9934a','cli:test','8cd5535a8238bb4d22d5f2b6755e6ff1c16697757345217d24cf17f5d9dc4de8',200,'{"study_id":"01a228773d287aa7bba1d05c48e9934a"}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773d2476858dbd4e863aecf596','cli:test','e5d6cfcf87deafbcbdc9836067b4231f4db995b5b66e90c8c42053673ce4120f',200,'{"study_id":"01a228773d287aa7bba1d05c48e9934a","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","changed":true}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773d6073398cbc340e52286ba9','med.yoon','f5da28bf26dad9015409f25fa9176ef5a18efe857f926aa10703f51c90c10d64',200,'{"meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","meaning":"medical approval for live","acceptance":null}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773d917eaebc5f057b76d5be19','spo.han','0481233fe2ad8d94726e24aa41897cab41b071faa63ec74493df6047da3d4ff9',200,'{"meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","meaning":"sponsor approval for live","acceptance":null}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773dac73d4989459ee4211bfe8','spo.han','9d482cea46165252a015893a0a07c6d508cc291ff193a677477636409f8fd476',200,'{"meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","meaning":"release for live","acceptance":null}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773dc073efa0667b3367522172','crc.kim','c42d0758b1db8fce69290047e0851236f62cc86f1119fa56dd8381274d37bff2',200,'{"subject_id":"01a228773de1762fb5e2f15102efa3ed","subject_key":"S-001"}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773e167ac29bc5ae6d31019aae','crc.kim','7cf31d2427831000f4d551f4272af07d91df09fb79df94709d845a80b7c63bd6',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773e4f79148cd2e06eb377b8e0','crc.kim','48b90cb9d7615caf174d68f3f257725d6c39c36c8a49dce77cc2c6fe8f6f3531',200,'{"n":7,"status":"complete","versions":{},"queries":["01a228773e507212897745631b8b5ce5"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773e90705a837619764878b341','crc.kim','844e193a9355706712751bb1b835599b916eacdecadf71606af66d0c35178ff6',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a228773e507212897745631b8b5ce5"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773eaa748eb5f307db633fbc88','dm.choi','93705bb59cc811347a9bfdd7ccda39c0d5b0f570ec61e20f7cd078c547220ffa',200,'{"query_id":"01a228773eb8774fbd49341792a073c6"}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec377e3b4feb01ce1507b01','crc.kim','6f99e37b216f979f943ab7733e580b910acf8bf1c8da8c317491381fc3a2f630',200,'{"subject_id":"01a228773ec578fe834057edeae0137d","subject_key":"S-002"}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ed87cd3aed08c96ef1a0eef','crc.kim','a1965af586a67922099d5d4c908ac48a0c10ede780eb1821ab8908faff69a41c',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ee27f249be9bc1780d15542','crc.kim','455d0d16869ffabc569af134b42240bb85daffa5933a524ad4f3152831c3ff80',200,'{"n":7,"status":"complete","versions":{},"queries":["01a228773ee37b608501c270ec6d5654"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f0879d2aa83859b7a6c80fd','crc.kim','90b53fde5e3f67592133c6014f3b042d8fe22c9904e022ed6c6aaab7b391f4a4',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a228773ee37b608501c270ec6d5654"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f1d790c964fd784762625a1','dm.choi','0553075f33b9d043d9c8d887524bc96a30091ec8dc5655b73890a440d223a311',200,'{"query_id":"01a228773f1e771096fcec67d9c653c3"}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f307438a7e5a343c4251ccf','crc.kim','d5307f01f4c259bc14d871a9564d19b789bbd525160da6ccbfc25e27777f6292',200,'{"n":11,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.NOTE":2},"queries":[],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f3c79eb8f3fca810fdfcb26','crc.kim','a6865a122ea3d36724e36ff96b83c9e4f2dc5cfab282378f7e397f5863f9247a',200,'{"n":12,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.NOTE":3},"queries":[],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f4f7c2f9424a7c8489effe2','dm.choi','495489692fe56c3156776f0f32d4602dd007cb7e68b85d887aa7bd5a397cb440',200,'{"request":13,"entries":[11,12],"elsewhere":[]}');
INSERT INTO "command_receipt" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f76796f8716ec3c6fd17164','spo.han','18c203ff6b5b012b706c67ce4ed1f9d5dca122675fad1100fc92162b4c24c06e',200,'{"state":"approved","entries":[11,12]}');
CREATE TABLE credential (
	user_id VARCHAR(64) NOT NULL, 
	password_hash TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	locked_until TEXT NOT NULL, 
	token_sha256 TEXT NOT NULL, must_change BOOLEAN DEFAULT 0 NOT NULL, lockouts INTEGER DEFAULT '0' NOT NULL, totp TEXT DEFAULT '' NOT NULL, totp_step BIGINT DEFAULT '0' NOT NULL, recovery TEXT DEFAULT '[]' NOT NULL, 
	CONSTRAINT pk_credential PRIMARY KEY (user_id)
);
CREATE TABLE cut (
	study_id VARCHAR(64) NOT NULL, 
	root VARCHAR(80) NOT NULL, 
	name TEXT NOT NULL, 
	at TEXT NOT NULL, 
	vector TEXT NOT NULL, 
	CONSTRAINT pk_cut PRIMARY KEY (study_id, root)
);
CREATE TABLE event_data (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	removed BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	status TEXT NOT NULL, 
	CONSTRAINT pk_event_data PRIMARY KEY (study_id, subject_id, path)
);
CREATE TABLE finding (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	check_oid VARCHAR(64) NOT NULL, 
	finding_key VARCHAR(255) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	form_path TEXT NOT NULL, 
	severity VARCHAR(8) NOT NULL, 
	message TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	plugin TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	CONSTRAINT pk_finding PRIMARY KEY (study_id, subject_id, check_oid, finding_key, path)
);
CREATE TABLE form_data (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	event_oid TEXT NOT NULL, 
	event_key TEXT NOT NULL, 
	form_oid TEXT NOT NULL, 
	form_key TEXT NOT NULL, 
	meta_data_version TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	was_complete BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	CONSTRAINT pk_form_data PRIMARY KEY (study_id, subject_id, path)
);
INSERT INTO "form_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:20:00.000000Z','crc.kim');
INSERT INTO "form_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:25:00.000000Z','crc.kim');
CREATE TABLE group_data (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	form_path TEXT NOT NULL, 
	removed BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_group_data PRIMARY KEY (study_id, subject_id, path)
);
CREATE TABLE item_data (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	form_path TEXT NOT NULL, 
	event_oid TEXT NOT NULL, 
	event_key TEXT NOT NULL, 
	form_oid TEXT NOT NULL, 
	form_key TEXT NOT NULL, 
	group_path TEXT NOT NULL, 
	item_oid TEXT NOT NULL, 
	raw TEXT NOT NULL, 
	value TEXT, 
	missing TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	reading TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	n BIGINT NOT NULL, standard TEXT, standard_unit TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_item_data PRIMARY KEY (study_id, subject_id, path)
);
INSERT INTO "item_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8,NULL,'');
INSERT INTO "item_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3,NULL,'');
INSERT INTO "item_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','x','x','','','ok',3,12,NULL,'');
INSERT INTO "item_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8,NULL,'');
INSERT INTO "item_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3,NULL,'');
INSERT INTO "item_data" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','두통   <b>','두통   <b>','','','ok',1,4,NULL,'');
CREATE TABLE job (
	job_id VARCHAR(64) NOT NULL, 
	study_id TEXT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	actor TEXT NOT NULL, 
	request TEXT NOT NULL, 
	result TEXT NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	changed_at TEXT NOT NULL, due_at TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_job PRIMARY KEY (job_id)
);
CREATE TABLE ledger_entry (
	study_id VARCHAR(64) NOT NULL, 
	chain VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	op VARCHAR(200) NOT NULL, 
	op_index INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	path TEXT NOT NULL, 
	meta_data_version TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	site_id TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	user_zone TEXT NOT NULL, 
	site_zone TEXT NOT NULL, 
	reason_code TEXT NOT NULL, 
	reason_text TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	payload_sha256 VARCHAR(64) NOT NULL, 
	prev VARCHAR(80) NOT NULL, 
	hash VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_ledger_entry PRIMARY KEY (study_id, chain, n), 
	CONSTRAINT uq_ledger_entry_study_id_op_op_index UNIQUE (study_id, op, op_index)
);
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',1,'study.add:01a228773d287aa7bba1d05c48e9934a',0,'study.add','','','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"environment":"live","name":"Study GOLDEN","oid":"GOLDEN"}','d460349a826f44efa606e89621d49ce61bb2ab644647f1256772018c0f77159b','','edc1:1a84d098d90cf49427a1cd7bfe7833eac10bfb09747997fb532c919f9f6f28a3');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',2,'01a228773d2476858dbd4e863aecf596',0,'study.publish','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"definition":"{\"code_lists\":[{\"items\":[{\"coded_value\":\"M\"},{\"coded_value\":\"F\"}],\"name\":\"CL.DM.SEX\",\"oid\":\"CL.DM.SEX\"}],\"events\":[{\"form_refs\":[{\"form_oid\":\"VS\"},{\"form_oid\":\"DM\"},{\"form_oid\":\"AE\"}],\"name\":\"V1\",\"oid\":\"V1\"},{\"form_refs\":[{\"form_oid\":\"VS\"}],\"name\":\"UNS\",\"oid\":\"UNS\",\"repeating\":true}],\"forms\":[{\"group_refs\":[{\"item_group_oid\":\"VS\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"group_refs\":[{\"item_group_oid\":\"DM\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"group_refs\":[{\"item_group_oid\":\"AE.ROW\"}],\"name\":\"AE\",\"oid\":\"AE\"}],\"item_groups\":[{\"item_refs\":[{\"item_oid\":\"VS.SYSBP\",\"mandatory\":true},{\"item_oid\":\"VS.DIABP\",\"mandatory\":true},{\"item_oid\":\"VS.DATE\"},{\"item_oid\":\"VS.NOTE\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"item_refs\":[{\"item_oid\":\"DM.SEX\"},{\"item_oid\":\"DM.AGE\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"item_refs\":[{\"item_oid\":\"AE.TERM\",\"mandatory\":true},{\"item_oid\":\"AE.GRADE\"}],\"name\":\"AE.ROW\",\"oid\":\"AE.ROW\",\"repeating\":true}],\"items\":[{\"data_type\":\"integer\",\"name\":\"SYSBP\",\"oid\":\"VS.SYSBP\",\"question\":{\"texts\":[[\"en\",\"SYSBP?\"]]},\"range_checks\":[{\"check_values\":[\"60\"],\"comparator\":\"GE\"},{\"check_values\":[\"250\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"integer\",\"name\":\"DIABP\",\"oid\":\"VS.DIABP\",\"question\":{\"texts\":[[\"en\",\"DIABP?\"]]},\"range_checks\":[{\"check_values\":[\"40\"],\"comparator\":\"GE\"},{\"check_values\":[\"150\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"date\",\"name\":\"DATE\",\"oid\":\"VS.DATE\",\"question\":{\"texts\":[[\"en\",\"DATE?\"]]}},{\"data_type\":\"text\",\"name\":\"NOTE\",\"oid\":\"VS.NOTE\",\"question\":{\"texts\":[[\"en\",\"NOTE?\"]]}},{\"code_list_oid\":\"CL.DM.SEX\",\"data_type\":\"text\",\"name\":\"SEX\",\"oid\":\"DM.SEX\",\"question\":{\"texts\":[[\"en\",\"SEX?\"]]}},{\"data_type\":\"integer\",\"name\":\"AGE\",\"oid\":\"DM.AGE\",\"question\":{\"texts\":[[\"en\",\"AGE?\"]]}},{\"data_type\":\"text\",\"name\":\"TERM\",\"oid\":\"AE.TERM\",\"question\":{\"texts\":[[\"en\",\"TERM?\"]]}},{\"data_type\":\"integer\",\"name\":\"GRADE\",\"oid\":\"AE.GRADE\",\"question\":{\"texts\":[[\"en\",\"GRADE?\"]]},\"range_checks\":[{\"check_values\":[\"1\"],\"comparator\":\"GE\"},{\"check_values\":[\"5\"],\"comparator\":\"LE\"}]}],\"name\":\"Version 1\",\"oid\":\"1\",\"sites\":[{\"country\":\"KR\",\"name\":\"Site KR-01\",\"number\":\"KR-01\",\"zone\":\"Asia/Seoul\"},{\"country\":\"US\",\"name\":\"Site US-01\",\"number\":\"US-01\",\"zone\":\"America/New_York\"}],\"study\":{\"name\":\"Study GOLDEN\",\"oid\":\"GOLDEN\"}}","name":"Version 1","oid":"1","seq":1,"sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","study_name":"Study GOLDEN"}','4ea025cde760ad853ed04e60713cd1fbffb7ab21d94bb41188b5075ba6197ad9','edc1:1a84d098d90cf49427a1cd7bfe7833eac10bfb09747997fb532c919f9f6f28a3','edc1:fc4171b17b021895ded9e24a56eb22337d684e923edb5ee3730817ddc89f219b');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',3,'01a228773d2476858dbd4e863aecf596',1,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"KR","meta_data_version":"1","name":"Site KR-01","number":"KR-01","site_id":"01a228773d457f5c9ca5de9eed4e2bb6","zone":"Asia/Seoul"}','64e8d8ddddadc779d432b538fd346c5715bbd215999cb0a4d7a58bba9095f94a','edc1:fc4171b17b021895ded9e24a56eb22337d684e923edb5ee3730817ddc89f219b','edc1:1d9b52d4da0659987c301a91c0635477e148a80c98900666803d0dc40cbeec6d');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',4,'01a228773d2476858dbd4e863aecf596',2,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"US","meta_data_version":"1","name":"Site US-01","number":"US-01","site_id":"01a228773d45744daf3249b720783028","zone":"America/New_York"}','9d79101ced06469e29af6a6eb3c2757ea41a17d1454dee773325a3332267c428','edc1:1d9b52d4da0659987c301a91c0635477e148a80c98900666803d0dc40cbeec6d','edc1:4eee07880e2e74763def2b04da5e4c42c32952f49872c975a1084c793a95bf18');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',5,'01a228773d6073398cbc340e52286ba9',0,'study.approve','','1','med.yoon','MED','','2026-03-04T09:15:00.000000Z','Asia/Seoul','UTC','transcription','Read wrongly from the source.','','{"acceptance":null,"approval":"medical","clock":"unknown","component":"password","full_name":"med.yoon","meaning":"medical approval for live","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","statement":"I have reviewed the forms, questions and checks of this version, and I approve their medical content."}','0d5d920f0be7184c70bb0bc4b4894ab769ada211a0a2382edde5ebabb47811b9','edc1:4eee07880e2e74763def2b04da5e4c42c32952f49872c975a1084c793a95bf18','edc1:a9f297d037ee4ba61dda934c0c8bacfcb9d4ce12738a951c5ab956af83c61385');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',6,'01a228773d917eaebc5f057b76d5be19',0,'study.approve','','1','spo.han','SPO','','2026-03-04T09:15:00.000000Z','Asia/Seoul','UTC','transcription','Read wrongly from the source.','','{"acceptance":null,"approval":"sponsor","clock":"unknown","component":"password","full_name":"spo.han","meaning":"sponsor approval for live","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","statement":"I have reviewed how this version was built and tested, and I approve it on behalf of the sponsor."}','d6cce064fb8d27feeb0bb5d372fe59e461da6a449e73fc02d5e3f71db3efac83','edc1:a9f297d037ee4ba61dda934c0c8bacfcb9d4ce12738a951c5ab956af83c61385','edc1:e6594ba024d66ecdfef1cc44559f247c8f1a0bc825362bd6d64d86aa269c52d1');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','@study',7,'01a228773dac73d4989459ee4211bfe8',0,'study.release','','1','spo.han','SPO','','2026-03-04T09:15:00.000000Z','Asia/Seoul','UTC','transcription','Read wrongly from the source.','','{"acceptance":null,"clock":"unknown","component":"password","full_name":"spo.han","meaning":"release for live","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","statement":"I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered."}','e701b4db388fdd66b97974ed255561e09fdf9e1057ecafb33a4bb3a24ce24d34','edc1:e6594ba024d66ecdfef1cc44559f247c8f1a0bc825362bd6d64d86aa269c52d1','edc1:d2f5f12216efc9220d99fa3d3da81f1fc39f60eedceae5cf9222f6a7d3e20b9a');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',1,'01a228773dc073efa0667b3367522172',0,'subject.add','','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a228773d457f5c9ca5de9eed4e2bb6","source":{},"status":"active","subject_key":"S-001"}','6857b9e21d22b87afbe84c0e111e049d9f2657789edb24fa12bf18037414ff03','','edc1:189b2a0c6bd9649a0aa2c6f46926464463a8a3706740d262b7fa78294a8a8d5c');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',2,'01a228773e167ac29bc5ae6d31019aae',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a228773e3878e2a64269e74e6dd0d1","source":{},"standard":null,"unit":"","value":"300","version":1}','c7f29b915d0275fb9459dd01547681d08e040cb29c4da0d931c02da8a0566d6c','edc1:189b2a0c6bd9649a0aa2c6f46926464463a8a3706740d262b7fa78294a8a8d5c','edc1:0c4c3e85d4888859c0d72fab6ffe311afb2fb2ddd997af231fad4237a4553641');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',3,'01a228773e167ac29bc5ae6d31019aae',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a228773e38730e899dd5968aa5962a","source":{},"standard":null,"unit":"","value":"80","version":1}','878d4ba5f30d2a8d364f68f025e1a8e72ba1bfc7b8d69ff5165213b045677d86','edc1:0c4c3e85d4888859c0d72fab6ffe311afb2fb2ddd997af231fad4237a4553641','edc1:d566c89a48caed71e97eea4d272679e3ea8a665c8082cda5640a71afbf046744');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',4,'01a228773e167ac29bc5ae6d31019aae',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a228773e387f5ab52cd54bf8e1a8f7","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','d003d81551d9a8dfefab4c877b0bd9318ab04b5ab2cb522bdb0bd1d75ad39c25','edc1:d566c89a48caed71e97eea4d272679e3ea8a665c8082cda5640a71afbf046744','edc1:f01b5a37f68dba7f39611e3f4f3a216a755adca8fb3d66bfcfbe6335487e9214');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',5,'01a228773e167ac29bc5ae6d31019aae',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:f01b5a37f68dba7f39611e3f4f3a216a755adca8fb3d66bfcfbe6335487e9214','edc1:16a39fad31460d5fae671f99e02ca681edfdff863d74059d08705565cc52e220');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',6,'01a228773e4f79148cd2e06eb377b8e0',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:16a39fad31460d5fae671f99e02ca681edfdff863d74059d08705565cc52e220','edc1:bb48f6d2bc7f2903525661ad93bfd8d15f7bb0ffc8b3ed2f62565c582c320ad0');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',7,'01a228773e4f79148cd2e06eb377b8e0',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","language":"en","plugin":"","query_id":"01a228773e507212897745631b8b5ce5","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','2cb929fdfd60e43738a33ddee660a521ad0f1027e90cad5aebb8f58e9d63b9d0','edc1:bb48f6d2bc7f2903525661ad93bfd8d15f7bb0ffc8b3ed2f62565c582c320ad0','edc1:002d6fa00f744aac4561038a6f0b1d4d134a79680e98d5448cf01dd9c57590a0');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',8,'01a228773e90705a837619764878b341',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a228773e917bffb75de851c60f73a2","source":{},"standard":null,"unit":"","value":"130","version":2}','ff9ef76cdfd5cfd6dcebf087856238a81938e08cfc3e8048639fe2b2d12843bc','edc1:002d6fa00f744aac4561038a6f0b1d4d134a79680e98d5448cf01dd9c57590a0','edc1:d4bea97dddc4813e6c43e0272401ab7587c2bf4407c5ab3aab221c639cdc2fc6');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',9,'01a228773e90705a837619764878b341',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a228773e507212897745631b8b5ce5","state":"Resolved","text":"The data no longer meet the check.","version":2}','03bf685cf8bca12191c04a7c6b2f89902c4a0b43df49362bfbf8c8de37e27ab1','edc1:d4bea97dddc4813e6c43e0272401ab7587c2bf4407c5ab3aab221c639cdc2fc6','edc1:eb2cfc6e65ea873b9bcbdebe86194fbdf43220b5032317cbc85231df18dfbfcd');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',10,'01a228773eaa748eb5f307db633fbc88',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a228773eb8774fbd49341792a073c6","source":"Data Management","state":"Open","text":"Since when?"}','b09c8a7a4981366f6b86a9b0c83d5298876404bd1cdd0ba00d644015ca0ead56','edc1:eb2cfc6e65ea873b9bcbdebe86194fbdf43220b5032317cbc85231df18dfbfcd','edc1:8150d6ea62ea295110eb26da18caad1e8a4611decae5adc8823294f1fe4727c0');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',1,'01a228773ec377e3b4feb01ce1507b01',0,'subject.add','','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a228773d457f5c9ca5de9eed4e2bb6","source":{},"status":"active","subject_key":"S-002"}','b5afbf6043afbb831422f6a3895676bcf375d0ceb7c77b0eaedd5e39f81d1810','','edc1:4c49bb15ce39a0880fcb2564f3591a33cff0446c08c292e003a2b557c4de7762');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',2,'01a228773ed87cd3aed08c96ef1a0eef',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a228773ed976039d5eba35864934b5","source":{},"standard":null,"unit":"","value":"300","version":1}','cc39a19651f37d2c138203b37cea8233655ed613695feb333b74e2080b1ddd40','edc1:4c49bb15ce39a0880fcb2564f3591a33cff0446c08c292e003a2b557c4de7762','edc1:3d42b19ff7b75f9220cd1ac852b82dea2e77e64c84b4ceb7ab5a3d485995b5a2');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',3,'01a228773ed87cd3aed08c96ef1a0eef',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a228773ed97979b7eaac8151001cee","source":{},"standard":null,"unit":"","value":"80","version":1}','fb39e26541eafad771a216601d292b9237aeda88088c76637908e4b30f5a14fe','edc1:3d42b19ff7b75f9220cd1ac852b82dea2e77e64c84b4ceb7ab5a3d485995b5a2','edc1:58bf475608ae194bc9358d5dd7770a10bb5bdb582da57e808306569b13759785');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',4,'01a228773ed87cd3aed08c96ef1a0eef',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a228773ed97657b7958e4f382502e4","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','67e68eb31842e3f74aa01772a6f3fb4d243ffad3f785948e55095a38a1fafa0c','edc1:58bf475608ae194bc9358d5dd7770a10bb5bdb582da57e808306569b13759785','edc1:fb0a80fb9b898b2052db032e6de521b0c6ff17af9278c4e20ff4db1c103c9cd0');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',5,'01a228773ed87cd3aed08c96ef1a0eef',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:fb0a80fb9b898b2052db032e6de521b0c6ff17af9278c4e20ff4db1c103c9cd0','edc1:606e422fae271db2f6ea4a493344f593a60d8c1fe67875c0ceb9e1673825a5be');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',6,'01a228773ee27f249be9bc1780d15542',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:606e422fae271db2f6ea4a493344f593a60d8c1fe67875c0ceb9e1673825a5be','edc1:362793ea19becf1476519d0bb0dea6a33f1ea4f2b17374fb4dfd06d92ef76feb');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',7,'01a228773ee27f249be9bc1780d15542',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","language":"en","plugin":"","query_id":"01a228773ee37b608501c270ec6d5654","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','a624ba447b096fcf8df9257854589679e9cb730771c2b174b8964bcc87af1d21','edc1:362793ea19becf1476519d0bb0dea6a33f1ea4f2b17374fb4dfd06d92ef76feb','edc1:3e133762dd3dadec4e2b422d586a635349f41ae89b736d6eecd25e4d22c72ab5');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',8,'01a228773f0879d2aa83859b7a6c80fd',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a228773f08794483b55f7c9f2d7def","source":{},"standard":null,"unit":"","value":"130","version":2}','33287e678333f249bf26893aaa201fd3c3d0ef38472d7ff6cd4ce2c2a327cc9a','edc1:3e133762dd3dadec4e2b422d586a635349f41ae89b736d6eecd25e4d22c72ab5','edc1:7dc0027b604b8c66f3acff4a60df683c74ca658695335e2efc229d73e35e1354');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',9,'01a228773f0879d2aa83859b7a6c80fd',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a228773ee37b608501c270ec6d5654","state":"Resolved","text":"The data no longer meet the check.","version":2}','85a1275888efdfb02a6502e26edd0cf010b51886c17f3ce9808c673e60a16042','edc1:7dc0027b604b8c66f3acff4a60df683c74ca658695335e2efc229d73e35e1354','edc1:caef488b921105b51b85a3ae719e1ccc916ff1c18b7c29e813c08c3af7fa19d0');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d',10,'01a228773f1d790c964fd784762625a1',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a228773f1e771096fcec67d9c653c3","source":"Data Management","state":"Open","text":"Since when?"}','1ebe1a05ccc7f3e4493ed10cd2e223a2768430bf0ef20296a7eadc786e3c2624','edc1:caef488b921105b51b85a3ae719e1ccc916ff1c18b7c29e813c08c3af7fa19d0','edc1:449cc673096640d04a2352fd7f4ca14728966947e39f5288f911afcf9fde167f');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',11,'01a228773f307438a7e5a343c4251ccf',0,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','An identity was entered by mistake.','collected','{"missing":"","old":{"missing":"","raw":"두통   <b>","value":"두통   <b>"},"parsed":"ok","raw":"","redacted":["value"],"salt":"","source":{},"standard":null,"unit":"","value":null,"version":2}','f404967c03ae34b1f98d4c12cbffbcbb674f377a742b1566a8d0ad9ec9c4dfcc','edc1:8150d6ea62ea295110eb26da18caad1e8a4611decae5adc8823294f1fe4727c0','edc1:dccc6d0e4b7732a996aa280b53cd5d8bddf45a82fcb3ccd6f4268ccb3227d9b9');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',12,'01a228773f3c79eb8f3fca810fdfcb26',0,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','An identity was entered by mistake.','collected','{"missing":"","old":{"missing":"","raw":"","value":"[redacted]"},"parsed":"ok","raw":"x","redacted":["old"],"salt":"","source":{},"standard":null,"unit":"","value":"x","version":3}','34bb2e7701a753d2cd2336f88d11e6ee65271db9d0a6afa63b67bee1301ecece','edc1:dccc6d0e4b7732a996aa280b53cd5d8bddf45a82fcb3ccd6f4268ccb3227d9b9','edc1:5c5809ebf17fb5cdb32399baf809a3710a135fa947b8a32e1d16375e2afb5ebb');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',13,'01a228773f4f7c2f9424a7c8489effe2',0,'redact','V1[1]/VS[1]/VS[1]/VS.NOTE','','dm.choi','DM','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','An identity was entered by mistake.','','{"n":11,"state":"requested"}','5f2d20c486628602bcd402720f8b7d81cbe9069c3368b2a43d9d9f55cda94b5b','edc1:5c5809ebf17fb5cdb32399baf809a3710a135fa947b8a32e1d16375e2afb5ebb','edc1:1085dbb9725fa85201e4847822633e5ed4e01edeae94b5946e2a393debb50ccf');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',14,'01a228773f76796f8716ec3c6fd17164',0,'redact','V1[1]/VS[1]/VS[1]/VS.NOTE','','spo.han','SPO','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','An identity was entered by mistake.','','{"left":"{\"missing\":\"\",\"old\":{\"missing\":\"\",\"raw\":\"두통   <b>\",\"value\":\"두통   <b>\"},\"parsed\":\"ok\",\"raw\":\"\",\"redacted\":[\"value\"],\"salt\":\"\",\"source\":{},\"standard\":null,\"unit\":\"\",\"value\":null,\"version\":2}","n":11,"request":13,"requested_by":"dm.choi","state":"approved"}','8597eb22dc003173bfc2f94c80a32b9ac581838b6cc9748044e660a99d064517','edc1:1085dbb9725fa85201e4847822633e5ed4e01edeae94b5946e2a393debb50ccf','edc1:2b0d2e8c21861d02ebb04896e1557ab9cd3e1e560d1145d4b09cd55e7d798cc7');
INSERT INTO "ledger_entry" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed',15,'01a228773f76796f8716ec3c6fd17164',1,'redact','V1[1]/VS[1]/VS[1]/VS.NOTE','','spo.han','SPO','01a228773d457f5c9ca5de9eed4e2bb6','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','An identity was entered by mistake.','','{"left":"{\"missing\":\"\",\"old\":{\"missing\":\"\",\"raw\":\"\",\"value\":\"[redacted]\"},\"parsed\":\"ok\",\"raw\":\"x\",\"redacted\":[\"old\"],\"salt\":\"\",\"source\":{},\"standard\":null,\"unit\":\"\",\"value\":\"x\",\"version\":3}","n":12,"request":13,"requested_by":"dm.choi","state":"approved"}','1da6dd4e8381b245d1106dc10a6e6a60ca0bc75313729ff8d1ab16e7e13a6ec0','edc1:2b0d2e8c21861d02ebb04896e1557ab9cd3e1e560d1145d4b09cd55e7d798cc7','edc1:a704ab0f96415c6038ba31349858923e10d46206f2cfc9df79477af4d316b8ff');
CREATE TABLE meta_data_version (
	study_id VARCHAR(64) NOT NULL, 
	oid VARCHAR(255) NOT NULL, 
	seq INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	definition TEXT NOT NULL, 
	published_at TEXT NOT NULL, 
	CONSTRAINT pk_meta_data_version PRIMARY KEY (study_id, oid)
);
INSERT INTO "meta_data_version" VALUES('01a228773d287aa7bba1d05c48e9934a','1',1,'Version 1','4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3','{"code_lists":[{"items":[{"coded_value":"M"},{"coded_value":"F"}],"name":"CL.DM.SEX","oid":"CL.DM.SEX"}],"events":[{"form_refs":[{"form_oid":"VS"},{"form_oid":"DM"},{"form_oid":"AE"}],"name":"V1","oid":"V1"},{"form_refs":[{"form_oid":"VS"}],"name":"UNS","oid":"UNS","repeating":true}],"forms":[{"group_refs":[{"item_group_oid":"VS"}],"name":"VS","oid":"VS"},{"group_refs":[{"item_group_oid":"DM"}],"name":"DM","oid":"DM"},{"group_refs":[{"item_group_oid":"AE.ROW"}],"name":"AE","oid":"AE"}],"item_groups":[{"item_refs":[{"item_oid":"VS.SYSBP","mandatory":true},{"item_oid":"VS.DIABP","mandatory":true},{"item_oid":"VS.DATE"},{"item_oid":"VS.NOTE"}],"name":"VS","oid":"VS"},{"item_refs":[{"item_oid":"DM.SEX"},{"item_oid":"DM.AGE"}],"name":"DM","oid":"DM"},{"item_refs":[{"item_oid":"AE.TERM","mandatory":true},{"item_oid":"AE.GRADE"}],"name":"AE.ROW","oid":"AE.ROW","repeating":true}],"items":[{"data_type":"integer","name":"SYSBP","oid":"VS.SYSBP","question":{"texts":[["en","SYSBP?"]]},"range_checks":[{"check_values":["60"],"comparator":"GE"},{"check_values":["250"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"integer","name":"DIABP","oid":"VS.DIABP","question":{"texts":[["en","DIABP?"]]},"range_checks":[{"check_values":["40"],"comparator":"GE"},{"check_values":["150"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"date","name":"DATE","oid":"VS.DATE","question":{"texts":[["en","DATE?"]]}},{"data_type":"text","name":"NOTE","oid":"VS.NOTE","question":{"texts":[["en","NOTE?"]]}},{"code_list_oid":"CL.DM.SEX","data_type":"text","name":"SEX","oid":"DM.SEX","question":{"texts":[["en","SEX?"]]}},{"data_type":"integer","name":"AGE","oid":"DM.AGE","question":{"texts":[["en","AGE?"]]}},{"data_type":"text","name":"TERM","oid":"AE.TERM","question":{"texts":[["en","TERM?"]]}},{"data_type":"integer","name":"GRADE","oid":"AE.GRADE","question":{"texts":[["en","GRADE?"]]},"range_checks":[{"check_values":["1"],"comparator":"GE"},{"check_values":["5"],"comparator":"LE"}]}],"name":"Version 1","oid":"1","sites":[{"country":"KR","name":"Site KR-01","number":"KR-01","zone":"Asia/Seoul"},{"country":"US","name":"Site US-01","number":"US-01","zone":"America/New_York"}],"study":{"name":"Study GOLDEN","oid":"GOLDEN"}}','2026-03-04T09:15:00.000000Z');
CREATE TABLE plugin_health (
	study_id VARCHAR(64) NOT NULL, 
	plugin VARCHAR(64) NOT NULL, 
	check_oid VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	strikes INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	error TEXT NOT NULL, 
	since TEXT NOT NULL, 
	until TEXT NOT NULL, 
	CONSTRAINT pk_plugin_health PRIMARY KEY (study_id, plugin, check_oid)
);
CREATE TABLE plugin_upgrade (
	study_id VARCHAR(64) NOT NULL, 
	plugin VARCHAR(255) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	version TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	n BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	CONSTRAINT pk_plugin_upgrade PRIMARY KEY (study_id, plugin, state)
);
CREATE TABLE proof_attempt (
	token_sha256 VARCHAR(64) NOT NULL, 
	authenticator TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	next TEXT NOT NULL, 
	link TEXT NOT NULL, 
	kept TEXT NOT NULL, 
	begun_at TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	proved BOOLEAN NOT NULL, 
	CONSTRAINT pk_proof_attempt PRIMARY KEY (token_sha256)
);
CREATE TABLE protection (
	study_id VARCHAR(64) NOT NULL, 
	chain VARCHAR(64) NOT NULL, 
	scope VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	requested TEXT NOT NULL, 
	requested_by TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	CONSTRAINT pk_protection PRIMARY KEY (study_id, chain, scope, path)
);
CREATE TABLE "query" (
	study_id VARCHAR(64) NOT NULL, 
	query_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path TEXT NOT NULL, 
	form_path TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	source TEXT NOT NULL, 
	text TEXT NOT NULL, 
	check_oid TEXT NOT NULL, 
	finding_key TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	plugin TEXT NOT NULL, 
	author TEXT NOT NULL, 
	author_role TEXT NOT NULL, 
	opened_at TEXT NOT NULL, 
	state_at TEXT NOT NULL, 
	modified_after_close BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_query PRIMARY KEY (study_id, query_id)
);
INSERT INTO "query" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773e507212897745631b8b5ce5','01a228773de1762fb5e2f15102efa3ed','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773eb8774fbd49341792a073c6','01a228773de1762fb5e2f15102efa3ed','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,1);
INSERT INTO "query" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ee37b608501c270ec6d5654','01a228773ec578fe834057edeae0137d','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f1e771096fcec67d9c653c3','01a228773ec578fe834057edeae0137d','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,1);
CREATE TABLE query_message (
	study_id VARCHAR(64) NOT NULL, 
	query_id VARCHAR(64) NOT NULL, 
	n INTEGER NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at TEXT NOT NULL, 
	text TEXT NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT pk_query_message PRIMARY KEY (study_id, query_id, n)
);
INSERT INTO "query_message" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773e507212897745631b8b5ce5',1,'01a228773de1762fb5e2f15102efa3ed','system','','2026-03-04T09:20:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773e507212897745631b8b5ce5',2,'01a228773de1762fb5e2f15102efa3ed','system','','2026-03-04T09:20:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773eb8774fbd49341792a073c6',1,'01a228773de1762fb5e2f15102efa3ed','dm.choi','DM','2026-03-04T09:20:00.000000Z','Since when?','Open');
INSERT INTO "query_message" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ee37b608501c270ec6d5654',1,'01a228773ec578fe834057edeae0137d','system','','2026-03-04T09:25:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ee37b608501c270ec6d5654',2,'01a228773ec578fe834057edeae0137d','system','','2026-03-04T09:25:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773f1e771096fcec67d9c653c3',1,'01a228773ec578fe834057edeae0137d','dm.choi','DM','2026-03-04T09:25:00.000000Z','Since when?','Open');
CREATE TABLE review_mark (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	review VARCHAR(16) NOT NULL, 
	form_path TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	question TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	cause TEXT NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	CONSTRAINT pk_review_mark PRIMARY KEY (study_id, subject_id, path, review)
);
CREATE TABLE role_grant (
	grant_id VARCHAR(64) NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	study_id TEXT NOT NULL, 
	role VARCHAR(8) NOT NULL, 
	scope TEXT NOT NULL, 
	countries TEXT NOT NULL, 
	site_ids TEXT NOT NULL, 
	starts TEXT NOT NULL, 
	ends TEXT NOT NULL, 
	CONSTRAINT pk_role_grant PRIMARY KEY (grant_id)
);
CREATE TABLE rule_answer (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	spot VARCHAR(64) NOT NULL, 
	text TEXT, 
	reads TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	CONSTRAINT pk_rule_answer PRIMARY KEY (study_id, subject_id, "key")
);
CREATE TABLE signature (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	n BIGINT NOT NULL, 
	at TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	full_name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	meaning TEXT NOT NULL, 
	language TEXT NOT NULL, 
	hides TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	since TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_signature PRIMARY KEY (study_id, subject_id, path)
);
CREATE TABLE signature_acceptance (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	actor VARCHAR(255) NOT NULL, 
	full_name TEXT NOT NULL, 
	at TEXT NOT NULL, 
	CONSTRAINT pk_signature_acceptance PRIMARY KEY (study_id, subject_id, n)
);
CREATE TABLE site (
	study_id VARCHAR(64) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	number VARCHAR(255) NOT NULL, 
	name TEXT NOT NULL, 
	country TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	meta_data_version TEXT NOT NULL, 
	CONSTRAINT pk_site PRIMARY KEY (study_id, site_id), 
	CONSTRAINT uq_site_study_id_number UNIQUE (study_id, number)
);
INSERT INTO "site" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773d457f5c9ca5de9eed4e2bb6','KR-01','Site KR-01','KR','Asia/Seoul','1');
INSERT INTO "site" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773d45744daf3249b720783028','US-01','Site US-01','US','America/New_York','1');
CREATE TABLE site_activation (
	study_id VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	site_id TEXT NOT NULL, 
	meta_data_version TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	effective_from TEXT NOT NULL, 
	approval TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	CONSTRAINT pk_site_activation PRIMARY KEY (study_id, n)
);
CREATE TABLE study (
	study_id VARCHAR(64) NOT NULL, 
	oid VARCHAR(255) NOT NULL, 
	environment VARCHAR(8) NOT NULL, 
	name TEXT NOT NULL, 
	meta_data_version TEXT NOT NULL, upgraded_n BIGINT DEFAULT '0' NOT NULL, permissions TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_study PRIMARY KEY (study_id), 
	CONSTRAINT uq_study_oid_environment UNIQUE (oid, environment)
);
INSERT INTO "study" VALUES('01a228773d287aa7bba1d05c48e9934a','GOLDEN','live','Study GOLDEN','1',0,'{}');
CREATE TABLE study_release (
	study_id VARCHAR(64) NOT NULL, 
	meta_data_version VARCHAR(255) NOT NULL, 
	actor TEXT NOT NULL, 
	full_name TEXT NOT NULL, 
	meaning TEXT NOT NULL, 
	statement TEXT NOT NULL, 
	at TEXT NOT NULL, 
	CONSTRAINT pk_study_release PRIMARY KEY (study_id, meta_data_version)
);
INSERT INTO "study_release" VALUES('01a228773d287aa7bba1d05c48e9934a','1','spo.han','spo.han','release for live','I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered.','2026-03-04T09:15:00.000000Z');
CREATE TABLE subject (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	subject_key VARCHAR(255) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	status TEXT NOT NULL, 
	added_at TEXT NOT NULL, 
	CONSTRAINT pk_subject PRIMARY KEY (study_id, subject_id), 
	CONSTRAINT uq_subject_study_id_subject_key UNIQUE (study_id, subject_key)
);
INSERT INTO "subject" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773de1762fb5e2f15102efa3ed','S-001','01a228773d457f5c9ca5de9eed4e2bb6','active','2026-03-04T09:15:00.000000Z');
INSERT INTO "subject" VALUES('01a228773d287aa7bba1d05c48e9934a','01a228773ec578fe834057edeae0137d','S-002','01a228773d457f5c9ca5de9eed4e2bb6','active','2026-03-04T09:20:00.000000Z');
CREATE TABLE user_account (
	user_id VARCHAR(64) NOT NULL, 
	login VARCHAR(255) NOT NULL, 
	full_name TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	language TEXT NOT NULL, 
	active BOOLEAN NOT NULL, email TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_user_account PRIMARY KEY (user_id), 
	CONSTRAINT uq_user_account_login UNIQUE (login)
);
CREATE TABLE user_session (
	token_sha256 VARCHAR(64) NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	created_at TEXT NOT NULL, 
	seen_at TEXT NOT NULL, 
	ended_at TEXT NOT NULL, stage TEXT DEFAULT '' NOT NULL, address TEXT DEFAULT '' NOT NULL, agent TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_user_session PRIMARY KEY (token_sha256)
);
CREATE TABLE "waiver" (
	study_id VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	path VARCHAR(2000) NOT NULL, 
	why VARCHAR(64) NOT NULL, 
	ref VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	actor VARCHAR(255) NOT NULL, 
	full_name TEXT NOT NULL, 
	at TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_waiver PRIMARY KEY (study_id, subject_id, path, why, ref)
);
CREATE INDEX ix_chain_head_checks_due ON chain_head (study_id, checks_n, n);
CREATE INDEX ix_finding_form ON finding (study_id, subject_id, form_path);
CREATE INDEX ix_group_data_form ON group_data (study_id, subject_id, form_path);
CREATE INDEX ix_item_data_form ON item_data (study_id, subject_id, form_path);
CREATE INDEX ix_job_state ON job (state, created_at);
CREATE INDEX ix_job_study ON job (study_id, kind, created_at);
CREATE INDEX ix_ledger_entry_kind ON ledger_entry (study_id, kind, at);
CREATE INDEX ix_ledger_entry_path ON ledger_entry (study_id, chain, path, n);
CREATE INDEX ix_query_state ON "query" (study_id, state);
CREATE INDEX ix_query_subject ON "query" (study_id, subject_id, form_path);
CREATE INDEX ix_query_message_subject ON query_message (study_id, subject_id);
CREATE INDEX ix_role_grant_user ON role_grant (user_id);
CREATE INDEX ix_subject_site ON subject (study_id, site_id);
CREATE INDEX ix_user_session_user ON user_session (user_id, ended_at);
CREATE INDEX ix_review_mark_form ON review_mark (study_id, subject_id, form_path);
CREATE INDEX ix_signature_state ON signature (study_id, state);
CREATE INDEX ix_signature_acceptance_actor ON signature_acceptance (study_id, actor);
CREATE INDEX ix_account_key_user ON account_key (user_id);
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
        WHEN NOT (NEW.study_id IS OLD.study_id AND NEW.chain IS OLD.chain AND NEW.n IS OLD.n AND NEW.op IS OLD.op AND NEW.op_index IS OLD.op_index AND NEW.kind IS OLD.kind AND NEW.path IS OLD.path AND NEW.meta_data_version IS OLD.meta_data_version AND NEW.actor IS OLD.actor AND NEW.role IS OLD.role AND NEW.site_id IS OLD.site_id AND NEW.at IS OLD.at AND NEW.user_zone IS OLD.user_zone AND NEW.site_zone IS OLD.site_zone AND NEW.reason_code IS OLD.reason_code AND NEW.reason_text IS OLD.reason_text AND NEW.origin IS OLD.origin AND NEW.payload_sha256 IS OLD.payload_sha256 AND NEW.prev IS OLD.prev AND NEW.hash IS OLD.hash AND EXISTS (
            SELECT 1 FROM ledger_entry AS r
            WHERE r.study_id = OLD.study_id AND r.chain = OLD.chain AND r.n > OLD.n AND r.kind = 'redact'
              AND json_extract(r.payload, '$.state') = 'approved'
              AND json_extract(r.payload, '$.n') = OLD.n AND json_extract(r.payload, '$.left') = NEW.payload))
        BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
        WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE study_id = NEW.study_id AND chain = NEW.chain AND n = NEW.n)
          OR EXISTS (SELECT 1 FROM ledger_entry
                     WHERE study_id = NEW.study_id AND op = NEW.op AND op_index = NEW.op_index)
        BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER access_log_no_replace BEFORE INSERT ON access_log
        WHEN NEW.id IS NOT NULL AND EXISTS (SELECT 1 FROM access_log WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER ledger_entry_chain BEFORE INSERT ON ledger_entry
        WHEN NOT ((NEW.n = 1 AND NEW.prev = '') OR EXISTS (
            SELECT 1 FROM ledger_entry
            WHERE study_id = NEW.study_id AND chain = NEW.chain AND n = NEW.n - 1 AND hash = NEW.prev))
        BEGIN SELECT RAISE(ABORT, 'broken chain'); END;
COMMIT;