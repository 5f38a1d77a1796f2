"""Ages and years as printed."""

from __future__ import annotations
