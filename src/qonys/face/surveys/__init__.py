"""Surveys: a declared sampling design and estimates from it."""
