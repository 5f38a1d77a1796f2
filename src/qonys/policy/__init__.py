"""Policy measures with their parameters, their effects on a projection, and their ranking."""
