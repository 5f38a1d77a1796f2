"""A lab as it stands when it is opened, without a server: one HTML file and a printable handout."""

from __future__ import annotations

import importlib.util
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys import __version__, inputs, words
from qonys.catalog import Pack
from qonys.catalog.drafts import draft_folder
from qonys.course import framing, opened
from qonys.course.parts import Part, Shown, Title
from qonys.course.registry import Lab
from qonys.course.verdicts import NOT_YET
from qonys.errors import BadInput
from qonys.report.document import Block, Document, Figure, Heading, Section
from qonys.report.writing import LABELS, release_date

if TYPE_CHECKING:
    from qonys.course.page import LabPage

INDEX = "labs.txt"
Tell = Callable[[int, str], None]


@contextmanager
def _environment(pack: str, language: str) -> Iterator[None]:
    """The environment that a lab is opened with."""
    names = {opened.PACK: pack, opened.LANGUAGE: language}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def run_lab(lab: Lab, pack: Pack, language: str) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """Outputs and definitions of the cells of a lab, run as a script.

    Raises
    ------
    BadInput
        marimo is not installed; the pack lacks figures of the lab.

    """
    framing.refuse_unready(lab, pack)
    found = importlib.util.spec_from_file_location(lab.file.stem, lab.file)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    with _environment(str(pack.path), language), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what a lab does on purpose; its texts speak of it
        found.loader.exec_module(module)
        outputs, definitions = module.app.run()
    return outputs, definitions


def blocks_of(lab: Lab, pack: Pack, language: str) -> tuple[Block, ...]:
    """What a lab shows when it is opened, fields of answers as lines to write on."""
    outputs, definitions = run_lab(lab, pack, language)
    return tuple(block for one in outputs for block in _blocks(one, definitions["lab"]))


def document_of(lab: Lab, pack: Pack, language: str, blocks: Sequence[Block], *, brief: bool = False) -> Document:
    """A lab as a document: a section for each of its headings, or, as a handout (`brief`), one for all."""
    sections = tuple(_sections(blocks))
    labels = {name: words.text(f"report.{name}", language) for name in LABELS}
    labels |= {name: words.text(f"why.{name}", language) for name in ("title", "intro", "figures", "results")}
    labels["source"] = ""  # the lines of the labs say it
    labels["legend"] = words.text("labs.legend", language)
    about = words.text(
        "labs.about", language, minutes=lab.minutes, country=inputs.country_words(pack, language)["country"]
    )
    imprint = words.text("labs.imprint", language, version=__version__)
    title = sections[0].title
    if brief:
        sections = (Section(lab.id, title, tuple(block for block in blocks if not isinstance(block, Title))),)
    return Document(title, about, language, release_date(pack), imprint, labels, sections, brief=brief)


def _blocks(shown: Any, page: LabPage) -> Iterator[Block]:
    """What a cell shows as blocks; nothing of verdicts on answers that are not there."""
    if isinstance(shown, Part):
        yield from () if shown.state == NOT_YET else shown.blocks
    elif isinstance(shown, Shown):
        if id(shown.element) in page.fields:
            yield from shown.blocks
            yield from framing.paragraphs(words.text("labs.line", page.language))
    elif id(shown) in page.controls:
        control = words.text("labs.control", page.language, label=page.controls[id(shown)])
        yield from framing.paragraphs(control)


def _sections(blocks: Sequence[Block]) -> Iterator[Section]:
    title, held, count = "", list[Block](), 0
    for block in blocks:
        if isinstance(block, Heading):
            if title:
                yield Section(f"part-{count}", title, tuple(held))
            title, held, count = block.text, [], count + 1
        else:
            held.append(block)
    yield Section(f"part-{count}", title, tuple(held))


def _write_data(blocks: Sequence[Block], folder: Path) -> None:
    """The data of each chart, to which the page has a link."""
    folder.mkdir(exist_ok=True)
    for block in blocks:
        if isinstance(block, Figure):
            block.data.write_csv(folder / f"{block.key}.csv", include_bom=True)


def _silent(done: int, title: str) -> None:
    """Say nothing of the progress."""


def _kept(folder: Path, draft: Path) -> list[str]:
    """Copy what was exported into the folder before; its names."""
    if not (folder / INDEX).is_file():
        return []
    shutil.copytree(folder, draft, dirs_exist_ok=True)
    return (folder / INDEX).read_text(encoding="utf-8").split()


def export(
    labs: Sequence[Lab], pack: str, language: str, folder: Path, formats: Sequence[str], tell: Tell = _silent
) -> tuple[Path, ...]:
    """Write labs as pages and handouts into a folder; all files or none. Returns the files.

    Files of other labs and languages that were exported into it before stay.

    `tell`: is told the number and the title of each lab before it is run.

    Raises
    ------
    BadInput
        marimo is not installed; the folder has files that are no labs.

    """
    from qonys.report.typesetting import pdf_bytes
    from qonys.report.webpage import html_text

    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / INDEX).is_file()):
        raise BadInput("labs.export.foreign", folder=str(folder))
    country = opened.pack_of(pack)
    folder.parent.mkdir(parents=True, exist_ok=True)
    names: list[str] = []
    with draft_folder(folder) as draft:
        earlier = _kept(folder, draft)
        for number, lab in enumerate(labs, 1):
            tell(number, lab.title(language))
            blocks, name = blocks_of(lab, country, language), f"{lab.number:02}-{lab.id}.{language}"
            if "html" in formats:
                _write_data(blocks, draft / "tables")
                (draft / f"{name}.html").write_text(
                    html_text(document_of(lab, country, language, blocks)), encoding="utf-8"
                )
                names.append(f"{name}.html")
            if "pdf" in formats:
                (draft / f"{name}.pdf").write_bytes(pdf_bytes(document_of(lab, country, language, blocks, brief=True)))
                names.append(f"{name}.pdf")
        (draft / INDEX).write_text("\n".join([*sorted({*earlier, *names}), ""]), encoding="utf-8")
    return tuple(folder / name for name in names)
