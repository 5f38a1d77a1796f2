"""The cohort-component step for one population."""
