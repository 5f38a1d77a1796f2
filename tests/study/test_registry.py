"""Chapters say what they need: their order, what a pack cannot carry, and the reason in words."""

import shutil

import pytest

from qonys import inputs, words
from qonys.catalog import open_pack
from qonys.errors import UnknownName
from qonys.report.absences import MissingPage, missing_pages, reason_text
from qonys.report.chapters import CHAPTERS as PAGES
from qonys.report.chapters import needed, page_of
from qonys.report.context import Context
from qonys.report.references import placed
from qonys.study.chapters import registry
from qonys.study.chapters.registry import CHAPTERS, Absence, Chapter, absences, before, chapter_of, in_order
from qonys.study.plan import SECTIONS
from qonys.study.runs.results import Results


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def without(pack, folder, *tables):
    """A copy of the pack without some tables."""
    import json

    shutil.copytree(pack.path, folder)
    path = folder / "datapackage.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    kept = [one for one in document["resources"] if one.get("qonys:table") not in tables]
    path.write_text(json.dumps(document | {"resources": kept}), encoding="utf-8")
    figures = folder / "figures.yaml"
    if figures.is_file():
        import yaml

        found = yaml.safe_load(figures.read_text(encoding="utf-8"))
        left = {name: one for name, one in found.items() if one["table"] not in tables}
        figures.write_text(yaml.safe_dump(left, allow_unicode=True), encoding="utf-8")
    return open_pack(folder)


def test_every_chapter_stands_after_those_it_uses():
    placed = set()
    for chapter in in_order():
        assert placed.issuperset(before(chapter)), chapter.id
        placed.add(chapter.id)
    assert [chapter.id for chapter in in_order()][-2:] == ["data", "notions"], "both look at all that was computed"
    assert len(placed) == len(CHAPTERS)


def test_a_circle_and_an_unknown_chapter_ring():
    with pytest.raises(UnknownName, match="circle: a, b"):
        in_order((Chapter("a", uses=("b",)), Chapter("b", uses=("a",))))
    with pytest.raises(UnknownName, match="uses “c”"):
        in_order((Chapter("a", uses=("c",)),))
    with pytest.raises(UnknownName, match="no chapter “x”"):
        chapter_of("x")


def test_rows_of_the_register_name_what_there_is(pack):
    known = {chapter.id for chapter in CHAPTERS}
    for chapter in CHAPTERS:
        assert set(chapter.plan) <= set(SECTIONS)
        assert {*chapter.uses, *chapter.after} - {registry.EVERY} <= known
        assert not set(chapter.needs) & set(chapter.wants)
        for language in words.LANGUAGES:
            assert words.has(f"chapter.{chapter.id}", language), chapter.id
            for figure in {*chapter.needs, *chapter.wants} - {registry.EVERY}:
                assert words.has(f"figure.name.{figure}", language), figure


def test_the_shipped_pack_carries_every_chapter(pack):
    assert not absences(pack)


def test_a_pack_that_lacks_a_table_leaves_out_chapters_with_the_reason(pack, tmp_path):
    poor = without(pack, tmp_path / "poor", "un_revisions", "net_migration_regional")
    found = absences(poor)
    assert found["indicators"].figures == ("net_migration_regional_total",)
    assert not {"retrospective", "bilateral", "accounts", "projection", "skill"} & set(found)
    poorer = absences(without(pack, tmp_path / "poorer", "census"))
    assert "census_population" in poorer["retrospective"].figures
    assert "accounts" not in poorer  # other statements than the censuses tell of the population
    one = Absence("skill", ("un_revisions",), ())
    assert reason_text(poor, one, "en").startswith("The pack has no figures for: projections of past UN")
    assert "сальдо миграции регионов" in reason_text(poor, found["indicators"], "ru").lower()
    assert words.text("chapter.accounts", "kk") in reason_text(poor, Absence("shocks", (), ("accounts",)), "kk")


def test_a_page_without_its_tables_names_the_figures_that_lack_and_no_table():
    georgia = open_pack("georgia")
    for language in words.LANGUAGES:
        text = reason_text(georgia, MissingPage("present", results=("internal_flows",)), language)
        assert inputs.figure_name(georgia, "internal_od", language) in text
        assert "internal_" not in text
        whole = reason_text(open_pack("kazakhstan"), MissingPage("skill", results=("skill_un",)), language)
        assert "skill_un" not in whole
        assert "qonys" not in whole, "no command stands in a report"


def test_a_pack_without_statements_leaves_out_the_claims(pack, tmp_path):
    shutil.copytree(pack.path, tmp_path / "mute")
    (tmp_path / "mute" / "claims.yaml").write_text("[]\n", encoding="utf-8")
    assert absences(open_pack(tmp_path / "mute"))["claims"].figures == ("claims.yaml",)


def test_pages_read_what_they_name(study, pack):
    """Every page laid out with results that note what is read: no table outside of `NEEDS` and the optional ones."""

    class Noting(Results):
        def __init__(self):
            super().__init__(study.release, study.numbers, study.tables, study.plan, study.about)
            self.seen, self.looked = set(), set()

        def table(self, name):
            self.seen.add(name)
            return super().table(name)

        def has_table(self, name):
            self.looked.add(name)
            return super().has_table(name)

    for name in PAGES:
        noting = Noting()
        placed(page_of(name).build(Context(noting, pack, "en")))
        assert set(needed(name)) <= noting.seen, name
        for other in noting.seen - {*needed(name), *noting.looked}:
            tables = {key: table for key, table in study.tables.items() if key != other}
            poor = Results(study.release, study.numbers, tables, study.plan, study.about)
            assert placed(page_of(name).build(Context(poor, pack, "en"))).blocks, (name, other)


def test_missing_pages_are_named(study):
    assert missing_pages(study) == ()
    tables = {name: table for name, table in study.tables.items() if name != "skill_un"}
    poor = Results(study.release, study.numbers, tables, study.plan, study.about)
    assert missing_pages(poor) == (MissingPage("skill", results=("skill_un",)),)
    left_out = {"absent": [{"chapter": "skill", "figures": ["un_revisions"], "chapters": []}]}
    poor.about = left_out
    assert missing_pages(poor)[0].figures == ("un_revisions",)
