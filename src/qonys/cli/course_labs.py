"""``qonys course list``, ``open``, ``check`` and ``export``: the labs of the course."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from qonys import words
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Within
from qonys.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

PORT = 2718
HTML, PDF = "html", "pdf"
FORMATS = (HTML, PDF)
EVERY = "all"


def add_labs(app: App) -> None:
    """Add the commands of the labs."""
    app.command(list_labs, name="list", help="cli.command.course.list")
    app.command(open_lab, name="open", help="cli.command.course.open")
    app.command(check_files, name="check", help="cli.command.course.check")
    app.command(export_labs, name="export", help="cli.command.course.export")


def list_labs() -> int:
    """The labs with their time, aim and exercises."""
    import polars as pl

    from qonys.course import labs

    language = settings().language
    rows = [
        {
            "number": lab.number, "lab": lab.id, "title": lab.title(language), "minutes": lab.minutes,
            "exercises": len(lab.exercises),
        }
        for lab in labs()
    ]  # fmt: skip
    print_frame(pl.DataFrame(rows))
    return 0


def open_lab(
    lab: Annotated[str, Parameter(help="cli.course.lab")],
    /,
    *,
    port: Annotated[int, Parameter(help="cli.course.port", validator=Within(1, 65_535))] = PORT,
    browser: Annotated[bool, Parameter(help="cli.course.browser", negative=())] = False,
) -> int:
    """Serve a lab on this machine until it is stopped."""
    from qonys.catalog import open_pack
    from qonys.course.registry import lab_of
    from qonys.course.serving import HOST, serve_lab
    from qonys.web.server import listening

    found, pack, language = lab_of(lab), open_pack(settings().pack), settings().language
    with listening(HOST, port):
        pass  # the port is free, or the sentence says that it is not
    address = f"http://{HOST}:{port}/?lang={language}"
    said = words.text("cli.course.served", language, title=found.title(language), address=address)
    print(said, file=sys.stderr, flush=True)
    return serve_lab(found, str(pack.path), language, port, browser=browser)


def check_files(
    files: Annotated[list[Path], Parameter(help="cli.course.files")],
    /,
    *,
    out: Annotated[Path | None, Parameter(help="cli.course.out", negative=())] = None,
) -> int:
    """The verdict on every answer of the files; with several files, or with a file to write, a sheet of the class."""
    from qonys.catalog import open_pack
    from qonys.catalog.drafts import draft_file
    from qonys.course.sheets import results

    pack, language = open_pack(settings().pack), settings().language
    found = results(files, str(pack.path), language)
    if out is None:
        print_frame(found, label=_label, footer=[_count(found, language)])
        return 0
    try:
        with draft_file(out) as draft:
            found.write_csv(draft, include_bom=True)
    except OSError:
        raise BadInput("cli.course.closed", path=str(out)) from None
    print(words.text("cli.course.written", language, path=str(out)), file=sys.stderr)
    print(_count(found, language), file=sys.stderr)
    return 0


def _label(column: str, code: str) -> str | None:
    """Words of a state of a verdict."""
    return words.text(f"labs.state.{code}", settings().language) if column == "result" else None


def _count(found: pl.DataFrame, language: str) -> str:
    right = found.filter(found["result"] == "right").height
    return words.text(
        "cli.course.counted", language, right=right, all=found.height, students=found["student"].n_unique()
    )


def export_labs(
    lab: Annotated[str, Parameter(help="cli.course.lab_or_all")] = EVERY,
    /,
    *,
    to: Annotated[Path, Parameter(help="cli.course.to")],
    formats: Annotated[str, Parameter(name="--as", help="cli.course.formats", negative=())] = f"{HTML},{PDF}",
) -> int:
    """Write labs as pages without a server and as printable handouts."""
    from qonys.catalog import open_pack
    from qonys.course import labs
    from qonys.course.export import export
    from qonys.course.registry import lab_of
    from qonys.inputs import available

    language = settings().language
    wanted = tuple(dict.fromkeys(part.strip() for part in formats.split(",") if part.strip()))
    for name in wanted or (formats,):
        if name not in FORMATS:
            raise BadInput("cli.course.no_format", format=name, known=", ".join(FORMATS))
    pack = open_pack(settings().pack)
    able = [one for one in labs() if not available(pack, one.needs)]
    chosen = able if lab == EVERY else [lab_of(lab)]
    if lab == EVERY and len(able) < len(labs()):
        left = ", ".join(one.id for one in labs() if one not in able)
        print(words.text("cli.course.left_out", language, labs=left), file=sys.stderr)

    def tell(done: int, title: str) -> None:
        said = words.text("cli.course.exporting", language, done=done, all=len(chosen), title=title)
        print(said, file=sys.stderr, flush=True)

    for path in export(chosen, settings().pack, language, to, wanted, tell):
        print(path)
    return 0
