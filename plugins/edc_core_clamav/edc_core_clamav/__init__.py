"""Files are looked through for viruses by ClamAV."""
