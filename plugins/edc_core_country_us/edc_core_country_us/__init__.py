"""What the Food and Drug Administration (FDA) of the United States asks of a study, as data."""
