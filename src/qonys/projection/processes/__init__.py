"""Processes of fertility, mortality and migration: fitted, drawn, calibrated."""
