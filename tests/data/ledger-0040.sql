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
INSERT INTO "alembic_version" VALUES('0040');
CREATE TABLE chain_head (
	study_id VARCHAR(64) NOT NULL, 
	chain VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	hash VARCHAR(80) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	checks_n BIGINT NOT NULL, 
	CONSTRAINT pk_chain_head PRIMARY KEY (study_id, chain)
);
INSERT INTO "chain_head" VALUES('01a22534492f74f5b37ad070866d4deb','@study',5,'edc1:26f755647fe0d165d66b345e0922224ca72e16160f8e5c83e719c0d4688c1d5f','2026-03-04T09:15:00.000000Z',0);
INSERT INTO "chain_head" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',10,'edc1:ec445783de2641a55df2786e2f429d924ff2997804ce4ce69ba9ee488c59d1a0','2026-03-04T09:20:00.000000Z',7);
INSERT INTO "chain_head" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',10,'edc1:4c8e392cdbb4248dad5469699bfd2d5ee43b2aed2442a38d07283cd11a3ead81','2026-03-04T09:25:00.000000Z',7);
CREATE TABLE command_receipt (
	study_id VARCHAR(64) NOT NULL, 
	op VARCHAR(200) NOT NULL, 
	user_id TEXT NOT NULL, 
	request_sha256 VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	response TEXT NOT NULL, 
	CONSTRAINT pk_command_receipt PRIMARY KEY (study_id, op)
);
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','study.add:01a22534492f74f5b37ad070866d4deb','cli:test','b21a5c1b6e07b171a1f17dd7e07187a6f7c0a59137ffa9b0bd4a4746bdfa793e',200,'{"study_id":"01a22534492f74f5b37ad070866d4deb"}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a22534492e7cf694efc4448bb056f6','cli:test','45ff2a90498a4867ffbc31c2ed2e4a6601fddd7be6423aef9de2e8412c8e3f97',200,'{"study_id":"01a22534492f74f5b37ad070866d4deb","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","changed":true}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449847697b24b7dec1f6469dd','spo.han','6850c216d47208744a43eaa16b23df09cc73d8c6ef2338f4df0665c4731d0f1e',200,'{"meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","meaning":"release for live"}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449a079d5ba950fd6eec6272f','crc.kim','a22fb7e36272f00a59af6407d70daff8c4f66ba7d706efa688fbdac191c2ba21',200,'{"subject_id":"01a2253449c57e3682ba572be9da8e2e","subject_key":"S-001"}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449e77b60bf6462f93593c8b0','crc.kim','72dde5046d9f13b0560cb6fab1be80d5014f63de8c1ba915683613fdcc5d3bf6',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a1a7da6a63e1baf12f4f759','crc.kim','bb8aa949541fd31d004a6daffda38d8f05fe61f90b92d41dd8937894ec8094e3',200,'{"n":7,"status":"complete","versions":{},"queries":["01a225344a1b7ec792c682de7344daed"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a6074d4bcefa33bc1e21a82','crc.kim','5ab98848b72fbaf4432086ce7254065446e35ad07451cc3f9c459ebbc5567fc1',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a225344a1b7ec792c682de7344daed"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a8271ff94deddb7d1bf4140','dm.choi','b4f646c54696832c83dc1f183b6784ef0107566f9fe2accf14d4d0a23ed09fab',200,'{"query_id":"01a225344a847dbf8ae4ef81353b3607"}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a977598b9f56f3c59d49970','crc.kim','980be07c8d142d493ab1b7e5ce24b32fea046a0227184b0f7bc22bbfa7cee91b',200,'{"subject_id":"01a225344a9a7eab969897c02aba93ce","subject_key":"S-002"}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344aac75369c906fede4710e25','crc.kim','7c6e77d3e9af1b5e4024fe8d9e10763f58f163289178d7d5f5703b21d7bca958',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344ac57ff5b011139013df6ef9','crc.kim','e657d7714c84c0b66415def1909eb42b688958d8bc8b215a0fccb52854d68628',200,'{"n":7,"status":"complete","versions":{},"queries":["01a225344ac67fd1ab53daaa413433fd"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344ae27bcab8277b0e4b8962eb','crc.kim','9dc8d8f8844418cefe9e51f8f986675a16c3b090e1794f22f51e7ea1999e0f6c',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a225344ac67fd1ab53daaa413433fd"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344af176d7a853126792554c8d','dm.choi','ac92c3cffee4e4b16844935813fa8b94a35997c0787d93b805d0e2dd39c19c8c',200,'{"query_id":"01a225344af2735b851e1bfc5fb54eab"}');
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
INSERT INTO "form_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:20:00.000000Z','crc.kim');
INSERT INTO "form_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:25:00.000000Z','crc.kim');
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
INSERT INTO "item_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8,NULL,'');
INSERT INTO "item_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3,NULL,'');
INSERT INTO "item_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','두통   <b>','두통   <b>','','','ok',1,4,NULL,'');
INSERT INTO "item_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8,NULL,'');
INSERT INTO "item_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3,NULL,'');
INSERT INTO "item_data" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','두통   <b>','두통   <b>','','','ok',1,4,NULL,'');
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
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','@study',1,'study.add:01a22534492f74f5b37ad070866d4deb',0,'study.add','','','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"environment":"live","name":"Study GOLDEN","oid":"GOLDEN"}','d460349a826f44efa606e89621d49ce61bb2ab644647f1256772018c0f77159b','','edc1:78664f57d5e2257ce5148a7b07553c69318f07ff5e2dc94a32e5e5a4b2c38672');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','@study',2,'01a22534492e7cf694efc4448bb056f6',0,'study.publish','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"definition":"{\"code_lists\":[{\"items\":[{\"coded_value\":\"M\"},{\"coded_value\":\"F\"}],\"name\":\"CL.DM.SEX\",\"oid\":\"CL.DM.SEX\"}],\"events\":[{\"form_refs\":[{\"form_oid\":\"VS\"},{\"form_oid\":\"DM\"},{\"form_oid\":\"AE\"}],\"name\":\"V1\",\"oid\":\"V1\"},{\"form_refs\":[{\"form_oid\":\"VS\"}],\"name\":\"UNS\",\"oid\":\"UNS\",\"repeating\":true}],\"forms\":[{\"group_refs\":[{\"item_group_oid\":\"VS\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"group_refs\":[{\"item_group_oid\":\"DM\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"group_refs\":[{\"item_group_oid\":\"AE.ROW\"}],\"name\":\"AE\",\"oid\":\"AE\"}],\"item_groups\":[{\"item_refs\":[{\"item_oid\":\"VS.SYSBP\",\"mandatory\":true},{\"item_oid\":\"VS.DIABP\",\"mandatory\":true},{\"item_oid\":\"VS.DATE\"},{\"item_oid\":\"VS.NOTE\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"item_refs\":[{\"item_oid\":\"DM.SEX\"},{\"item_oid\":\"DM.AGE\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"item_refs\":[{\"item_oid\":\"AE.TERM\",\"mandatory\":true},{\"item_oid\":\"AE.GRADE\"}],\"name\":\"AE.ROW\",\"oid\":\"AE.ROW\",\"repeating\":true}],\"items\":[{\"data_type\":\"integer\",\"name\":\"SYSBP\",\"oid\":\"VS.SYSBP\",\"question\":{\"texts\":[[\"en\",\"SYSBP?\"]]},\"range_checks\":[{\"check_values\":[\"60\"],\"comparator\":\"GE\"},{\"check_values\":[\"250\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"integer\",\"name\":\"DIABP\",\"oid\":\"VS.DIABP\",\"question\":{\"texts\":[[\"en\",\"DIABP?\"]]},\"range_checks\":[{\"check_values\":[\"40\"],\"comparator\":\"GE\"},{\"check_values\":[\"150\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"date\",\"name\":\"DATE\",\"oid\":\"VS.DATE\",\"question\":{\"texts\":[[\"en\",\"DATE?\"]]}},{\"data_type\":\"text\",\"name\":\"NOTE\",\"oid\":\"VS.NOTE\",\"question\":{\"texts\":[[\"en\",\"NOTE?\"]]}},{\"code_list_oid\":\"CL.DM.SEX\",\"data_type\":\"text\",\"name\":\"SEX\",\"oid\":\"DM.SEX\",\"question\":{\"texts\":[[\"en\",\"SEX?\"]]}},{\"data_type\":\"integer\",\"name\":\"AGE\",\"oid\":\"DM.AGE\",\"question\":{\"texts\":[[\"en\",\"AGE?\"]]}},{\"data_type\":\"text\",\"name\":\"TERM\",\"oid\":\"AE.TERM\",\"question\":{\"texts\":[[\"en\",\"TERM?\"]]}},{\"data_type\":\"integer\",\"name\":\"GRADE\",\"oid\":\"AE.GRADE\",\"question\":{\"texts\":[[\"en\",\"GRADE?\"]]},\"range_checks\":[{\"check_values\":[\"1\"],\"comparator\":\"GE\"},{\"check_values\":[\"5\"],\"comparator\":\"LE\"}]}],\"name\":\"Version 1\",\"oid\":\"1\",\"sites\":[{\"country\":\"KR\",\"name\":\"Site KR-01\",\"number\":\"KR-01\",\"zone\":\"Asia/Seoul\"},{\"country\":\"US\",\"name\":\"Site US-01\",\"number\":\"US-01\",\"zone\":\"America/New_York\"}],\"study\":{\"name\":\"Study GOLDEN\",\"oid\":\"GOLDEN\"}}","name":"Version 1","oid":"1","seq":1,"sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","study_name":"Study GOLDEN"}','4ea025cde760ad853ed04e60713cd1fbffb7ab21d94bb41188b5075ba6197ad9','edc1:78664f57d5e2257ce5148a7b07553c69318f07ff5e2dc94a32e5e5a4b2c38672','edc1:16a50217a191b82ab3757d921bb714376697dab5a3adcfbf20c4eb4cf89949c2');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','@study',3,'01a22534492e7cf694efc4448bb056f6',1,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"KR","meta_data_version":"1","name":"Site KR-01","number":"KR-01","site_id":"01a225344977710eaae540a35a8a1710","zone":"Asia/Seoul"}','f2bdf08cfbd4e6a5222eead71181fcf4f884b4049f1caa88ba290c99c2b41ee3','edc1:16a50217a191b82ab3757d921bb714376697dab5a3adcfbf20c4eb4cf89949c2','edc1:ea802a8d1da93c5ba34329861534b0aea00592b4b550711de4025de11a20d2e0');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','@study',4,'01a22534492e7cf694efc4448bb056f6',2,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"US","meta_data_version":"1","name":"Site US-01","number":"US-01","site_id":"01a225344977763b951432b233f48fa0","zone":"America/New_York"}','be0397c6690353922ded403b1591abd674babe97884204a9446990d7d159aea6','edc1:ea802a8d1da93c5ba34329861534b0aea00592b4b550711de4025de11a20d2e0','edc1:ca416d7fcd85a06580b0acff4364e6c6187becfe2fb1fda25f4095ddeb95acd9');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','@study',5,'01a2253449847697b24b7dec1f6469dd',0,'study.release','','1','spo.han','SPO','','2026-03-04T09:15:00.000000Z','Asia/Seoul','UTC','','','','{"component":"password","full_name":"spo.han","meaning":"release for live","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","statement":"I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered."}','deb41a7b4d635a55a55c9744611adaac4e29052b6a9e78b2c53ea646956052ec','edc1:ca416d7fcd85a06580b0acff4364e6c6187becfe2fb1fda25f4095ddeb95acd9','edc1:26f755647fe0d165d66b345e0922224ca72e16160f8e5c83e719c0d4688c1d5f');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',1,'01a2253449a079d5ba950fd6eec6272f',0,'subject.add','','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a225344977710eaae540a35a8a1710","source":{},"status":"active","subject_key":"S-001"}','21af54fd1610b517eda3868ee455b999431c5cb5f5fe1ef2b95b34dfaa48df05','','edc1:1ca47c73da1a8335e2063bded088bee01281de3930b0360ec5dd835b65f8977d');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',2,'01a2253449e77b60bf6462f93593c8b0',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a225344a07713d9d22ac42899811fd","source":{},"standard":null,"unit":"","value":"300","version":1}','2a76bfb98e87fd29ecee7f8c31f210381f5747253cc6e9557a7691b261228003','edc1:1ca47c73da1a8335e2063bded088bee01281de3930b0360ec5dd835b65f8977d','edc1:e504a275251572b2294f7b0ac21a7f3be7a907f3895981fa362947f01dfdf881');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',3,'01a2253449e77b60bf6462f93593c8b0',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a225344a077d81b60d4c095710c8ae","source":{},"standard":null,"unit":"","value":"80","version":1}','d777a03b019b1218f22b9b04f549cffcbedf50e9150a50f530332f8cb1fe2610','edc1:e504a275251572b2294f7b0ac21a7f3be7a907f3895981fa362947f01dfdf881','edc1:077f68de85a1de0332115b5640a2f642e7b4a4a4140fdc6a29eb38118d9d76a7');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',4,'01a2253449e77b60bf6462f93593c8b0',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a225344a07733a92a3a4ae981fec84","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','1775dca7f932d4408b804f58cefaab9dbd9523bc3299cde10d8cafbb4dd321db','edc1:077f68de85a1de0332115b5640a2f642e7b4a4a4140fdc6a29eb38118d9d76a7','edc1:94e280c752f137f2d5f33e6a02b7d480231038a13aa1bd7b72cfa21ff9aa12ff');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',5,'01a2253449e77b60bf6462f93593c8b0',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:94e280c752f137f2d5f33e6a02b7d480231038a13aa1bd7b72cfa21ff9aa12ff','edc1:965a16ec0e018e4c9d8b52d15a21954d9d8e53cb4e982acf06069d52d4e823aa');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',6,'01a225344a1a7da6a63e1baf12f4f759',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:965a16ec0e018e4c9d8b52d15a21954d9d8e53cb4e982acf06069d52d4e823aa','edc1:003d622f1dca0354fc0cc93d3f8da407ad4a2fb35339bce869b01d1064a8a633');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',7,'01a225344a1a7da6a63e1baf12f4f759',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","language":"en","plugin":"","query_id":"01a225344a1b7ec792c682de7344daed","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','ba6b294049a40e62431a4811c70a9fe74deae830b1c253c8a07afcecbed4a9e1','edc1:003d622f1dca0354fc0cc93d3f8da407ad4a2fb35339bce869b01d1064a8a633','edc1:b6a28a0776989ce574ea6c09f51ce5198f643b609e74e3e024a857fd04c376df');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',8,'01a225344a6074d4bcefa33bc1e21a82',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a225344a6a7a4890af65fdd077af3d","source":{},"standard":null,"unit":"","value":"130","version":2}','b06096fc619ea099bb1c83ce68f03272693d9d9870ffb5dc987f9de1a38cbf3c','edc1:b6a28a0776989ce574ea6c09f51ce5198f643b609e74e3e024a857fd04c376df','edc1:974ce12bda0014b0416b097539658d19738d945334a02e1357dc8b25758ca6c9');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',9,'01a225344a6074d4bcefa33bc1e21a82',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a225344a1b7ec792c682de7344daed","state":"Resolved","text":"The data no longer meet the check.","version":2}','2b6b07f8c0c582a1c0f0d183656348fb41ed3dcb8c2b27585f10f225219ae0fe','edc1:974ce12bda0014b0416b097539658d19738d945334a02e1357dc8b25758ca6c9','edc1:3e2a203bd89213dc5a674d73c6843b4abbdcb8646d4897dee1544a6fb36d9e98');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e',10,'01a225344a8271ff94deddb7d1bf4140',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a225344a847dbf8ae4ef81353b3607","source":"Data Management","state":"Open","text":"Since when?"}','0d3f643c7065437d2e4bc18d1133398f8bbcdd75831862875725449c6a1e1b0d','edc1:3e2a203bd89213dc5a674d73c6843b4abbdcb8646d4897dee1544a6fb36d9e98','edc1:ec445783de2641a55df2786e2f429d924ff2997804ce4ce69ba9ee488c59d1a0');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',1,'01a225344a977598b9f56f3c59d49970',0,'subject.add','','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a225344977710eaae540a35a8a1710","source":{},"status":"active","subject_key":"S-002"}','ce6593bd9f6618625944110f8414fc7d242e48977b3513f920dc3bf87c88bfcb','','edc1:35c0ac86f6c367982437340f875f5f5260ebe69f4cfdb8f26189237ddfbd77fa');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',2,'01a225344aac75369c906fede4710e25',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a225344aac73fab63113a84e383997","source":{},"standard":null,"unit":"","value":"300","version":1}','e88a7ad65d52d67cb98e426ed23824e2151d05cdb33607c747b008394e819cc1','edc1:35c0ac86f6c367982437340f875f5f5260ebe69f4cfdb8f26189237ddfbd77fa','edc1:5e8a7624c9eb6c1bfcc02b0a388e7164d94cc83870148d5c8385dbd6dce47b94');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',3,'01a225344aac75369c906fede4710e25',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a225344aac7941b10504e911a4f047","source":{},"standard":null,"unit":"","value":"80","version":1}','ee1b014392c96beb4388eee67b2d8c3e28144383c951e656b7cc8b77ffc3c14e','edc1:5e8a7624c9eb6c1bfcc02b0a388e7164d94cc83870148d5c8385dbd6dce47b94','edc1:2c7566fff3ab6b575995cde5e9c5740ec30faba5693a6719087a8095ece9719d');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',4,'01a225344aac75369c906fede4710e25',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a225344aac70649bee30ae22e3c19d","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','918c2fe40191ac5fe0874facd69335265e53ba829fa28751183b2d5c58206e5b','edc1:2c7566fff3ab6b575995cde5e9c5740ec30faba5693a6719087a8095ece9719d','edc1:375c105391b1300dde0b0ff37d91a930e6b09919fe5d0bdd969744fd6d6170d4');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',5,'01a225344aac75369c906fede4710e25',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:375c105391b1300dde0b0ff37d91a930e6b09919fe5d0bdd969744fd6d6170d4','edc1:14a3a46db83fe827e601512f241d223b3fc32b14e531085b4bd24131953ec8a8');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',6,'01a225344ac57ff5b011139013df6ef9',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:14a3a46db83fe827e601512f241d223b3fc32b14e531085b4bd24131953ec8a8','edc1:912ade0ac0ccdad6029fc49de297abb7642264061f54c2df1565c116ec083727');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',7,'01a225344ac57ff5b011139013df6ef9',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a225344977710eaae540a35a8a1710','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","language":"en","plugin":"","query_id":"01a225344ac67fd1ab53daaa413433fd","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','e75ec3925c174ac784c44707f738861e18b2102666efd0763b2c83a078a0d2c7','edc1:912ade0ac0ccdad6029fc49de297abb7642264061f54c2df1565c116ec083727','edc1:9be12bec48261e063b23e84ea5bd6167de9476dd6b1152fa247847cff753c7ff');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',8,'01a225344ae27bcab8277b0e4b8962eb',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a225344977710eaae540a35a8a1710','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a225344ae27347a7e5e244d2602352","source":{},"standard":null,"unit":"","value":"130","version":2}','48d225c230008c19371d1c5dd358e290827f8b48dee1b34b1f2315cd8149d29e','edc1:9be12bec48261e063b23e84ea5bd6167de9476dd6b1152fa247847cff753c7ff','edc1:574e7e00abb84bc5303896173d4162b9774cdd5076f8c33e101553b21fce79f7');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',9,'01a225344ae27bcab8277b0e4b8962eb',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a225344977710eaae540a35a8a1710','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a225344ac67fd1ab53daaa413433fd","state":"Resolved","text":"The data no longer meet the check.","version":2}','24c304e13e40465d622652c8d6ec4503b5dc8c355dd46043281cf1bc414bb302','edc1:574e7e00abb84bc5303896173d4162b9774cdd5076f8c33e101553b21fce79f7','edc1:430678106e3f5fd210401b71fe16a3799349f469bf3f7a975120f90c824fe631');
INSERT INTO "ledger_entry" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce',10,'01a225344af176d7a853126792554c8d',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a225344977710eaae540a35a8a1710','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a225344af2735b851e1bfc5fb54eab","source":"Data Management","state":"Open","text":"Since when?"}','722fd6f43ac34b2f77078a39d5e9ab8f62f1f00dde6266a5cc76b3685f2d0d23','edc1:430678106e3f5fd210401b71fe16a3799349f469bf3f7a975120f90c824fe631','edc1:4c8e392cdbb4248dad5469699bfd2d5ee43b2aed2442a38d07283cd11a3ead81');
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
INSERT INTO "meta_data_version" VALUES('01a22534492f74f5b37ad070866d4deb','1',1,'Version 1','4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3','{"code_lists":[{"items":[{"coded_value":"M"},{"coded_value":"F"}],"name":"CL.DM.SEX","oid":"CL.DM.SEX"}],"events":[{"form_refs":[{"form_oid":"VS"},{"form_oid":"DM"},{"form_oid":"AE"}],"name":"V1","oid":"V1"},{"form_refs":[{"form_oid":"VS"}],"name":"UNS","oid":"UNS","repeating":true}],"forms":[{"group_refs":[{"item_group_oid":"VS"}],"name":"VS","oid":"VS"},{"group_refs":[{"item_group_oid":"DM"}],"name":"DM","oid":"DM"},{"group_refs":[{"item_group_oid":"AE.ROW"}],"name":"AE","oid":"AE"}],"item_groups":[{"item_refs":[{"item_oid":"VS.SYSBP","mandatory":true},{"item_oid":"VS.DIABP","mandatory":true},{"item_oid":"VS.DATE"},{"item_oid":"VS.NOTE"}],"name":"VS","oid":"VS"},{"item_refs":[{"item_oid":"DM.SEX"},{"item_oid":"DM.AGE"}],"name":"DM","oid":"DM"},{"item_refs":[{"item_oid":"AE.TERM","mandatory":true},{"item_oid":"AE.GRADE"}],"name":"AE.ROW","oid":"AE.ROW","repeating":true}],"items":[{"data_type":"integer","name":"SYSBP","oid":"VS.SYSBP","question":{"texts":[["en","SYSBP?"]]},"range_checks":[{"check_values":["60"],"comparator":"GE"},{"check_values":["250"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"integer","name":"DIABP","oid":"VS.DIABP","question":{"texts":[["en","DIABP?"]]},"range_checks":[{"check_values":["40"],"comparator":"GE"},{"check_values":["150"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"date","name":"DATE","oid":"VS.DATE","question":{"texts":[["en","DATE?"]]}},{"data_type":"text","name":"NOTE","oid":"VS.NOTE","question":{"texts":[["en","NOTE?"]]}},{"code_list_oid":"CL.DM.SEX","data_type":"text","name":"SEX","oid":"DM.SEX","question":{"texts":[["en","SEX?"]]}},{"data_type":"integer","name":"AGE","oid":"DM.AGE","question":{"texts":[["en","AGE?"]]}},{"data_type":"text","name":"TERM","oid":"AE.TERM","question":{"texts":[["en","TERM?"]]}},{"data_type":"integer","name":"GRADE","oid":"AE.GRADE","question":{"texts":[["en","GRADE?"]]},"range_checks":[{"check_values":["1"],"comparator":"GE"},{"check_values":["5"],"comparator":"LE"}]}],"name":"Version 1","oid":"1","sites":[{"country":"KR","name":"Site KR-01","number":"KR-01","zone":"Asia/Seoul"},{"country":"US","name":"Site US-01","number":"US-01","zone":"America/New_York"}],"study":{"name":"Study GOLDEN","oid":"GOLDEN"}}','2026-03-04T09:15:00.000000Z');
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
INSERT INTO "query" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a1b7ec792c682de7344daed','01a2253449c57e3682ba572be9da8e2e','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a847dbf8ae4ef81353b3607','01a2253449c57e3682ba572be9da8e2e','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,1);
INSERT INTO "query" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344ac67fd1ab53daaa413433fd','01a225344a9a7eab969897c02aba93ce','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344af2735b851e1bfc5fb54eab','01a225344a9a7eab969897c02aba93ce','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,1);
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
INSERT INTO "query_message" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a1b7ec792c682de7344daed',1,'01a2253449c57e3682ba572be9da8e2e','system','','2026-03-04T09:20:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a1b7ec792c682de7344daed',2,'01a2253449c57e3682ba572be9da8e2e','system','','2026-03-04T09:20:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a847dbf8ae4ef81353b3607',1,'01a2253449c57e3682ba572be9da8e2e','dm.choi','DM','2026-03-04T09:20:00.000000Z','Since when?','Open');
INSERT INTO "query_message" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344ac67fd1ab53daaa413433fd',1,'01a225344a9a7eab969897c02aba93ce','system','','2026-03-04T09:25:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344ac67fd1ab53daaa413433fd',2,'01a225344a9a7eab969897c02aba93ce','system','','2026-03-04T09:25:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344af2735b851e1bfc5fb54eab',1,'01a225344a9a7eab969897c02aba93ce','dm.choi','DM','2026-03-04T09:25:00.000000Z','Since when?','Open');
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
INSERT INTO "site" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344977710eaae540a35a8a1710','KR-01','Site KR-01','KR','Asia/Seoul','1');
INSERT INTO "site" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344977763b951432b233f48fa0','US-01','Site US-01','US','America/New_York','1');
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
INSERT INTO "study" VALUES('01a22534492f74f5b37ad070866d4deb','GOLDEN','live','Study GOLDEN','1',0,'{}');
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
INSERT INTO "study_release" VALUES('01a22534492f74f5b37ad070866d4deb','1','spo.han','spo.han','release for live','I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered.','2026-03-04T09:15:00.000000Z');
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
INSERT INTO "subject" VALUES('01a22534492f74f5b37ad070866d4deb','01a2253449c57e3682ba572be9da8e2e','S-001','01a225344977710eaae540a35a8a1710','active','2026-03-04T09:15:00.000000Z');
INSERT INTO "subject" VALUES('01a22534492f74f5b37ad070866d4deb','01a225344a9a7eab969897c02aba93ce','S-002','01a225344977710eaae540a35a8a1710','active','2026-03-04T09:20:00.000000Z');
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