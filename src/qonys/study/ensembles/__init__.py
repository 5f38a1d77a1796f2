"""Draws in shards, and what is fitted once for them."""
