"""How a study stands: enrolment, forms, queries, verification and signatures as charts, tables and files."""
