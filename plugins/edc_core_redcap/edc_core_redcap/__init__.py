"""REDCap data dictionaries, project XML and record exports, read into the model of a casebook."""
