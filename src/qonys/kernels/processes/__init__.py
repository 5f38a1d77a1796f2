"""Samplers and models of the stochastic processes."""
