"""Surveys at the face: a declared design, and what is asked of it."""
