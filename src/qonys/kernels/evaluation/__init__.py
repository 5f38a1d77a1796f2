"""Evaluation of dated events on bare arrays: interrupted series and convex combinations of donors."""
