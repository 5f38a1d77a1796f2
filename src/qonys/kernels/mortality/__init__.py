"""Life tables and models of mortality."""
