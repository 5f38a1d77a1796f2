"""Poisson regression with many fixed effects, separation, pooling."""
