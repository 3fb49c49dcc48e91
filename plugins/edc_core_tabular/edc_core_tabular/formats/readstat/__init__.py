"""SPSS and Stata files, written by ReadStat through pyreadstat: a whole dataset is in memory at a time."""
