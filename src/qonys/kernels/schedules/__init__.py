"""Model age schedules of migration and their fitting."""
