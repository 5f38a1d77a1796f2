"""Forms of migration given to records by rules."""
