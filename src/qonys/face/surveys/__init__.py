"""Surveys at the face: a declared design, and what is estimated from it."""
