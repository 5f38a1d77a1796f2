"""Pure functions on arrays, without labels, files or hidden random state."""
