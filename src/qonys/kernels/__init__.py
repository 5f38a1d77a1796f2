"""Pure functions on bare arrays; they know no labels, no files and no randomness."""
