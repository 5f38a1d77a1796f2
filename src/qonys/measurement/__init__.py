"""Measurement: components of change by period, by ethnic group and by region."""
