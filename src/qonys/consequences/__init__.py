"""Consequences of migration for a population: size, age structure, composition, labour force, skills, services."""
