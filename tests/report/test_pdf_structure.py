"""The printed report in three languages is PDF/A-2a and PDF/UA-1: by its structure, and by veraPDF where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable

import pikepdf
import polars as pl
import pytest

from qonys.report.document import Document, Figure, Paragraph, Section, Table
from qonys.report.typesetting import pdf_bytes
from qonys.report.writing import LABELS

from .pdf_structure import faults

FLAVOURS = ("2a", "ua1")
languages = pytest.mark.parametrize(
    "language", ["ru", *(pytest.param(language, marks=pytest.mark.long) for language in ("kk", "en"))]
)


@pytest.fixture(scope="module")
def printed(built, typeset) -> Callable[[str], tuple[Document, bytes]]:
    """Document and PDF of a language, made once."""
    return lambda language: (built(language), typeset(language))


@languages
def test_the_structure_is_that_of_an_accessible_archived_document(printed, language: str) -> None:
    document, data = printed(language)
    with pikepdf.open(io.BytesIO(data)) as file:
        assert faults(file, language, document.title) == []


@languages
@pytest.mark.skipif(shutil.which("verapdf") is None, reason="verapdf is not installed")
def test_verapdf_finds_no_fault(printed, language: str, tmp_path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(printed(language)[1])
    for flavour in FLAVOURS:
        words = ["verapdf", "--flavour", flavour, "--format", "text", "--verbose", str(path)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("PASS"), done.stdout


def element(file: pikepdf.Pdf, name: str) -> pikepdf.Dictionary:
    """The first element of a kind in the structure."""
    waiting = [file.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop(0)
        if str(node.get("/S", "")) == name:
            return node
        children = node.get("/K")
        listed = children if isinstance(children, pikepdf.Array) else [children]
        waiting += [one for one in listed if isinstance(one, pikepdf.Dictionary)]
    raise AssertionError(name)


def fonts(file: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    """Objects of a type, as the font's own."""
    return [one for one in file.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == kind]


def unnamed(file: pikepdf.Pdf) -> None:
    """Take away the mark of PDF/UA."""
    with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        del meta["pdfuaid:part"]


def otherwise(file: pikepdf.Pdf) -> None:
    """Say conformance B."""
    with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        meta["pdfaid:conformance"] = "B"


def unreadable(file: pikepdf.Pdf) -> None:
    """Take away how letters are read back."""
    del next(one for one in fonts(file, "/Font") if "/ToUnicode" in one)["/ToUnicode"]


def not_embedded(file: pikepdf.Pdf) -> None:
    """Take a font's file away."""
    described = fonts(file, "/FontDescriptor")[0]
    for name in ("/FontFile2", "/FontFile3"):
        if name in described:
            del described[name]


def untagged(file: pikepdf.Pdf) -> None:
    """Paint something outside of all marks."""
    file.pages[0].contents_add(file.make_stream(b"0 0 10 10 re f"))


def linkless(file: pikepdf.Pdf) -> None:
    """Take away what a link says."""
    del next(page.Annots[0] for page in file.pages if "/Annots" in page)["/Contents"]


def longer(file: pikepdf.Pdf) -> None:
    """Take a cell out of a row."""
    row = element(file, "/TBody").K[0]
    row.K = pikepdf.Array(list(row.K)[1:])


FAULTS: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "not marked as tagged": lambda file: file.Root.MarkInfo.__setitem__("/Marked", False),
    "language": lambda file: file.Root.__setitem__("/Lang", pikepdf.String("de")),
    "the window does not show the title": lambda file: file.Root.ViewerPreferences.__delitem__("/DisplayDocTitle"),
    "no outline": lambda file: file.Root.__delitem__("/Outlines"),
    "no output intent": lambda file: file.Root.__delitem__("/OutputIntents"),
    "metadata pdfuaid:part": unnamed,
    "metadata pdfaid:conformance": otherwise,
    "letters cannot be read back": unreadable,
    "not embedded": not_embedded,
    "order of tabs": lambda file: file.pages[0].__delitem__("/Tabs"),
    "content is neither tagged nor an artefact": untagged,
    "a link says nothing": linkless,
    "a figure without alternative text": lambda file: element(file, "/Figure").__delitem__("/Alt"),
    "a heading of a table without scope": lambda file: element(file, "/TH").__delitem__("/A"),
    "a table with rows of different lengths": longer,
    "heading 3 below heading 0": lambda file: element(file, "/H1").__setitem__("/S", pikepdf.Name("/H3")),
    "no structure tree": lambda file: file.Root.__delitem__("/StructTreeRoot"),
}


@pytest.fixture(scope="module")
def short() -> tuple[Document, bytes]:
    """A document with a figure, a table and the links of its contents."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'
    figure = Figure("f", svg, "What it shows", "Caption", "Source", pl.DataFrame())
    table = Table("t", ("Year", "Persons"), (("2020", "1"), ("2021", "2")), "lr", "Caption", "Source")
    sections = tuple(Section(key, key, (Paragraph(("text",)), figure, table) if key == "a" else ()) for key in "ab")
    document = Document("Title", "Subtitle", "ru", "2026-01-01", "I", {name: name for name in LABELS}, sections)
    return document, pdf_bytes(document)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(short, fault: str) -> None:
    document, data = short
    with pikepdf.open(io.BytesIO(data)) as file:
        assert faults(file, "ru", document.title) == []
        FAULTS[fault](file)
        found = faults(file, "ru", document.title)
        assert any(fault in one for one in found), found
