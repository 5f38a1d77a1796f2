"""Figures: for each subject the data frame, the drawing in a theme (print or screen) and what it shows in words."""
