"""Passes over the records of a register, sorted by person and day."""
