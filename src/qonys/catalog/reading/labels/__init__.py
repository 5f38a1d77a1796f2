"""Labels of places and groups: totals, spellings, known names, cells that stand twice."""

from __future__ import annotations
