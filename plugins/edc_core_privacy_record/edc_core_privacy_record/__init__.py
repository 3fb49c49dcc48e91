"""The record of processing of a study, and the input of its impact assessment."""
