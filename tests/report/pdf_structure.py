"""What PDF/A-2a and PDF/UA-1 ask of the structure of a report, checked without a validator.

ISO 19005-2:2011 (6.2.11 fonts, 6.6 metadata, 6.7 structure) and ISO 14289-1:2014 (7.1-7.18). A validator checks more;
`tests/report/test_pdf_structure.py` runs veraPDF where it is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

NEEDED = {"pdfaid:part": "2", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
SHOWN = ("Tj", "TJ", "'", '"', "Do", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh")  # operators that paint


def faults(file: pikepdf.Pdf, language: str, title: str) -> list[str]:
    """What the file lacks, one line each."""
    root = file.Root
    found = [*_catalogue(root, language, title), *_metadata(file, title), *_fonts(file), *_pages(file)]
    if "/StructTreeRoot" not in root:
        return [*found, "no structure tree"]
    elements = list(_elements(root.StructTreeRoot))
    return found + _structure(elements) + _tables(elements)


def _catalogue(root: pikepdf.Dictionary, language: str, title: str) -> Iterator[str]:
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "not marked as tagged"
    if str(root.get("/Lang", "")) != language:
        yield "language"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "the window does not show the title"
    if int(root.get("/Outlines", {}).get("/Count", 0)) == 0:
        yield "no outline"
    if not any(str(one.get("/S")) == "/GTS_PDFA1" for one in root.get("/OutputIntents", [])):
        yield "no output intent"
    if "/Names" in root and any(name in root.Names for name in ("/JavaScript", "/EmbeddedFiles")):
        yield "scripts or embedded files"


def _metadata(file: pikepdf.Pdf, title: str) -> Iterator[str]:
    if file.is_encrypted:
        yield "encrypted"
    if "/Metadata" not in file.Root:
        yield "no metadata"
        return
    with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        yield from (f"metadata {name}" for name, value in NEEDED.items() if meta.get(name) != value)
        if meta.get("dc:title") != title:
            yield "metadata dc:title"


def _fonts(file: pikepdf.Pdf) -> Iterator[str]:
    for one in file.objects:
        if not isinstance(one, pikepdf.Dictionary) or one.get("/Type") != "/Font":
            continue
        name, kind = str(one.get("/BaseFont", "")), str(one.get("/Subtype"))
        if not kind.startswith("/CIDFont") and "/ToUnicode" not in one:
            yield f"font {name}: letters cannot be read back"
        if kind in ("/Type0", "/Type3"):
            continue
        described = one.get("/FontDescriptor", {})
        if not any(file in described for file in ("/FontFile", "/FontFile2", "/FontFile3")):
            yield f"font {name}: not embedded"


def _pages(file: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(file.pages, 1):
        if page.get("/Tabs") != "/S":
            yield f"page {number}: order of tabs"
        if "/StructParents" not in page:
            yield f"page {number}: no structure"
        for one in page.get("/Annots", []):
            if one.Subtype == "/Link" and not str(one.get("/Contents", "")).strip():
                yield f"page {number}: a link says nothing"
            if "/StructParent" not in one:
                yield f"page {number}: an annotation is outside of the structure"
        if _painted_outside(page):
            yield f"page {number}: content is neither tagged nor an artefact"


def _painted_outside(page: pikepdf.Page) -> bool:
    depth = 0
    for one in pikepdf.parse_content_stream(page):
        operator = str(one.operator)
        if operator in ("BDC", "BMC"):
            depth += 1
        elif operator == "EMC":
            depth -= 1
        elif operator in SHOWN and depth == 0:
            return True
    return depth != 0


def _elements(node: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
    children = node.get("/K")
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _elements(child)


def _structure(elements: list[pikepdf.Dictionary]) -> list[str]:
    found, above = [], 0
    for one in elements:
        name = str(one.S)
        if name in ("/Figure", "/Formula") and not str(one.get("/Alt", "")).strip():
            found.append("a figure without alternative text")
        heading = re.fullmatch(r"/H([1-6])", name)
        if heading:
            level = int(heading.group(1))
            if level > above + 1:
                found.append(f"heading {level} below heading {above}")
            above = level
    return found if above else [*found, "no headings"]


def _tables(elements: list[pikepdf.Dictionary]) -> list[str]:
    found = []
    for table in (one for one in elements if str(one.S) == "/Table"):
        inside = list(_elements(table))
        heads = [one for one in inside if str(one.S) == "/TH"]
        if not heads:
            found.append("a table without headings")
        if not all(_attribute(one, "/Scope") for one in heads):
            found.append("a heading of a table without scope")
        widths = {sum(_span(cell) for cell in _elements(row) if str(cell.S) in ("/TH", "/TD"))
                  for row in inside if str(row.S) == "/TR"}  # fmt: skip
        if len(widths) > 1:
            found.append("a table with rows of different lengths")
    return found


def _attribute(one: pikepdf.Dictionary, name: str) -> object:
    given = one.get("/A", [])
    listed = given if isinstance(given, pikepdf.Array) else [given]
    return next((item[name] for item in listed if isinstance(item, pikepdf.Dictionary) and name in item), None)


def _span(cell: pikepdf.Dictionary) -> int:
    return int(str(_attribute(cell, "/ColSpan") or 1))
