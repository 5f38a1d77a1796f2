"""Indicators of a flow table."""
