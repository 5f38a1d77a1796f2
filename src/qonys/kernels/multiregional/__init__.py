"""The multiregional cohort-component engine."""
