"""Detection of changes in series of counts as they arrive."""
