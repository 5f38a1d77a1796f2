"""`qonys monitor add`, `remove` and `releases`: a person's own store of releases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Within


@Parameter(name="*")
@dataclass(frozen=True)
class AboutChoices:
    """What a person says of a new release."""

    released: Annotated[str | None, Parameter(help="cli.monitor.released")] = None
    source_title: Annotated[str, Parameter(help="cli.monitor.source_title")] = ""
    status: Annotated[str, Parameter(help="cli.option.status")] = "secondary"
    indicator: Annotated[str, Parameter(help="cli.monitor.indicator")] = ""
    rounding: Annotated[float, Parameter(help="cli.monitor.rounding", validator=Within(0, 1e6))] = 0
    gap: Annotated[bool, Parameter(help="cli.monitor.gap", negative=())] = False
    new_indicator: Annotated[bool, Parameter(help="cli.monitor.new_indicator", negative=())] = False
    accept_size: Annotated[bool, Parameter(help="cli.monitor.accept_size", negative=())] = False


ABOUT = AboutChoices()


def add(
    file: Annotated[Path, Parameter(help="cli.monitor.new_release")],
    *,
    about: AboutChoices = ABOUT,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Add a release to one's own store."""
    from qonys.catalog import open_pack
    from qonys.law import day_of
    from qonys.study.analyses.release_store import AboutRelease, add_releases

    day = None if about.released is None else day_of(about.released)
    given = AboutRelease(
        day, about.source_title, about.status, about.indicator, about.rounding, about.gap, about.new_indicator,
        about.accept_size,
    )  # fmt: skip
    added = add_releases(open_pack(settings().pack), file, given, reading.choices())
    if settings().format == "json":
        print(json.dumps({"id": added.id, "rows": added.rows, "sources": dict(added.sources)}, ensure_ascii=False))
    else:
        print(words.text("monitor.added", settings().language, n=added.rows, id=added.id))
    return 0


def remove(addition: Annotated[str, Parameter(help="cli.monitor.addition")] = "") -> int:
    """Set an addition of releases aside."""
    from qonys.catalog import open_pack
    from qonys.catalog.user_tables import user_folder
    from qonys.study.analyses.release_store import ASIDE, set_aside

    pack = open_pack(settings().pack)
    found = set_aside(pack, addition)
    folder = user_folder(pack) / ASIDE
    print(words.text("monitor.set_aside", settings().language, n=found.rows, id=found.id, folder=str(folder)))
    return 0


def releases() -> int:
    """Releases of the country data and one's own."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.release_store import listed_releases

    print_frame(listed_releases(open_pack(settings().pack)), label=_named)
    return 0


def _named(column: str, code: str) -> str | None:
    key = f"monitor.{column}.{code}"
    language = settings().language
    return words.text(key, language) if column in ("indicator", "owner") and words.has(key, language) else None
