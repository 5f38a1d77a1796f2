"""Chapters that are kept, by name, and frames that are kept beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qonys.catalog.locks import exclusive
from qonys.catalog.places import write_ready
from qonys.study.chapters.registry import chapter_of
from qonys.study.runs.cache import figures_digest, place_of
from qonys.study.runs.folders import say_if_damaged, sound, write_whole

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog import Pack
    from qonys.study.plan import Plan

PATIENCE = 3600.0

def stored_chapter(name: str, pack: Pack, plan: Plan) -> Path:
    """The folder in which the chapter `name` of this pack, plan and code is kept, or would be."""
    return place_of(chapter_of(name), pack, plan)


def content_of(name: str, pack: Pack) -> str:
    """Hash of all that the chapter `name` may read of the pack."""
    return figures_digest(chapter_of(name), pack)


def stored_table(chapter: str, pack: Pack, plan: Plan, table: str) -> pl.DataFrame | None:
    """A table of a stored chapter as the study wrote it; None where the chapter is not stored, or that is damaged."""
    import polars as pl

    place, name = stored_chapter(chapter, pack, plan), f"tables/{table}.parquet"
    return pl.read_parquet(place / name) if sound(place, name) else None


def kept_frames(place: Path, make: Callable[[], Mapping[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Frames kept in the folder `place`, by name; made and kept where they are not there whole.

    One process makes them while others wait; no kept file is taken that is not what was written.
    """
    if sound(place):
        return _frames(place)
    say_if_damaged(place)
    write_ready(place.parent, "QONYS_CACHE")
    with exclusive(place.parent / f"{place.name}.lock", PATIENCE):
        if sound(place):
            return _frames(place)
        found = dict(make())

        def write(draft: Path) -> None:
            for name, frame in found.items():
                frame.write_parquet(draft / f"{name}.parquet")

        write_whole(place, write, lambda: sound(place))
    return found


def _frames(place: Path) -> dict[str, pl.DataFrame]:
    import polars as pl

    return {path.stem: pl.read_parquet(path) for path in place.glob("*.parquet")}
