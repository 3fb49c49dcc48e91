"""CDISC ODM 1.3.2: an importer that takes real files and an exporter that writes valid ones."""
