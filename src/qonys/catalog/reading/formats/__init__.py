"""Formats of files: what each holds as texts, header and rows; nothing is interpreted."""

from __future__ import annotations
