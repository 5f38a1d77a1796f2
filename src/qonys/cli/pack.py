"""``qonys pack``: make the pack of a country from published files; check a pack; list the codes of countries."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.catalog.check import check
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.progress import stages_shown
from qonys.cli.ranges import YEARS, Within
from qonys.errors import UnknownName

if TYPE_CHECKING:
    from qonys.catalog.packing.making import Made
    from qonys.catalog.packing.published import Watch

app = new_app("pack", "cli.command.pack")
app.command(check, name="check", help="cli.command.pack.check")
LARGE = 5_000_000
Files = Annotated[list[Path], Parameter(consume_multiple=True, negative=())]


@dataclass(frozen=True)
class NewOptions:
    """Where the pack goes, with which partners, and from which year on the figures are projected."""

    out: Annotated[Path | None, Parameter(help="cli.pack.option.out", negative=())] = None
    partners: Annotated[str | None, Parameter(help="cli.pack.option.partners", negative=())] = None
    projected_from: Annotated[
        int | None, Parameter(help="cli.pack.option.projected_from", validator=Within(*YEARS), negative=())
    ] = None


@app.command(name="countries", help="cli.command.pack.countries")
def countries(text: Annotated[str, Parameter(help="cli.pack.option.text")] = "", /) -> int:
    """Codes and names of countries; with a text, those that have it in a name, in any language, or in a code."""
    import polars as pl

    from qonys.catalog.packing.territories import listed
    from qonys.cli.printing import print_frame

    language = settings().language
    rows = listed(text, language)
    if not rows:
        raise UnknownName("packing.country.none_so_named", text=text)
    print_frame(pl.DataFrame(rows, schema=["iso3", "iso2", "country_name"], orient="row"))
    return 0


@app.command(name="new", help="cli.command.pack.new")
def new(
    code: Annotated[str, Parameter(help="cli.pack.option.code")],
    *,
    from_wpp: Annotated[Files, Parameter(help="cli.pack.option.from_wpp")],
    from_desa: Annotated[Path | None, Parameter(help="cli.pack.option.from_desa", negative=())] = None,
    from_unhcr: Annotated[Files | None, Parameter(help="cli.pack.option.from_unhcr")] = None,
    from_wdi: Annotated[Files | None, Parameter(help="cli.pack.option.from_wdi")] = None,
    how: Annotated[NewOptions | None, Parameter(name="*")] = None,
) -> int:
    """Make a national pack from published files."""
    from qonys.catalog.packing.gathering import Published
    from qonys.catalog.packing.making import make_pack

    how = how or NewOptions()
    files = Published(tuple(from_wpp), from_desa, tuple(from_unhcr or ()), tuple(from_wdi or ()), how.projected_from)
    chosen = [part.strip() for part in (how.partners or "").split(",") if part.strip()]
    with progress() as watch:
        made = make_pack(code, files, how.out, chosen, watch)
    _show(made)
    return 0


@app.command(name="fits", help="cli.command.pack.fits")
def fits(
    folder: Annotated[str | None, Parameter(help="cli.pack.option.folder")] = None,
    *,
    check: Annotated[bool, Parameter(help="cli.pack.option.check", negative=())] = False,
) -> int:
    """Fit the account and the processes of a pack anew and store them in it, or say which of them no longer hold."""
    import polars as pl

    from qonys.catalog import open_pack
    from qonys.cli.printing import print_frame
    from qonys.study.ensembles.refit import outdated, refitted

    pack = open_pack(folder or settings().pack)
    if check:
        rows = [(name, part) for name, parts in outdated(pack).items() for part in parts]
        frame = pl.DataFrame(rows, schema={"fit": pl.String, "reason": pl.String}, orient="row")
        print_frame(frame, label=lambda column, code: _reason(code) if column == "reason" else None)
        return 1 if rows else 0
    with stages_shown() as tell:
        found = refitted(pack, tell)
    print_frame(found)
    return 0


def _reason(part: str) -> str:
    return words.text(f"cli.pack.outdated.{part}", settings().language)


@contextmanager
def progress() -> Iterator[Watch]:
    """A bar on standard error for every large file while it is read; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        tasks = {}

        def watch(name: str, read: int, size: int) -> None:
            if size < LARGE:
                return
            if name not in tasks:
                tasks[name] = bars.add_task(words.text("cli.pack.reading", settings().language, path=name), total=size)
            bars.update(tasks[name], completed=read)

        yield watch


def _show(made: Made) -> None:
    """What was made, and what was left out."""
    language = settings().language
    if settings().format == "json":
        remarks = [remark.sentence(language) for remark in made.remarks]
        document = {"folder": str(made.folder), "country": dict(made.country), "tables": dict(made.rows),
                    "partners": list(made.partners), "remarks": remarks}  # fmt: skip
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return

    def say(key: str, **values: object) -> None:
        print(words.text(key, language, **values))

    rows = words.integer(sum(made.rows.values()), language)
    say("cli.pack.made", path=made.folder, country=made.country[f"name_{language}"], tables=len(made.rows), rows=rows)
    if made.partners:
        say("cli.pack.partners", partners=", ".join(made.partners))
    else:
        say("cli.pack.no_partners")
    for remark in made.remarks:
        print(remark.sentence(language))
    say("cli.pack.next", path=made.folder)
    sys.stdout.flush()
