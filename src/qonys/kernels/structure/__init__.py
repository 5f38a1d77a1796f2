"""Age structure, diversity, segregation and their decomposition."""
