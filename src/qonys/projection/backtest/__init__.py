"""Backtests: forecasts from past years compared with outcomes and with benchmark models, by proper scores."""
