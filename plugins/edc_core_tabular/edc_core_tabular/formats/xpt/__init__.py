"""SAS transport files, version 5, by the record layout of SAS TS-140.

A dataset is packed first: its cells become bytes, chunk by chunk, in a temporary file, while widths are taken and limits
are checked. Only when all datasets have passed are the files written, from what was packed.
"""
