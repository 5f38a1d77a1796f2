"""Chapters: each module has `compute(pack, results)`, which adds named results."""

from __future__ import annotations

CHAPTERS: tuple[str, ...] = (
    "retrospective",
    "groups",
    "regions",
    "accounts",
    "shocks",
    "ages",
    "indicators",
    "bilateral",
    "present",
    "forms",
    "projection",
    "skill",
    "regional_projection",
    "demographic",
    "labour",
    "factors",
    "interplay",
    "stratification",
    "motives",
    "potential",
    "settling",
    "claims",
    "data",
)
