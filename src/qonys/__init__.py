"""Qonys: an open laboratory and observatory of human migration."""

__version__ = "0.1.0"
