"""Figures with provenance: country packs, checks, conflicts, the store and the import of files.

This room knows no demography: it reads sourced figures, says where they disagree, tests them
against written rules and keeps a person's own tables beside the pack's.
"""

from __future__ import annotations

from qonys.catalog.pack import Pack, open_pack, shipped_packs

__all__ = ["Pack", "open_pack", "shipped_packs"]
