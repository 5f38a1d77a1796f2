"""Results, their cache, and runs of the study."""
