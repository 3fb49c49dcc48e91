"""Protocol deviations of a study: what was found, and how it was judged."""
