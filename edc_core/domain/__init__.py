"""The pure heart: what a trial is and what may happen to its data. Standard library only."""
