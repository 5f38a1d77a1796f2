"""Numbers as people write them: signs, units, bounds, texts for no value."""

from __future__ import annotations
