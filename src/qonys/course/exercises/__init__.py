"""Right answers, typical mistakes and tables of each lab, computed from a pack."""
