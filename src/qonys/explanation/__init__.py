"""Determinants of migration: gravity models, contributions of factors, stratification, interplay of flows.

Estimates are associations, not causal effects.
"""
