"""The chain of a move as chances, expected counts (the twin) and single persons."""
