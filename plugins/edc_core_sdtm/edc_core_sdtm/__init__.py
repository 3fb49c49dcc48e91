"""SDTM 2.0 / SDTMIG 3.4 datasets, their Define-XML 2.1 and where each cell comes from, by the annotations of the forms."""
