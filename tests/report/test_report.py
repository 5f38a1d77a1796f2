"""The report: valid PDF in three languages, self-contained HTML, charts that hold the numbers."""

import io
import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import pikepdf
import polars as pl
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from lxml import etree, html

from qonys import words
from qonys.catalog import open_pack
from qonys.errors import BadInput, RenderFailed
from qonys.figures.edition import Edition
from qonys.figures.geography import chord, flows, plane
from qonys.figures.render import FONTS
from qonys.report.document import Document, Figure, Paragraph, Section, Table, Value
from qonys.report.typesetting import escaped, pdf_bytes
from qonys.report.webpage import html_text
from qonys.report.writing import LABELS, is_current, report_key, write_report
from qonys.study.runs.results import Results


@pytest.fixture(scope="module")
def results(study):
    return study


@pytest.fixture
def ready(built, monkeypatch):
    """Reports are written from the document that other tests look at."""
    monkeypatch.setattr("qonys.report.writing.build_document", lambda pack, results, language: built(language))


def test_pdf_says_and_keeps_what_the_standards_ask(pdf, document):
    with pikepdf.open(io.BytesIO(pdf)) as file:
        with file.open_metadata() as meta:
            assert meta["pdfaid:part"] == "2"
            assert meta["pdfaid:conformance"] == "A"
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"] == document.title
        root = file.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == document.language
        assert not file.is_encrypted
        assert root.ViewerPreferences.DisplayDocTitle
        figures = [node for node in structure(root.StructTreeRoot) if node.get("/S") == "/Figure"]
        assert len(figures) >= len(document.figures())
        alts = {str(node.get("/Alt", "")) for node in figures}
        assert {figure.alt for figure in document.figures()} <= alts


def structure(node):
    children = node.get("/K")
    if children is None:
        return
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            yield child
            yield from structure(child)


def test_all_fonts_are_embedded(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for item in file.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                assert "/FontFile2" in item or "/FontFile3" in item


def test_letters_of_the_language_can_be_read_back(pdf, document):
    file = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in file)
    assert "\ufffd" not in text
    flat = re.sub(r"\s|\u00ad|\ufffe", "", text)
    for section in document.sections:
        assert re.sub(r"\s", "", section.title) in flat
    file.close()


def test_same_document_same_bytes(pdf, document):
    assert pdf_bytes(document) == pdf


def tiny(text="a", figures=()):
    labels = {name: name for name in LABELS}
    section = Section("s", "S", (Paragraph((text, Value("1", "n", "o"))), *figures))
    return Document("T", "U", "en", "2026-01-01", "I", labels, (section,))


def test_a_letter_that_no_font_has_is_refused():
    assert pdf_bytes(tiny("fine − № ₸ Ққ"))
    with pytest.raises(RenderFailed, match="typeset"):
        pdf_bytes(tiny("\U0001f9ff \u4e2d"))


def test_typst_marks_in_text_are_shown_not_run():
    assert escaped("#a *b* $c$ [d] <e> @f") == "\\#a \\*b\\* \\$c\\$ \\[d\\] \\<e\\> \\@f"
    assert pdf_bytes(tiny("#panic() *b* $c$ [d] = e // f \\ ~"))


def test_every_figure_needs_alternative_text():
    with pytest.raises(RenderFailed, match="alternative text"):
        Figure("k", "<svg/>", " ", "c", "s", pl.DataFrame())
    with pytest.raises(RenderFailed, match="3 were expected"):
        Table("t", ("a", "b", "c"), (("1", "2"),), "lrr", "c", "s")


def test_html_stands_alone(document):
    text = html_text(document)
    page = html.fromstring(text.encode())
    assert page.get("lang") == document.language
    for attribute in ("src", "href", "{http://www.w3.org/1999/xlink}href"):
        for value in page.xpath(f"//*[not(self::a)]/@*[name()='{attribute.rsplit('}', maxsplit=1)[-1]}']"):
            assert not value.startswith(("http:", "https:", "//")), value
    assert not page.xpath("//script | //link | //iframe")
    assert all(node.get("aria-label") for node in page.xpath("//*[@role='img']"))
    ids = [value for value in page.xpath("//@id") if value]
    assert len(ids) == len(set(ids))
    assert "[object" not in text
    assert "NaN" not in text


def test_every_value_in_a_sentence_is_a_named_result(document, results):
    values = [
        run
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Paragraph)
        for run in block.runs
        if isinstance(run, Value)
    ]
    assert len(values) >= 12
    assert all(value.name in results.numbers for value in values)


def test_figures_are_well_formed_and_complete(document):
    keys = {figure.key for figure in document.figures()}
    assert keys >= {"century", "ethnic", "pyramids", "net_by_source", "region_map", "flow_map", "chord", "repatriates"}
    for figure in document.figures():
        etree.fromstring(figure.svg.encode())
        assert figure.source
        assert figure.data.height


def test_fonts_hold_every_letter_of_the_catalogues():
    from qonys.words.catalogue import _entries

    with TTFont(FONTS / "Inter-Regular.otf") as font:
        held = font.getBestCmap()
    for language in words.LANGUAGES:
        for text in _entries(language).values():
            missing = {c for c in "".join(text) if ord(c) not in held and c != "\n"}
            assert not missing, (language, missing)
    assert ord("\u4e2d") not in held


def _says_what_made_it(manifest, results):
    made = datetime.fromisoformat(manifest["made"])
    assert made.utcoffset() == timedelta(0)
    assert timedelta(0) <= datetime.now(UTC) - made < timedelta(minutes=10)
    assert re.fullmatch(r"([0-9a-f]{40}(\+changed)?|none)", manifest["commit"])
    assert {"qonys", "numpy", "polars", "typst", "python"} <= set(manifest["versions"])
    assert manifest["seeds"] == results.plan.seeds()
    used = results.table("sources_used").frame["id"].to_list()
    assert [one["id"] for one in manifest["sources"]] == used
    assert all(one["title"] and one["published"] and one["address"] for one in manifest["sources"])


@pytest.fixture(scope="module")
def written(built, results, tmp_path_factory):
    """The English report with its pages, written once for the tests that only read it or copy it."""
    folder = tmp_path_factory.mktemp("written") / "en"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qonys.report.writing.build_document", lambda pack, results, language: built(language))
        write_report(open_pack("kazakhstan"), results, "en", ("html",), folder)
    return folder


@pytest.mark.usefixtures("ready")
def test_a_report_of_the_same_results_differs_in_its_manifest_alone(tmp_path, results, written, monkeypatch):
    pack, folders = open_pack("kazakhstan"), [written, tmp_path / "b"]
    monkeypatch.setattr("qonys.report.writing.commit", lambda: "0" * 40)
    write_report(pack, results, "en", ("html",), folders[1])
    first, second = ({p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders)
    assert first.pop("manifest.json") != second.pop("manifest.json")
    assert first == second
    key = report_key(pack, results.plan, "en", ("html",))
    assert all(is_current(place, key) for place in folders)


@pytest.mark.usefixtures("ready")
def test_a_report_is_whole_current_and_refuses_foreign_folders(tmp_path, results, written):
    pack = open_pack("kazakhstan")
    folder = shutil.copytree(written, tmp_path / "en")
    key = report_key(pack, results.plan, "en", ("html",))
    assert is_current(folder, key)
    assert not is_current(folder, report_key(pack, results.plan, "en", ("pdf",)))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["pack_digest"] == pack.digest()
    _says_what_made_it(manifest, results)
    (folder / "report.html").write_text("changed")
    assert not is_current(folder, key)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.docx").write_text("mine")
    with pytest.raises(BadInput, match="not part of a Qonys report"):
        write_report(pack, results, "en", ("html",), tmp_path / "other")
    assert (tmp_path / "other" / "thesis.docx").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["en", "other"]


FLOWS = pl.DataFrame({"origin": ["A", "A", "B"], "destination": ["B", "C", "A"], "value": [60.0, 20.0, 20.0]})


def test_chord_angles_are_proportional_to_flows():
    spans, slots = chord._sectors(FLOWS, {"A": "a", "B": "b", "C": "c"})
    size = {region: end - start for region, (start, end) in spans.items()}
    assert size["A"] / size["B"] == pytest.approx(100 / 80)
    assert size["C"] / size["A"] == pytest.approx(20 / 100)
    out, into = slots["A", "B", "out"], slots["A", "B", "in"]
    assert out[1] - out[0] == pytest.approx(into[1] - into[0])
    assert (out[1] - out[0]) / size["A"] == pytest.approx(0.6)


def test_flow_widths_are_proportional():
    pack = open_pack("kazakhstan")
    places = {"A": (60.0, 50.0, "a"), "B": (70.0, 45.0, "b"), "C": (80.0, 48.0, "c")}
    arrows = flows.Arrows(FLOWS, places, {"A": -60.0, "B": 40.0, "C": 20.0}, 3)
    drawn = flows.flow_map(Edition(Results(pack.digest()), pack, "en"), pack.geometry("2022"), arrows)
    widths = sorted(float(w) for w in re.findall(r'class="flow"[^>]*stroke-width="([\d.]+)"', drawn))
    assert widths[2] / widths[0] == pytest.approx(3, rel=0.01)


def test_projection_keeps_areas():
    """Albers: cells of one degree at two latitudes have areas as the cosines of latitude (closed form)."""

    albers = plane.Albers(43, 53, 67)

    def area(lat):
        corners = [albers(*p) for p in ((60, lat), (61, lat), (61, lat + 1), (60, lat + 1))]
        pairs = zip(corners, corners[1:] + corners[:1], strict=True)
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2

    import math

    expected = (math.sin(math.radians(42)) - math.sin(math.radians(41))) / (
        math.sin(math.radians(55)) - math.sin(math.radians(54))
    )
    assert area(41) / area(54) == pytest.approx(expected, rel=1e-3)


@pytest.mark.usefixtures("ready")
def test_an_interruption_leaves_what_was_there(tmp_path, results, monkeypatch):
    pack = open_pack("kazakhstan")
    folder = tmp_path / "en"
    write_report(pack, results, "en", (), folder)
    before = (folder / "manifest.json").read_bytes()

    def interrupted(document):
        raise KeyboardInterrupt

    monkeypatch.setattr("qonys.report.webpage.html_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report(pack, results, "en", ("html",), folder)
    assert (folder / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["en"]


def test_the_century_fills_its_width(document):
    """The census points run over most of the axis (a wrong domain once squeezed them into a corner)."""
    drawn = next(figure.svg for figure in document.figures() if figure.key == "century")
    places = [float(x) for x in re.findall(r'aria-roledescription="point"[^>]*?transform="translate\(([\d.]+),', drawn)]
    assert len(places) >= 10
    assert max(places) - min(places) > 0.8 * 560
