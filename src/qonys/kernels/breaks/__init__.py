"""Break points of series."""
