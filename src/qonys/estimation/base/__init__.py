"""Base populations by region, group, sex and age."""
