"""Projection by region, group, sex and age."""
