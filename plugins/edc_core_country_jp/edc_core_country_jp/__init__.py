"""What the Pharmaceuticals and Medical Devices Agency (PMDA) of Japan asks of a study, as data."""
