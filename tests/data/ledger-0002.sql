BEGIN TRANSACTION;
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
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE chain_head (
	study_id VARCHAR(64) NOT NULL, 
	chain VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	hash VARCHAR(80) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	checks_n BIGINT NOT NULL, 
	CONSTRAINT pk_chain_head PRIMARY KEY (study_id, chain)
);
INSERT INTO "chain_head" VALUES('01a22532e66272e4b906d3dceeb8f293','@study',5,'edc1:e760874ff74b26c7f08f77c6f4d9c8b8111c503cb20fe197cbdbd6b12236201d','2026-03-04T09:15:00.000000Z',0);
INSERT INTO "chain_head" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',10,'edc1:5af2f6fd8702c1cbd16a54c26a8b3f462db3d5a18e01071757620a1d79ff9473','2026-03-04T09:20:00.000000Z',7);
INSERT INTO "chain_head" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',10,'edc1:4c2057ec5d25809495f3e5d146b18e0c553475325e8ef9065b6ba2a3a72a5405','2026-03-04T09:25:00.000000Z',7);
CREATE TABLE command_receipt (
	study_id VARCHAR(64) NOT NULL, 
	op VARCHAR(200) NOT NULL, 
	user_id TEXT NOT NULL, 
	request_sha256 VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	response TEXT NOT NULL, 
	CONSTRAINT pk_command_receipt PRIMARY KEY (study_id, op)
);
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','study.add:01a22532e66272e4b906d3dceeb8f293','cli:test','c749fba80af466cfb7bd5a5b915c2acf59b5b3219f23c6d6c462ae888a09577a',200,'{"study_id":"01a22532e66272e4b906d3dceeb8f293"}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6607cb49a8c7d344f7501f3','cli:test','51f812c0d88d8647861376040f68bb34806b65bdbfbdce69a3373d88c529f5fb',200,'{"study_id":"01a22532e66272e4b906d3dceeb8f293","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","changed":true}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e693719dbc60361f8487ee53','spo.han','10d52fba3688560c247f65d5f8c3f39b915bb9a89a0ed0401ff964f90bea82f8',200,'{"meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","meaning":"release for live"}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6b07882b403c5d329a30819','crc.kim','a3f872934d9c4fab05c6c53551859845236e604c122cd14242e69334123b40ee',200,'{"subject_id":"01a22532e6cf78568afc75a93ee8fece","subject_key":"S-001"}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6f074e3b2fcc0b274c17653','crc.kim','955b150999e59e0bfb58f1b1d87a2b2ed04b779adcf1c7df8e733eeb49225c0b',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e720780a9e5c02ca65bef18e','crc.kim','f8d00959e7732953235b697aa69b4d4349c62d5dc39d31308744915c3cb34a56',200,'{"n":7,"status":"complete","versions":{},"queries":["01a22532e72f79ab84fe79b4f16c943e"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e77e77cca8b463e4a35488cb','crc.kim','1dc23bcda3a47a1abf1c8465fa43abe63a8dd03c92e9fbad0612f6e3488de7c4',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a22532e72f79ab84fe79b4f16c943e"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e78e7fb28048de611ad96fe8','dm.choi','334c6846aa5585c1d66221623186cc4dbd66230c7b36da81f72f69af220be19a',200,'{"query_id":"01a22532e78e7c0fa6739307a2803e96"}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79e72c9b5f10ddc1d170bd1','crc.kim','5f403097c76bd19bb5d7b19c37373b3afd71d5137f5fb899e653822450d63b03',200,'{"subject_id":"01a22532e79f7b27b4d1184dfb3ec6a2","subject_key":"S-002"}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7a67db98b4c5d1963899b3f','crc.kim','82c4d8e2b0eb6dad7891661a53c1df396d9ccf74df171424b6a8f17303bb8d46',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7ba7f8ea5e41d821dab5fd4','crc.kim','ec5c80ed577ce777d5286c5ae377bc168f0c8b79ea06cf66cffcc9112b80a041',200,'{"n":7,"status":"complete","versions":{},"queries":["01a22532e7bb7426862d5202ef3bcfb8"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7e2705f80008f3df74f33f6','crc.kim','9d1bba293ae982933ae56a209d7533b2a83df922377f3afdeac08d6a889321db',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a22532e7bb7426862d5202ef3bcfb8"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7ef793e9c1e656c65096864','dm.choi','00ade54cab06113b5bbacf9a5d081413afc964508253c12362e87c8b976f0dde',200,'{"query_id":"01a22532e7f077658bb501d9fd63572a"}');
CREATE TABLE credential (
	user_id VARCHAR(64) NOT NULL, 
	password_hash TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	locked_until TEXT NOT NULL, 
	token_sha256 TEXT NOT NULL, 
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
INSERT INTO "form_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:20:00.000000Z','crc.kim');
INSERT INTO "form_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:25:00.000000Z','crc.kim');
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
	n BIGINT NOT NULL, 
	CONSTRAINT pk_item_data PRIMARY KEY (study_id, subject_id, path)
);
INSERT INTO "item_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8);
INSERT INTO "item_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3);
INSERT INTO "item_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','두통   <b>','두통   <b>','','','ok',1,4);
INSERT INTO "item_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8);
INSERT INTO "item_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3);
INSERT INTO "item_data" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','두통   <b>','두통   <b>','','','ok',1,4);
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
	changed_at TEXT NOT NULL, 
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
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','@study',1,'study.add:01a22532e66272e4b906d3dceeb8f293',0,'study.add','','','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"environment":"live","name":"Study GOLDEN","oid":"GOLDEN"}','d460349a826f44efa606e89621d49ce61bb2ab644647f1256772018c0f77159b','','edc1:df859c7375e46897a330edd1fad55eff93c901b78466ec1525c8fc03818da038');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','@study',2,'01a22532e6607cb49a8c7d344f7501f3',0,'study.publish','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"definition":"{\"code_lists\":[{\"items\":[{\"coded_value\":\"M\"},{\"coded_value\":\"F\"}],\"name\":\"CL.DM.SEX\",\"oid\":\"CL.DM.SEX\"}],\"events\":[{\"form_refs\":[{\"form_oid\":\"VS\"},{\"form_oid\":\"DM\"},{\"form_oid\":\"AE\"}],\"name\":\"V1\",\"oid\":\"V1\"},{\"form_refs\":[{\"form_oid\":\"VS\"}],\"name\":\"UNS\",\"oid\":\"UNS\",\"repeating\":true}],\"forms\":[{\"group_refs\":[{\"item_group_oid\":\"VS\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"group_refs\":[{\"item_group_oid\":\"DM\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"group_refs\":[{\"item_group_oid\":\"AE.ROW\"}],\"name\":\"AE\",\"oid\":\"AE\"}],\"item_groups\":[{\"item_refs\":[{\"item_oid\":\"VS.SYSBP\",\"mandatory\":true},{\"item_oid\":\"VS.DIABP\",\"mandatory\":true},{\"item_oid\":\"VS.DATE\"},{\"item_oid\":\"VS.NOTE\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"item_refs\":[{\"item_oid\":\"DM.SEX\"},{\"item_oid\":\"DM.AGE\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"item_refs\":[{\"item_oid\":\"AE.TERM\",\"mandatory\":true},{\"item_oid\":\"AE.GRADE\"}],\"name\":\"AE.ROW\",\"oid\":\"AE.ROW\",\"repeating\":true}],\"items\":[{\"data_type\":\"integer\",\"name\":\"SYSBP\",\"oid\":\"VS.SYSBP\",\"question\":{\"texts\":[[\"en\",\"SYSBP?\"]]},\"range_checks\":[{\"check_values\":[\"60\"],\"comparator\":\"GE\"},{\"check_values\":[\"250\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"integer\",\"name\":\"DIABP\",\"oid\":\"VS.DIABP\",\"question\":{\"texts\":[[\"en\",\"DIABP?\"]]},\"range_checks\":[{\"check_values\":[\"40\"],\"comparator\":\"GE\"},{\"check_values\":[\"150\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"date\",\"name\":\"DATE\",\"oid\":\"VS.DATE\",\"question\":{\"texts\":[[\"en\",\"DATE?\"]]}},{\"data_type\":\"text\",\"name\":\"NOTE\",\"oid\":\"VS.NOTE\",\"question\":{\"texts\":[[\"en\",\"NOTE?\"]]}},{\"code_list_oid\":\"CL.DM.SEX\",\"data_type\":\"text\",\"name\":\"SEX\",\"oid\":\"DM.SEX\",\"question\":{\"texts\":[[\"en\",\"SEX?\"]]}},{\"data_type\":\"integer\",\"name\":\"AGE\",\"oid\":\"DM.AGE\",\"question\":{\"texts\":[[\"en\",\"AGE?\"]]}},{\"data_type\":\"text\",\"name\":\"TERM\",\"oid\":\"AE.TERM\",\"question\":{\"texts\":[[\"en\",\"TERM?\"]]}},{\"data_type\":\"integer\",\"name\":\"GRADE\",\"oid\":\"AE.GRADE\",\"question\":{\"texts\":[[\"en\",\"GRADE?\"]]},\"range_checks\":[{\"check_values\":[\"1\"],\"comparator\":\"GE\"},{\"check_values\":[\"5\"],\"comparator\":\"LE\"}]}],\"name\":\"Version 1\",\"oid\":\"1\",\"sites\":[{\"country\":\"KR\",\"name\":\"Site KR-01\",\"number\":\"KR-01\",\"zone\":\"Asia/Seoul\"},{\"country\":\"US\",\"name\":\"Site US-01\",\"number\":\"US-01\",\"zone\":\"America/New_York\"}],\"study\":{\"name\":\"Study GOLDEN\",\"oid\":\"GOLDEN\"}}","name":"Version 1","oid":"1","seq":1,"sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","study_name":"Study GOLDEN"}','4ea025cde760ad853ed04e60713cd1fbffb7ab21d94bb41188b5075ba6197ad9','edc1:df859c7375e46897a330edd1fad55eff93c901b78466ec1525c8fc03818da038','edc1:6dec7f317bf19446de5a760b408ecdfc9f454157d4535585467a20162186d635');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','@study',3,'01a22532e6607cb49a8c7d344f7501f3',1,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"KR","meta_data_version":"1","name":"Site KR-01","number":"KR-01","site_id":"01a22532e6707b769ac8079f0e50da85","zone":"Asia/Seoul"}','11e5507bb8b1665479864f0ee9306b502a49dd6dc9a4b0e7cdcef4927d49669c','edc1:6dec7f317bf19446de5a760b408ecdfc9f454157d4535585467a20162186d635','edc1:8b13739d6b798274ac9f7a421ad4b177062c9727859b2639162c6caf64943a7a');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','@study',4,'01a22532e6607cb49a8c7d344f7501f3',2,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"US","meta_data_version":"1","name":"Site US-01","number":"US-01","site_id":"01a22532e6707eca80bbd3470bd8f7da","zone":"America/New_York"}','76e1d1d12593d962874d8c9012d40ca44e208efd5a549fc6303b96466e176e49','edc1:8b13739d6b798274ac9f7a421ad4b177062c9727859b2639162c6caf64943a7a','edc1:7efc50d7d1a29dc15d02f3ac623ff4f836135511a6885f3f9975b1f37d051846');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','@study',5,'01a22532e693719dbc60361f8487ee53',0,'study.release','','1','spo.han','SPO','','2026-03-04T09:15:00.000000Z','Asia/Seoul','UTC','','','','{"component":"password","full_name":"spo.han","meaning":"release for live","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","statement":"I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered."}','deb41a7b4d635a55a55c9744611adaac4e29052b6a9e78b2c53ea646956052ec','edc1:7efc50d7d1a29dc15d02f3ac623ff4f836135511a6885f3f9975b1f37d051846','edc1:e760874ff74b26c7f08f77c6f4d9c8b8111c503cb20fe197cbdbd6b12236201d');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',1,'01a22532e6b07882b403c5d329a30819',0,'subject.add','','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a22532e6707b769ac8079f0e50da85","source":{},"status":"active","subject_key":"S-001"}','355c7ff3e0c87e44a1c95c90fb5b60195e8155f77cd36a7a87dda24416925e42','','edc1:275bac04b3979ba3bf301652d129c13ef43e4ceaf62cb3a09cff7a9b50a6e46c');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',2,'01a22532e6f074e3b2fcc0b274c17653',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a22532e7087310a2662fe8e6ec7708","source":{},"standard":null,"unit":"","value":"300","version":1}','c21c80818fbc48fee927fe1ff9e027b742207872e44a9d30784b93118c8a3159','edc1:275bac04b3979ba3bf301652d129c13ef43e4ceaf62cb3a09cff7a9b50a6e46c','edc1:0eedf3dfc1db636a5d4f358c51d5ac02f04b7b67e1a7807dd7fb28864bce77b9');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',3,'01a22532e6f074e3b2fcc0b274c17653',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a22532e70878c98c0cf70f882fee1a","source":{},"standard":null,"unit":"","value":"80","version":1}','8a08c0323fb5d251162fa0b887af6b192dba2cac9dc5cd85a0328cbc118b7d45','edc1:0eedf3dfc1db636a5d4f358c51d5ac02f04b7b67e1a7807dd7fb28864bce77b9','edc1:be948e5ab140f9ff32711bb0128156b712057758ee261f6014c1de3a86f85ef5');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',4,'01a22532e6f074e3b2fcc0b274c17653',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a22532e7087ddabff7fd2baa8036df","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','b920aae5e1dcabc9958392e334aed0b900913cf09893486764ca71ab6b5c5230','edc1:be948e5ab140f9ff32711bb0128156b712057758ee261f6014c1de3a86f85ef5','edc1:2e701065c767cb462721168bb02b7dc4f92496161fdcdceb0b38ee97e0e63d20');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',5,'01a22532e6f074e3b2fcc0b274c17653',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:2e701065c767cb462721168bb02b7dc4f92496161fdcdceb0b38ee97e0e63d20','edc1:825a21faf2cf3d648c206d9eb3a1f3ac3f99c3423d58149862c2bc0edcdb9dc6');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',6,'01a22532e720780a9e5c02ca65bef18e',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:825a21faf2cf3d648c206d9eb3a1f3ac3f99c3423d58149862c2bc0edcdb9dc6','edc1:7bb36f452e0009acecf1dff90e1e1d3cbadd95a480d4c4c81143cb5de09875ac');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',7,'01a22532e720780a9e5c02ca65bef18e',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","plugin":"","query_id":"01a22532e72f79ab84fe79b4f16c943e","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','b366f71c7b8409f51db7c86d600b073e674319a66a87a88b957db34fe9fa27aa','edc1:7bb36f452e0009acecf1dff90e1e1d3cbadd95a480d4c4c81143cb5de09875ac','edc1:9519a38f84e5c2777bbb536e36ff6949c569d2275b020c702a955edb74be66db');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',8,'01a22532e77e77cca8b463e4a35488cb',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a22532e77f73d5be418173eacc79b7","source":{},"standard":null,"unit":"","value":"130","version":2}','3a791523e07d8fc9db2d0cbbe5dccae4b3e6d026877fd7a535b2283929eec1db','edc1:9519a38f84e5c2777bbb536e36ff6949c569d2275b020c702a955edb74be66db','edc1:f297721c527687bfbf7085342b284e3dd88bf4a86bfd577012738c9e322a0788');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',9,'01a22532e77e77cca8b463e4a35488cb',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a22532e72f79ab84fe79b4f16c943e","state":"Resolved","text":"The data no longer meet the check.","version":2}','a6271e2b4cf19cbd03e8e5f45afed186843de8215d0d7006a34f532a378ed512','edc1:f297721c527687bfbf7085342b284e3dd88bf4a86bfd577012738c9e322a0788','edc1:e2caaa24d6078fc8b4bbd67955a9f128b19cd63906f949817dfe0ee34b7e74f3');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece',10,'01a22532e78e7fb28048de611ad96fe8',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a22532e78e7c0fa6739307a2803e96","source":"Data Management","state":"Open","text":"Since when?"}','28a69f4c8ebe760364f8c6dcd548da25d4814ceaf8a115f13e38dce9333f5acb','edc1:e2caaa24d6078fc8b4bbd67955a9f128b19cd63906f949817dfe0ee34b7e74f3','edc1:5af2f6fd8702c1cbd16a54c26a8b3f462db3d5a18e01071757620a1d79ff9473');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',1,'01a22532e79e72c9b5f10ddc1d170bd1',0,'subject.add','','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a22532e6707b769ac8079f0e50da85","source":{},"status":"active","subject_key":"S-002"}','c65feb670d66c1055e53ff8422798f61d8c13808cc818785efe63363331daee0','','edc1:4ee8555a5ae7549641f9650d09fb1fd13d98001d11ceabbfc62addde51fec57d');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',2,'01a22532e7a67db98b4c5d1963899b3f',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a22532e7a777cfb6e7102607f00ba4","source":{},"standard":null,"unit":"","value":"300","version":1}','83a155ca8c0120419f5d2681a1151b405be95cb95d6e6944fec9bfeca136de95','edc1:4ee8555a5ae7549641f9650d09fb1fd13d98001d11ceabbfc62addde51fec57d','edc1:c4752c86a95b56d05174bf942bc3b382eca903d8d2cd46e29e42db8d5f87f00b');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',3,'01a22532e7a67db98b4c5d1963899b3f',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a22532e7a7733c9c43ec9931a419c8","source":{},"standard":null,"unit":"","value":"80","version":1}','41ce49b6edaeb718e85a29c895bd943a4147eec90a43ab56a15c09ae03bbbc61','edc1:c4752c86a95b56d05174bf942bc3b382eca903d8d2cd46e29e42db8d5f87f00b','edc1:321eb2235cc55a76bbfc1f5f06ceb504a973725cdabe820b9241af9992f95148');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',4,'01a22532e7a67db98b4c5d1963899b3f',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a22532e7a77fe3a215386d3bc52c91","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','b49dd8cd1512fe277fe0cb36b4417544a6ee0322bbf0c6c77a537d7e90c7cda7','edc1:321eb2235cc55a76bbfc1f5f06ceb504a973725cdabe820b9241af9992f95148','edc1:51bd450e566fffc172a8943e746b6853c1fac5fe7553d4a0672f190b883ac4c5');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',5,'01a22532e7a67db98b4c5d1963899b3f',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:51bd450e566fffc172a8943e746b6853c1fac5fe7553d4a0672f190b883ac4c5','edc1:54968f54eb3397504731fbdc4500babf2f0e44389693917cf67335e97c3b090c');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',6,'01a22532e7ba7f8ea5e41d821dab5fd4',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:54968f54eb3397504731fbdc4500babf2f0e44389693917cf67335e97c3b090c','edc1:3004909d9272135e9bffd2447c915926ceeffc457b176f95b3369175c81f7c0d');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',7,'01a22532e7ba7f8ea5e41d821dab5fd4',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","plugin":"","query_id":"01a22532e7bb7426862d5202ef3bcfb8","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','873c6b4b400b8b92ecfe9ae96afbc642d7166b208296fdc14c4ccfa89392d055','edc1:3004909d9272135e9bffd2447c915926ceeffc457b176f95b3369175c81f7c0d','edc1:13212881d6458baa59a6f97b254a66883b00ef185ed0d519d118f7526fe7587a');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',8,'01a22532e7e2705f80008f3df74f33f6',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a22532e7e378e7b13bf2dbc6487a8b","source":{},"standard":null,"unit":"","value":"130","version":2}','e29afcae5129f6c632a36d3cf9371e8823f4c0bef4244a8e70de040559de81aa','edc1:13212881d6458baa59a6f97b254a66883b00ef185ed0d519d118f7526fe7587a','edc1:a5a4dc25b2bef0a5b9c324b349cc2b4eaa3378a30529a3827fa88b9e98166410');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',9,'01a22532e7e2705f80008f3df74f33f6',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a22532e7bb7426862d5202ef3bcfb8","state":"Resolved","text":"The data no longer meet the check.","version":2}','a39f81b8c7a1e41ff090048a0a305f26968e94b6d7d5ddf049f74d9aec725eb8','edc1:a5a4dc25b2bef0a5b9c324b349cc2b4eaa3378a30529a3827fa88b9e98166410','edc1:84f0495f9250eb86e22c42393587c86aa328a180c120202afa2e7df65ba32593');
INSERT INTO "ledger_entry" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2',10,'01a22532e7ef793e9c1e656c65096864',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a22532e6707b769ac8079f0e50da85','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a22532e7f077658bb501d9fd63572a","source":"Data Management","state":"Open","text":"Since when?"}','ccb114a5b2f8b414879426d4cbca9c34da930104373a44addee6b524a20dc603','edc1:84f0495f9250eb86e22c42393587c86aa328a180c120202afa2e7df65ba32593','edc1:4c2057ec5d25809495f3e5d146b18e0c553475325e8ef9065b6ba2a3a72a5405');
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
INSERT INTO "meta_data_version" VALUES('01a22532e66272e4b906d3dceeb8f293','1',1,'Version 1','4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3','{"code_lists":[{"items":[{"coded_value":"M"},{"coded_value":"F"}],"name":"CL.DM.SEX","oid":"CL.DM.SEX"}],"events":[{"form_refs":[{"form_oid":"VS"},{"form_oid":"DM"},{"form_oid":"AE"}],"name":"V1","oid":"V1"},{"form_refs":[{"form_oid":"VS"}],"name":"UNS","oid":"UNS","repeating":true}],"forms":[{"group_refs":[{"item_group_oid":"VS"}],"name":"VS","oid":"VS"},{"group_refs":[{"item_group_oid":"DM"}],"name":"DM","oid":"DM"},{"group_refs":[{"item_group_oid":"AE.ROW"}],"name":"AE","oid":"AE"}],"item_groups":[{"item_refs":[{"item_oid":"VS.SYSBP","mandatory":true},{"item_oid":"VS.DIABP","mandatory":true},{"item_oid":"VS.DATE"},{"item_oid":"VS.NOTE"}],"name":"VS","oid":"VS"},{"item_refs":[{"item_oid":"DM.SEX"},{"item_oid":"DM.AGE"}],"name":"DM","oid":"DM"},{"item_refs":[{"item_oid":"AE.TERM","mandatory":true},{"item_oid":"AE.GRADE"}],"name":"AE.ROW","oid":"AE.ROW","repeating":true}],"items":[{"data_type":"integer","name":"SYSBP","oid":"VS.SYSBP","question":{"texts":[["en","SYSBP?"]]},"range_checks":[{"check_values":["60"],"comparator":"GE"},{"check_values":["250"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"integer","name":"DIABP","oid":"VS.DIABP","question":{"texts":[["en","DIABP?"]]},"range_checks":[{"check_values":["40"],"comparator":"GE"},{"check_values":["150"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"date","name":"DATE","oid":"VS.DATE","question":{"texts":[["en","DATE?"]]}},{"data_type":"text","name":"NOTE","oid":"VS.NOTE","question":{"texts":[["en","NOTE?"]]}},{"code_list_oid":"CL.DM.SEX","data_type":"text","name":"SEX","oid":"DM.SEX","question":{"texts":[["en","SEX?"]]}},{"data_type":"integer","name":"AGE","oid":"DM.AGE","question":{"texts":[["en","AGE?"]]}},{"data_type":"text","name":"TERM","oid":"AE.TERM","question":{"texts":[["en","TERM?"]]}},{"data_type":"integer","name":"GRADE","oid":"AE.GRADE","question":{"texts":[["en","GRADE?"]]},"range_checks":[{"check_values":["1"],"comparator":"GE"},{"check_values":["5"],"comparator":"LE"}]}],"name":"Version 1","oid":"1","sites":[{"country":"KR","name":"Site KR-01","number":"KR-01","zone":"Asia/Seoul"},{"country":"US","name":"Site US-01","number":"US-01","zone":"America/New_York"}],"study":{"name":"Study GOLDEN","oid":"GOLDEN"}}','2026-03-04T09:15:00.000000Z');
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
INSERT INTO "query" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e72f79ab84fe79b4f16c943e','01a22532e6cf78568afc75a93ee8fece','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e78e7c0fa6739307a2803e96','01a22532e6cf78568afc75a93ee8fece','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,1);
INSERT INTO "query" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7bb7426862d5202ef3bcfb8','01a22532e79f7b27b4d1184dfb3ec6a2','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7f077658bb501d9fd63572a','01a22532e79f7b27b4d1184dfb3ec6a2','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,1);
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
INSERT INTO "query_message" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e72f79ab84fe79b4f16c943e',1,'01a22532e6cf78568afc75a93ee8fece','system','','2026-03-04T09:20:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e72f79ab84fe79b4f16c943e',2,'01a22532e6cf78568afc75a93ee8fece','system','','2026-03-04T09:20:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e78e7c0fa6739307a2803e96',1,'01a22532e6cf78568afc75a93ee8fece','dm.choi','DM','2026-03-04T09:20:00.000000Z','Since when?','Open');
INSERT INTO "query_message" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7bb7426862d5202ef3bcfb8',1,'01a22532e79f7b27b4d1184dfb3ec6a2','system','','2026-03-04T09:25:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7bb7426862d5202ef3bcfb8',2,'01a22532e79f7b27b4d1184dfb3ec6a2','system','','2026-03-04T09:25:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e7f077658bb501d9fd63572a',1,'01a22532e79f7b27b4d1184dfb3ec6a2','dm.choi','DM','2026-03-04T09:25:00.000000Z','Since when?','Open');
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
INSERT INTO "site" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6707b769ac8079f0e50da85','KR-01','Site KR-01','KR','Asia/Seoul','1');
INSERT INTO "site" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6707eca80bbd3470bd8f7da','US-01','Site US-01','US','America/New_York','1');
CREATE TABLE study (
	study_id VARCHAR(64) NOT NULL, 
	oid VARCHAR(255) NOT NULL, 
	environment VARCHAR(8) NOT NULL, 
	name TEXT NOT NULL, 
	meta_data_version TEXT NOT NULL, upgraded_n BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_study PRIMARY KEY (study_id), 
	CONSTRAINT uq_study_oid_environment UNIQUE (oid, environment)
);
INSERT INTO "study" VALUES('01a22532e66272e4b906d3dceeb8f293','GOLDEN','live','Study GOLDEN','1',0);
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
INSERT INTO "study_release" VALUES('01a22532e66272e4b906d3dceeb8f293','1','spo.han','spo.han','release for live','I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered.','2026-03-04T09:15:00.000000Z');
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
INSERT INTO "subject" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e6cf78568afc75a93ee8fece','S-001','01a22532e6707b769ac8079f0e50da85','active','2026-03-04T09:15:00.000000Z');
INSERT INTO "subject" VALUES('01a22532e66272e4b906d3dceeb8f293','01a22532e79f7b27b4d1184dfb3ec6a2','S-002','01a22532e6707b769ac8079f0e50da85','active','2026-03-04T09:20:00.000000Z');
CREATE TABLE user_account (
	user_id VARCHAR(64) NOT NULL, 
	login VARCHAR(255) NOT NULL, 
	full_name TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	language TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	CONSTRAINT pk_user_account PRIMARY KEY (user_id), 
	CONSTRAINT uq_user_account_login UNIQUE (login)
);
CREATE TABLE user_session (
	token_sha256 VARCHAR(64) NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	created_at TEXT NOT NULL, 
	seen_at TEXT NOT NULL, 
	ended_at TEXT NOT NULL, 
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
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
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