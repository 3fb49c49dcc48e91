"""What the National Medical Products Administration (NMPA) of China asks of a study, as data."""
