"""Labs run as scripts, in every language, for every pack; their numbers are those of the study."""

import ast
import re

import polars as pl
import pytest

from qonys import words
from qonys.course.export import blocks_of, run_lab
from qonys.course.opened import pack_of
from qonys.course.registry import labs
from qonys.errors import BadInput
from qonys.inputs import available, works
from qonys.report.chapters import CHAPTERS
from qonys.report.document import Bullets, Figure, Heading, Note, Paragraph, Table
from qonys.web.pages.menu import PAGES

pytest.importorskip("marimo")
LABS = labs()
CHEAP = ("forms", "balance", "settling")
SHORT = [lab for lab in LABS if lab.id in CHEAP]
PLACE = re.compile(r"[{}|]|\bNone\b|\bnan\b|\[[^\]]*\|")


def texts(blocks):
    """All texts of blocks."""
    for one in blocks:
        if isinstance(one, Table):
            yield from (one.caption, one.source, *one.head, *(cell for row in one.rows for cell in row))
        elif isinstance(one, Figure):
            yield from (one.caption, one.alt, one.source)
        elif isinstance(one, Bullets):
            yield from one.items
        elif isinstance(one, Heading | Note):
            yield one.text
        else:
            assert isinstance(one, Paragraph)
            yield from map(str, one.runs)


def looked_at(lab, pack, language):
    """The blocks of a lab, of which every place is filled; a pack without its figures is refused."""
    if available(pack_of(pack), lab.needs):
        with pytest.raises(BadInput, match="lacks"):
            blocks_of(lab, pack_of(pack), language)
        return ()
    blocks = blocks_of(lab, pack_of(pack), language)
    for text in texts(blocks):
        assert not PLACE.search(text), text
    assert sum(isinstance(one, Table) for one in blocks) >= 1
    assert blocks[0].text.strip()
    return blocks


@pytest.mark.parametrize("lab", SHORT, ids=lambda lab: lab.id)
def test_cheap_labs_run(lab):
    assert looked_at(lab, "kazakhstan", "kk")


@pytest.mark.long
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("pack", ["kazakhstan", "georgia"])
@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_every_lab_runs(lab, pack, language):
    looked_at(lab, pack, language)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_a_lab_file_has_no_prose_and_no_inside(lab):
    tree = ast.parse(lab.file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value.isascii(), node.value
            assert len(node.value.split()) <= 2, node.value
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("qonys"), node.module
        if isinstance(node, ast.Import):
            assert {one.name for one in node.names} <= {"marimo", "polars", "qonys", "math"}


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_what_a_lab_names_is_there(lab):
    pages, kazakhstan = {page.id for page in PAGES}, pack_of("kazakhstan")
    assert set(lab.pages) <= pages
    assert set(lab.chapters) <= set(CHAPTERS)
    assert lab.statements
    assert {one.shelf for one in works(kazakhstan)} >= {lab.number} or lab.reading


def test_the_lab_of_the_balance_has_the_numbers_of_the_study():
    from qonys.study.chapters.retrospective import intercensal

    lab = next(one for one in LABS if one.id == "balance")
    for name in ("kazakhstan", "georgia"):
        pack = pack_of(name)
        _, held = run_lab(lab, pack, "en")
        found = held["change"].frame
        of_study = pl.DataFrame([(one.start, one.residual, one.natural) for one in intercensal(pack)], orient="row")
        assert found["start"].to_list() == of_study["column_0"].to_list()
        assert found["net_migration"].to_list() == pytest.approx(of_study["column_1"].to_list())
        assert found["natural"].to_list() == pytest.approx(of_study["column_2"].to_list())
