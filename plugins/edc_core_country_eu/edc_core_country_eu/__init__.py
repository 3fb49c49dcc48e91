"""What the European Medicines Agency (EMA) and member states of the European Union ask of a study, as data."""
