"""Data rules: pure functions from a frame to the findings; each knows nothing of files or packs."""

from __future__ import annotations

from qonys.catalog.rules.findings import Finding

__all__ = ["Finding"]
