"""Chapters that are kept, by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qonys.study.chapters.registry import chapter_of
from qonys.study.runs.cache import figures_digest, place_of

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.study.plan import Plan


def stored_chapter(name: str, pack: Pack, plan: Plan) -> Path:
    """The folder in which the chapter `name` of this pack, plan and code is kept, or would be."""
    return place_of(chapter_of(name), pack, plan)


def content_of(name: str, pack: Pack) -> str:
    """Hash of all that the chapter `name` may read of the pack."""
    return figures_digest(chapter_of(name), pack)
