"""What the Medicines and Healthcare products Regulatory Agency (MHRA) of the United Kingdom asks of a study, as data."""
