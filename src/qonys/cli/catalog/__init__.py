"""`qonys catalog`."""
