"""The labs: one marimo file each, which imports `qonys` only."""
