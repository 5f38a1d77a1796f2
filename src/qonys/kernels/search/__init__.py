"""Search over mixes: fronts, their volume, whole grids, a genetic search and boxes of failures."""
