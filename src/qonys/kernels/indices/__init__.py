"""Index formulas of migration systems."""
