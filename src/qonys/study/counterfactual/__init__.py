"""Populations with and without migration, and what follows for groups, regions and schooling."""
