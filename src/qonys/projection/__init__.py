"""Population forward: processes of fertility, longevity and migration, projections, and their record of skill."""
