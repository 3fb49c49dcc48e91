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
INSERT INTO "alembic_version" VALUES('0010');
CREATE TABLE chain_head (
	study_id VARCHAR(64) NOT NULL, 
	chain VARCHAR(64) NOT NULL, 
	n BIGINT NOT NULL, 
	hash VARCHAR(80) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	checks_n BIGINT NOT NULL, 
	CONSTRAINT pk_chain_head PRIMARY KEY (study_id, chain)
);
INSERT INTO "chain_head" VALUES('01a22532f7bb73d789d98542c610b305','@study',5,'edc1:3bf33801e4745e3bae5cbb7f13ddab934990796f64f06339f3101630dd8b8feb','2026-03-04T09:15:00.000000Z',0);
INSERT INTO "chain_head" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',10,'edc1:2c14ac24bd2fba701072fb84daab6f6a9a746a94b40a10e493a041aa756941cf','2026-03-04T09:20:00.000000Z',7);
INSERT INTO "chain_head" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',10,'edc1:a9923b2cd0bacd6cf47e3014006499a53fed7bea3048116d16830989a33d0f77','2026-03-04T09:25:00.000000Z',7);
CREATE TABLE command_receipt (
	study_id VARCHAR(64) NOT NULL, 
	op VARCHAR(200) NOT NULL, 
	user_id TEXT NOT NULL, 
	request_sha256 VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	response TEXT NOT NULL, 
	CONSTRAINT pk_command_receipt PRIMARY KEY (study_id, op)
);
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','study.add:01a22532f7bb73d789d98542c610b305','cli:test','30e12fa9f94bc273e1ac3daf1c14830e3d2b9336c58a197a2615b2c1a22d14bf',200,'{"study_id":"01a22532f7bb73d789d98542c610b305"}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f7ba742281e3ba4b32dc7937','cli:test','89e89c2914c40eef3683eeacbee7f3a77dd4e51fa92040aec10a829ceb24020c',200,'{"study_id":"01a22532f7bb73d789d98542c610b305","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","changed":true}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f7f779c39e842ea50882e3f4','spo.han','6972ace50e8551ff145638410b6a690756f96700d24f6bf89c66e28badb1cd54',200,'{"meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","meaning":"release for live"}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f81172debd13363ade729f41','crc.kim','9618f058b34febf3010a76a95402a4939fab09e9386a3971017cdb5436abd8bd',200,'{"subject_id":"01a22532f82f718f9e8d9fdf0632c67b","subject_key":"S-001"}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8527635955a378145262036','crc.kim','2d957229ec933d41d5ebf93d26036b1e7f5236163e6aad115355d95dfed8b2ab',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8877e929ea5701774ba102e','crc.kim','447e484388cff7e31b32ee985cb8f0ef06dd27a6a4efdfd332f4e026af62c1c3',200,'{"n":7,"status":"complete","versions":{},"queries":["01a22532f8887bc7b86bbd9c91cae9d5"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8d3747a961730787e225aa9','crc.kim','348e6ddfd477b84177fc5a2636df3ca412806a3dad4be997ab33545a9463dc19',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a22532f8887bc7b86bbd9c91cae9d5"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8f47ce0b773302f57e6d1aa','dm.choi','e6cf0449b3c4a92209cc0d083d484f1f1e0608b6c87bb4cf386564fe7332332e',200,'{"query_id":"01a22532f8f67db6a24b46c6060207d7"}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f9097c48a7c985857a6b7ed3','crc.kim','857dccba3fc55ed32284c1428e554afe9222380ca8a361ad05e88773f7925802',200,'{"subject_id":"01a22532f90b7c9fa7d0bd7dc65c5200","subject_key":"S-002"}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f91b74c9bba3219e6d9f4ce0','crc.kim','6d30ed0fe90223a800bc7b15b39b64fff8094433531851698b9ddb0405a9071d',200,'{"n":5,"status":"in_progress","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":1,"V1[1]/VS[1]/VS[1]/VS.DIABP":1,"V1[1]/VS[1]/VS[1]/VS.NOTE":1},"queries":[],"changed":3,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f92a7a1f90cbd3f37ab2ab98','crc.kim','bad02ad384a252b744885cddb5287bbe6435af0eed0296446f85a5c53d712af1',200,'{"n":7,"status":"complete","versions":{},"queries":["01a22532f92b7d1f84984730c5a5c213"],"changed":0,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f9467ad88882eec6c70d7782','crc.kim','5591a3224e375bfe5120c9086727280647f2e4c799304a35010ddbfc5f9a949d',200,'{"n":9,"status":"complete","versions":{"V1[1]/VS[1]/VS[1]/VS.SYSBP":2},"queries":["01a22532f92b7d1f84984730c5a5c213"],"changed":1,"key":""}');
INSERT INTO "command_receipt" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f95a7311bbbfb9fc4d209aa3','dm.choi','d62b1dc19e067857e98f847919f5c940525857b88e1192404f57fa03f4d85834',200,'{"query_id":"01a22532f95a729cb7435e668e195654"}');
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
INSERT INTO "form_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:20:00.000000Z','crc.kim');
INSERT INTO "form_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200','V1[1]/VS[1]','V1','1','VS','1','1','complete',1,'',6,'2026-03-04T09:25:00.000000Z','crc.kim');
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
INSERT INTO "item_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8,NULL,'');
INSERT INTO "item_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3,NULL,'');
INSERT INTO "item_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','두통   <b>','두통   <b>','','','ok',1,4,NULL,'');
INSERT INTO "item_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.SYSBP','130','130','','','ok',2,8,NULL,'');
INSERT INTO "item_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200','V1[1]/VS[1]/VS[1]/VS.DIABP','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.DIABP',' 80,0 ','80','','','ok',1,3,NULL,'');
INSERT INTO "item_data" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','V1','1','VS','1','VS[1]','VS.NOTE','두통   <b>','두통   <b>','','','ok',1,4,NULL,'');
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
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','@study',1,'study.add:01a22532f7bb73d789d98542c610b305',0,'study.add','','','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"environment":"live","name":"Study GOLDEN","oid":"GOLDEN"}','d460349a826f44efa606e89621d49ce61bb2ab644647f1256772018c0f77159b','','edc1:734245c623a4192cc75085f64072b97fdfdcbcb0650b488dc1721244a7d37c85');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','@study',2,'01a22532f7ba742281e3ba4b32dc7937',0,'study.publish','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"definition":"{\"code_lists\":[{\"items\":[{\"coded_value\":\"M\"},{\"coded_value\":\"F\"}],\"name\":\"CL.DM.SEX\",\"oid\":\"CL.DM.SEX\"}],\"events\":[{\"form_refs\":[{\"form_oid\":\"VS\"},{\"form_oid\":\"DM\"},{\"form_oid\":\"AE\"}],\"name\":\"V1\",\"oid\":\"V1\"},{\"form_refs\":[{\"form_oid\":\"VS\"}],\"name\":\"UNS\",\"oid\":\"UNS\",\"repeating\":true}],\"forms\":[{\"group_refs\":[{\"item_group_oid\":\"VS\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"group_refs\":[{\"item_group_oid\":\"DM\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"group_refs\":[{\"item_group_oid\":\"AE.ROW\"}],\"name\":\"AE\",\"oid\":\"AE\"}],\"item_groups\":[{\"item_refs\":[{\"item_oid\":\"VS.SYSBP\",\"mandatory\":true},{\"item_oid\":\"VS.DIABP\",\"mandatory\":true},{\"item_oid\":\"VS.DATE\"},{\"item_oid\":\"VS.NOTE\"}],\"name\":\"VS\",\"oid\":\"VS\"},{\"item_refs\":[{\"item_oid\":\"DM.SEX\"},{\"item_oid\":\"DM.AGE\"}],\"name\":\"DM\",\"oid\":\"DM\"},{\"item_refs\":[{\"item_oid\":\"AE.TERM\",\"mandatory\":true},{\"item_oid\":\"AE.GRADE\"}],\"name\":\"AE.ROW\",\"oid\":\"AE.ROW\",\"repeating\":true}],\"items\":[{\"data_type\":\"integer\",\"name\":\"SYSBP\",\"oid\":\"VS.SYSBP\",\"question\":{\"texts\":[[\"en\",\"SYSBP?\"]]},\"range_checks\":[{\"check_values\":[\"60\"],\"comparator\":\"GE\"},{\"check_values\":[\"250\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"integer\",\"name\":\"DIABP\",\"oid\":\"VS.DIABP\",\"question\":{\"texts\":[[\"en\",\"DIABP?\"]]},\"range_checks\":[{\"check_values\":[\"40\"],\"comparator\":\"GE\"},{\"check_values\":[\"150\"],\"comparator\":\"LE\"},{\"check_values\":[\"0\"],\"comparator\":\"GE\",\"hard\":true},{\"check_values\":[\"999\"],\"comparator\":\"LE\",\"hard\":true}]},{\"data_type\":\"date\",\"name\":\"DATE\",\"oid\":\"VS.DATE\",\"question\":{\"texts\":[[\"en\",\"DATE?\"]]}},{\"data_type\":\"text\",\"name\":\"NOTE\",\"oid\":\"VS.NOTE\",\"question\":{\"texts\":[[\"en\",\"NOTE?\"]]}},{\"code_list_oid\":\"CL.DM.SEX\",\"data_type\":\"text\",\"name\":\"SEX\",\"oid\":\"DM.SEX\",\"question\":{\"texts\":[[\"en\",\"SEX?\"]]}},{\"data_type\":\"integer\",\"name\":\"AGE\",\"oid\":\"DM.AGE\",\"question\":{\"texts\":[[\"en\",\"AGE?\"]]}},{\"data_type\":\"text\",\"name\":\"TERM\",\"oid\":\"AE.TERM\",\"question\":{\"texts\":[[\"en\",\"TERM?\"]]}},{\"data_type\":\"integer\",\"name\":\"GRADE\",\"oid\":\"AE.GRADE\",\"question\":{\"texts\":[[\"en\",\"GRADE?\"]]},\"range_checks\":[{\"check_values\":[\"1\"],\"comparator\":\"GE\"},{\"check_values\":[\"5\"],\"comparator\":\"LE\"}]}],\"name\":\"Version 1\",\"oid\":\"1\",\"sites\":[{\"country\":\"KR\",\"name\":\"Site KR-01\",\"number\":\"KR-01\",\"zone\":\"Asia/Seoul\"},{\"country\":\"US\",\"name\":\"Site US-01\",\"number\":\"US-01\",\"zone\":\"America/New_York\"}],\"study\":{\"name\":\"Study GOLDEN\",\"oid\":\"GOLDEN\"}}","name":"Version 1","oid":"1","seq":1,"sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","study_name":"Study GOLDEN"}','4ea025cde760ad853ed04e60713cd1fbffb7ab21d94bb41188b5075ba6197ad9','edc1:734245c623a4192cc75085f64072b97fdfdcbcb0650b488dc1721244a7d37c85','edc1:e3bcfb2f8c57838287cb22e7425056455f69fd57fae0bb2a9826d8ce29b5e382');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','@study',3,'01a22532f7ba742281e3ba4b32dc7937',1,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"KR","meta_data_version":"1","name":"Site KR-01","number":"KR-01","site_id":"01a22532f7d4799084253299b0ef8365","zone":"Asia/Seoul"}','d28936f1d2d22753b2c910aa913ab48ffb3cd811034d5cd9b1cce934f7cb493c','edc1:e3bcfb2f8c57838287cb22e7425056455f69fd57fae0bb2a9826d8ce29b5e382','edc1:e05b35114d30a19e57fc6767a58680720fcea1dfe80d0f556a52bebd9f74a3ae');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','@study',4,'01a22532f7ba742281e3ba4b32dc7937',2,'site.add','','1','cli:test','','','2026-03-04T09:15:00.000000Z','UTC','UTC','','','','{"country":"US","meta_data_version":"1","name":"Site US-01","number":"US-01","site_id":"01a22532f7d47e4698f00759ee8e88de","zone":"America/New_York"}','663f510512c0a2b2588e11ce9d75a3c97afe57b8abc8640371175a809a964eef','edc1:e05b35114d30a19e57fc6767a58680720fcea1dfe80d0f556a52bebd9f74a3ae','edc1:ddea52e232f55836ac4e2670f8d5a7b37bc121026663717391e7cb557b86009e');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','@study',5,'01a22532f7f779c39e842ea50882e3f4',0,'study.release','','1','spo.han','SPO','','2026-03-04T09:15:00.000000Z','Asia/Seoul','UTC','','','','{"component":"password","full_name":"spo.han","meaning":"release for live","meta_data_version":"1","sha256":"4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3","statement":"I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered."}','deb41a7b4d635a55a55c9744611adaac4e29052b6a9e78b2c53ea646956052ec','edc1:ddea52e232f55836ac4e2670f8d5a7b37bc121026663717391e7cb557b86009e','edc1:3bf33801e4745e3bae5cbb7f13ddab934990796f64f06339f3101630dd8b8feb');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',1,'01a22532f81172debd13363ade729f41',0,'subject.add','','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a22532f7d4799084253299b0ef8365","source":{},"status":"active","subject_key":"S-001"}','4b32f7ea97d4b9f8f43b17e927cbe886cfef0ad117923f2db50565cd1136fe09','','edc1:90c5424aa32136c62d8b27b9b128b517a7699344d26f8d0e1385c76d8612c027');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',2,'01a22532f8527635955a378145262036',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a22532f86873da888bbdad352b8a6a","source":{},"standard":null,"unit":"","value":"300","version":1}','73f2e03994bcad5f0229ad880977a61d5b9c14244b0babd5c8fe50e27c718939','edc1:90c5424aa32136c62d8b27b9b128b517a7699344d26f8d0e1385c76d8612c027','edc1:d6fd9e376fa61aaf36f1c4c4df11363e3c998ca71c79a1a12559aa42dd033101');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',3,'01a22532f8527635955a378145262036',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a22532f8687ce687b2df5fb7f692c4","source":{},"standard":null,"unit":"","value":"80","version":1}','84c908dd4de3c56eca3b1b55c8e140ff631c76305a960f7f7ca5e5a1111bb591','edc1:d6fd9e376fa61aaf36f1c4c4df11363e3c998ca71c79a1a12559aa42dd033101','edc1:9048dcb2809572f7dc64f0154f133f9e392f1df1b2cb2230abfe35650ed53893');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',4,'01a22532f8527635955a378145262036',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a22532f8687b59874ed484a290783c","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','ad5a47a592c7e7639259f1a7e27ff2f26b046f8664d5807157169bfa2b28a562','edc1:9048dcb2809572f7dc64f0154f133f9e392f1df1b2cb2230abfe35650ed53893','edc1:a6f972e5287342fd6c53abce479b40bc884f46bec74325e3b7aff04d13e86d85');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',5,'01a22532f8527635955a378145262036',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:15:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:a6f972e5287342fd6c53abce479b40bc884f46bec74325e3b7aff04d13e86d85','edc1:734fd809b93b85c87a9fd365ed4ca8c3c511acda5b2a1a4358a66dd7fd7e9e85');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',6,'01a22532f8877e929ea5701774ba102e',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:734fd809b93b85c87a9fd365ed4ca8c3c511acda5b2a1a4358a66dd7fd7e9e85','edc1:1ff134fbec928a3b94c981ee1dc535042e65470f5456708fc392cd6f55dd664c');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',7,'01a22532f8877e929ea5701774ba102e',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","plugin":"","query_id":"01a22532f8887bc7b86bbd9c91cae9d5","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','af213f16f3c08873cfd2db6c5a1c740e26e7ac359f6c1a0657bffc971ea45a41','edc1:1ff134fbec928a3b94c981ee1dc535042e65470f5456708fc392cd6f55dd664c','edc1:f7fa42801655f29c949f207aef6922ee9f1645f496a35710403b93d80b1c1433');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',8,'01a22532f8d3747a961730787e225aa9',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a22532f8d477bba632f4594f7e258f","source":{},"standard":null,"unit":"","value":"130","version":2}','20e397c6f8b100cc67f16f899e5c447609f04535ba0f3f6d8ae9c510193d3f7f','edc1:f7fa42801655f29c949f207aef6922ee9f1645f496a35710403b93d80b1c1433','edc1:97613af2b2a12c7a5d1bf3018a23ef5bd0c9e8a4ad47af048af49f318c030cff');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',9,'01a22532f8d3747a961730787e225aa9',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a22532f8887bc7b86bbd9c91cae9d5","state":"Resolved","text":"The data no longer meet the check.","version":2}','88f06dde95812d7b6b0ad87cfa45d26a1e222044bad6ad35d9b2fdbd733bfc51','edc1:97613af2b2a12c7a5d1bf3018a23ef5bd0c9e8a4ad47af048af49f318c030cff','edc1:76ced812b11d9e077751a9728135438ed9396fd4dd7af5df3f589fea0af4bc41');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b',10,'01a22532f8f47ce0b773302f57e6d1aa',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a22532f8f67db6a24b46c6060207d7","source":"Data Management","state":"Open","text":"Since when?"}','bee93c4f0d6d9b45249b2393c5fde1c587d08606490d359d37281caf5d94b3a1','edc1:76ced812b11d9e077751a9728135438ed9396fd4dd7af5df3f589fea0af4bc41','edc1:2c14ac24bd2fba701072fb84daab6f6a9a746a94b40a10e493a041aa756941cf');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',1,'01a22532f9097c48a7c985857a6b7ed3',0,'subject.add','','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"site_id":"01a22532f7d4799084253299b0ef8365","source":{},"status":"active","subject_key":"S-002"}','e1f379c8d4becb878ff218d360d1442c9cbdce4a7dd1caaa67ad8e56229ad0af','','edc1:01dfc1f8fb3cfc29dc84437dd51903f7e8559b2195640c961c38f6f74555e292');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',2,'01a22532f91b74c9bba3219e6d9f4ce0',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"300","salt":"01a22532f91c79a2ac02f57102998c5c","source":{},"standard":null,"unit":"","value":"300","version":1}','1e14589ed22f1f259e4ef11048c51f97dce1e90d52ecaa10ab7cefe321015b93','edc1:01dfc1f8fb3cfc29dc84437dd51903f7e8559b2195640c961c38f6f74555e292','edc1:61bc8976f2d88bf18793ad2d4fd3b421c9a9314f26570c821e53cd891cd636cf');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',3,'01a22532f91b74c9bba3219e6d9f4ce0',1,'item.set','V1[1]/VS[1]/VS[1]/VS.DIABP','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":" 80,0 ","salt":"01a22532f91c7c2abd9f0af616ba8004","source":{},"standard":null,"unit":"","value":"80","version":1}','c87f9c0b4c7bdb275be118d7f10c66bba311cf919e4145477450ef8343480650','edc1:61bc8976f2d88bf18793ad2d4fd3b421c9a9314f26570c821e53cd891cd636cf','edc1:481dd1967f3b9f6d15c442ec34c6a3a94ea7ceeac0d76a4330c4184eee9b41bb');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',4,'01a22532f91b74c9bba3219e6d9f4ce0',2,'item.set','V1[1]/VS[1]/VS[1]/VS.NOTE','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','collected','{"missing":"","old":null,"parsed":"ok","raw":"두통   <b>","salt":"01a22532f91c790ab45edd97bbe43fae","source":{},"standard":null,"unit":"","value":"두통   <b>","version":1}','0b8243ed4ace00f9ca4e40383b7c7c17099eef54236fc10b9efb26bdb2e9330c','edc1:481dd1967f3b9f6d15c442ec34c6a3a94ea7ceeac0d76a4330c4184eee9b41bb','edc1:73c37bfcf61e9680467500a2e913ad4792b05ee00b91feeb78d21ac29bdc9f69');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',5,'01a22532f91b74c9bba3219e6d9f4ce0',3,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:20:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"in_progress","was_complete":false}','868ffddff11a3bccb65a2a453b792537cd6c8f7ca7f9af3e2d6e53d23f26fc1e','edc1:73c37bfcf61e9680467500a2e913ad4792b05ee00b91feeb78d21ac29bdc9f69','edc1:2bb6123dbdaa128ebb9fe25a315c1dac0400dc4d56023ec8804c7f688b280343');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',6,'01a22532f92a7a1f90cbd3f37ab2ab98',0,'form.status','V1[1]/VS[1]','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"status":"complete","was_complete":true}','49d939c32749358477caa42098e901623a8fc01e4297242c179abbbb556364ab','edc1:2bb6123dbdaa128ebb9fe25a315c1dac0400dc4d56023ec8804c7f688b280343','edc1:2426fab84bc9c91378891eaab2aad5fc3e46093896550758f2aed0bbe5733e29');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',7,'01a22532f92a7a1f90cbd3f37ab2ab98',1,'query.open','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532f7d4799084253299b0ef8365','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"VS.SYSBP.RC2","finding_key":"","fingerprint":"6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103","plugin":"","query_id":"01a22532f92b7d1f84984730c5a5c213","source":"System","state":"Open","text":"Expected is at most 250. Please check the source; correct it or confirm it."}','e79c9797ac21a76cd2ed26377d03c50e8948c6539525517012514d0297fc9470','edc1:2426fab84bc9c91378891eaab2aad5fc3e46093896550758f2aed0bbe5733e29','edc1:ba734596165757d556c80f1f572afb75f2b4400c4da41fd36a7d0c1453ac6a90');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',8,'01a22532f9467ad88882eec6c70d7782',0,'item.set','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','crc.kim','CRC','01a22532f7d4799084253299b0ef8365','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','other','Read the wrong line','collected','{"missing":"","old":{"missing":"","raw":"300","value":"300"},"parsed":"ok","raw":"130","salt":"01a22532f94772b78e79a354e53b5458","source":{},"standard":null,"unit":"","value":"130","version":2}','9c8f43407590c9731a573b7058bdc096823f16bbc20ef9e9f36a5cbc1d95dd5c','edc1:ba734596165757d556c80f1f572afb75f2b4400c4da41fd36a7d0c1453ac6a90','edc1:f06d9ca995449583e5259a0e543c8476a8e2674e23fba3261de81aa26d59ef38');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',9,'01a22532f9467ad88882eec6c70d7782',1,'query.state','V1[1]/VS[1]/VS[1]/VS.SYSBP','1','system','','01a22532f7d4799084253299b0ef8365','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"query_id":"01a22532f92b7d1f84984730c5a5c213","state":"Resolved","text":"The data no longer meet the check.","version":2}','6423259f36d05ae683afeeebb368241e11116d014cda00378aa9cc6e93da68fc','edc1:f06d9ca995449583e5259a0e543c8476a8e2674e23fba3261de81aa26d59ef38','edc1:072b2202b5e0148877a39f856a0e287580a466328f26b7ca53882649e6627095');
INSERT INTO "ledger_entry" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200',10,'01a22532f95a7311bbbfb9fc4d209aa3',0,'query.open','V1[1]/VS[1]/VS[1]/VS.NOTE','1','dm.choi','DM','01a22532f7d4799084253299b0ef8365','2026-03-04T09:25:00.000000Z','Asia/Seoul','Asia/Seoul','','','','{"check_oid":"","finding_key":"","fingerprint":"","plugin":"","query_id":"01a22532f95a729cb7435e668e195654","source":"Data Management","state":"Open","text":"Since when?"}','01a4ab75810eb4c8ca6bcdf14a4d8ddc1038ad8716723d82595e1603da75e90a','edc1:072b2202b5e0148877a39f856a0e287580a466328f26b7ca53882649e6627095','edc1:a9923b2cd0bacd6cf47e3014006499a53fed7bea3048116d16830989a33d0f77');
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
INSERT INTO "meta_data_version" VALUES('01a22532f7bb73d789d98542c610b305','1',1,'Version 1','4a101b54191bed9a2f4566749be154382ab71974e42c99b7c0ca7a706b7128f3','{"code_lists":[{"items":[{"coded_value":"M"},{"coded_value":"F"}],"name":"CL.DM.SEX","oid":"CL.DM.SEX"}],"events":[{"form_refs":[{"form_oid":"VS"},{"form_oid":"DM"},{"form_oid":"AE"}],"name":"V1","oid":"V1"},{"form_refs":[{"form_oid":"VS"}],"name":"UNS","oid":"UNS","repeating":true}],"forms":[{"group_refs":[{"item_group_oid":"VS"}],"name":"VS","oid":"VS"},{"group_refs":[{"item_group_oid":"DM"}],"name":"DM","oid":"DM"},{"group_refs":[{"item_group_oid":"AE.ROW"}],"name":"AE","oid":"AE"}],"item_groups":[{"item_refs":[{"item_oid":"VS.SYSBP","mandatory":true},{"item_oid":"VS.DIABP","mandatory":true},{"item_oid":"VS.DATE"},{"item_oid":"VS.NOTE"}],"name":"VS","oid":"VS"},{"item_refs":[{"item_oid":"DM.SEX"},{"item_oid":"DM.AGE"}],"name":"DM","oid":"DM"},{"item_refs":[{"item_oid":"AE.TERM","mandatory":true},{"item_oid":"AE.GRADE"}],"name":"AE.ROW","oid":"AE.ROW","repeating":true}],"items":[{"data_type":"integer","name":"SYSBP","oid":"VS.SYSBP","question":{"texts":[["en","SYSBP?"]]},"range_checks":[{"check_values":["60"],"comparator":"GE"},{"check_values":["250"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"integer","name":"DIABP","oid":"VS.DIABP","question":{"texts":[["en","DIABP?"]]},"range_checks":[{"check_values":["40"],"comparator":"GE"},{"check_values":["150"],"comparator":"LE"},{"check_values":["0"],"comparator":"GE","hard":true},{"check_values":["999"],"comparator":"LE","hard":true}]},{"data_type":"date","name":"DATE","oid":"VS.DATE","question":{"texts":[["en","DATE?"]]}},{"data_type":"text","name":"NOTE","oid":"VS.NOTE","question":{"texts":[["en","NOTE?"]]}},{"code_list_oid":"CL.DM.SEX","data_type":"text","name":"SEX","oid":"DM.SEX","question":{"texts":[["en","SEX?"]]}},{"data_type":"integer","name":"AGE","oid":"DM.AGE","question":{"texts":[["en","AGE?"]]}},{"data_type":"text","name":"TERM","oid":"AE.TERM","question":{"texts":[["en","TERM?"]]}},{"data_type":"integer","name":"GRADE","oid":"AE.GRADE","question":{"texts":[["en","GRADE?"]]},"range_checks":[{"check_values":["1"],"comparator":"GE"},{"check_values":["5"],"comparator":"LE"}]}],"name":"Version 1","oid":"1","sites":[{"country":"KR","name":"Site KR-01","number":"KR-01","zone":"Asia/Seoul"},{"country":"US","name":"Site US-01","number":"US-01","zone":"America/New_York"}],"study":{"name":"Study GOLDEN","oid":"GOLDEN"}}','2026-03-04T09:15:00.000000Z');
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
INSERT INTO "query" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8887bc7b86bbd9c91cae9d5','01a22532f82f718f9e8d9fdf0632c67b','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8f67db6a24b46c6060207d7','01a22532f82f718f9e8d9fdf0632c67b','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:20:00.000000Z','2026-03-04T09:20:00.000000Z',0,1);
INSERT INTO "query" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f92b7d1f84984730c5a5c213','01a22532f90b7c9fa7d0bd7dc65c5200','V1[1]/VS[1]/VS[1]/VS.SYSBP','V1[1]/VS[1]','Resolved','System','Expected is at most 250. Please check the source; correct it or confirm it.','VS.SYSBP.RC2','','6f687477c68f4b3ef647576ee1bd7b27e2015a0f2fcc48f881cd7a1bb20f1103','','system','','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,2);
INSERT INTO "query" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f95a729cb7435e668e195654','01a22532f90b7c9fa7d0bd7dc65c5200','V1[1]/VS[1]/VS[1]/VS.NOTE','V1[1]/VS[1]','Open','Data Management','Since when?','','','','','dm.choi','DM','2026-03-04T09:25:00.000000Z','2026-03-04T09:25:00.000000Z',0,1);
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
INSERT INTO "query_message" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8887bc7b86bbd9c91cae9d5',1,'01a22532f82f718f9e8d9fdf0632c67b','system','','2026-03-04T09:20:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8887bc7b86bbd9c91cae9d5',2,'01a22532f82f718f9e8d9fdf0632c67b','system','','2026-03-04T09:20:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f8f67db6a24b46c6060207d7',1,'01a22532f82f718f9e8d9fdf0632c67b','dm.choi','DM','2026-03-04T09:20:00.000000Z','Since when?','Open');
INSERT INTO "query_message" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f92b7d1f84984730c5a5c213',1,'01a22532f90b7c9fa7d0bd7dc65c5200','system','','2026-03-04T09:25:00.000000Z','Expected is at most 250. Please check the source; correct it or confirm it.','Open');
INSERT INTO "query_message" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f92b7d1f84984730c5a5c213',2,'01a22532f90b7c9fa7d0bd7dc65c5200','system','','2026-03-04T09:25:00.000000Z','The data no longer meet the check.','Resolved');
INSERT INTO "query_message" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f95a729cb7435e668e195654',1,'01a22532f90b7c9fa7d0bd7dc65c5200','dm.choi','DM','2026-03-04T09:25:00.000000Z','Since when?','Open');
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
INSERT INTO "site" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f7d4799084253299b0ef8365','KR-01','Site KR-01','KR','Asia/Seoul','1');
INSERT INTO "site" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f7d47e4698f00759ee8e88de','US-01','Site US-01','US','America/New_York','1');
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
INSERT INTO "study" VALUES('01a22532f7bb73d789d98542c610b305','GOLDEN','live','Study GOLDEN','1',0,'{}');
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
INSERT INTO "study_release" VALUES('01a22532f7bb73d789d98542c610b305','1','spo.han','spo.han','release for live','I have seen the evidence that this version was built and tested as planned, and I release it: subjects may be entered.','2026-03-04T09:15:00.000000Z');
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
INSERT INTO "subject" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f82f718f9e8d9fdf0632c67b','S-001','01a22532f7d4799084253299b0ef8365','active','2026-03-04T09:15:00.000000Z');
INSERT INTO "subject" VALUES('01a22532f7bb73d789d98542c610b305','01a22532f90b7c9fa7d0bd7dc65c5200','S-002','01a22532f7d4799084253299b0ef8365','active','2026-03-04T09:20:00.000000Z');
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