"""Sensitivity of an outcome to inputs: polynomial chaos, Sobol indices by two estimators, Shapley effects."""
