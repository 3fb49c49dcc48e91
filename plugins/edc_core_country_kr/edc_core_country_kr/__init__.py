"""What the Korean Ministry of Food and Drug Safety (MFDS) asks of a study, as data."""
