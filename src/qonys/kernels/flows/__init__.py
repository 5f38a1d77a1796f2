"""Flows from stocks, margins, balances and censuses."""
