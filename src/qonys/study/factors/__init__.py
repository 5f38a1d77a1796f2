"""What may explain moves, joined to the flows."""
