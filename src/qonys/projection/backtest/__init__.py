"""Forecasts from past years beside what came, with rivals and proper scores."""
