"""What a result rests on: its own readings, the rows of its keys, and never less than what was read for it."""

import json
from dataclasses import replace

import polars as pl
import pytest
from lxml import html

from qonys import inputs
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.errors import UnknownName
from qonys.report import origins
from qonys.report.context import Context
from qonys.report.document import Document, Paragraph, Section, Table
from qonys.report.typesetting import pdf_bytes
from qonys.report.webpage import html_text
from qonys.report.writing import LABELS
from qonys.study.chapters import registry
from qonys.study.chapters.registry import Chapter, chapter_of
from qonys.study.plan import resolve
from qonys.study.runs import run as runs
from qonys.study.runs.cache import Recorder
from qonys.study.runs.parts import Part
from qonys.study.runs.results import Number, Results, TableResult
from qonys.study.runs.rows import address_of, rows_at
from qonys.study.runs.run import study_results
from qonys.study.runs.why import explained

QUICK = ("retrospective", "groups", "regions", "present", "settling", "stratification", "potential", "bilateral")
WIDER = ("settling",)  # names all sources of the tables of repatriates with each of its results


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def results(pack, tmp_path_factory):
    """The quick chapters, computed here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QONYS_CACHE", str(tmp_path_factory.mktemp("origins")))
        chapters = tuple(chapter_of(name) for name in QUICK)
        patch.setattr(runs, "CHAPTERS", chapters)
        patch.setattr(runs, "in_order", lambda given=chapters: registry.in_order(given))
        patch.setattr(runs, "absences", lambda pack: registry.absences(pack, chapters))
        return study_results(pack, jobs=0)


@pytest.fixture(scope="module")
def stored(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    results.write(folder)
    return str(folder)


def used(found, figure):
    return next((one for one in found.figures if one.figure == figure), None)


def test_a_row_rests_on_the_rows_of_its_period(pack, results):
    found = explained(pack, results, "components_by_period/2009-2021")
    assert found.scope == "row"
    assert found.row.values()["residual"] == results.number("retrospective.2009_2021.residual").value
    births = found.rows(pack, "births")
    assert births["year"].to_list() == list(range(2009, 2021))
    # independent of the record: the row is the sum of just these rows
    assert births["value"].sum() == found.row.values()["births"]
    assert used(found, "census_population").rows == explained(pack, results, "components_by_period").rows(
        pack, "census_population").height  # fmt: skip


def test_a_number_rests_on_the_rows_of_its_period(pack, results):
    found = explained(pack, results, "retrospective.1989_1999.natural")
    assert found.scope == "result"
    total = found.rows(pack, "births")["value"].sum() - found.rows(pack, "deaths")["value"].sum()
    assert total == found.item.value
    assert used(found, "net_migration") is None  # the register begins later


def test_a_row_of_a_region_rests_on_its_region_and_year(pack, results):
    found = explained(pack, results, "regional_net_migration/2015/KZ-75")
    values = found.row.values()
    people = found.rows(pack, "population_regional_total").sort("year")["value"].to_list()
    born, died = (found.rows(pack, f"{event}_regional")["value"].sum() for event in ("births", "deaths"))
    assert people[1] - people[0] - born + died == values["net"]


def test_parts_of_a_joined_region_stand_behind_it(pack, results):
    found = explained(pack, results, "components_by_region/KZ-19")  # divided since
    assert len(set(found.rows(pack, "population_regional_total")["region"])) > 1


@pytest.mark.parametrize("name", QUICK)
def test_every_source_that_a_result_names_stands_behind_it(pack, results, name):
    """A part that forgets what it rests on lacks the sources that its result names."""
    made = results.about["chapters"][name]
    parts = [Part.of(one) for one in made["parts"]]
    assert {one for part in parts for one in part.gives} == set(made["gives"])
    for part in parts:
        told = {source for other in part.results for source in results.table(other).sources}
        for figure in {one.figure for one in part.figures}:
            told |= set(part.figure_rows(pack, figure, {})["source"].unique())
            assert figure in made["figures"]
        for result in part.gives:
            item = results.numbers.get(result) or results.tables[result]
            lacking = set(item.sources) - told
            assert not lacking or name in WIDER, (result, lacking)


def test_a_chapter_is_named_where_no_part_is_known(pack, results):
    about = json.loads(json.dumps(results.about))
    about["chapters"]["present"]["parts"] = []
    found = explained(pack, Results(results.release, results.numbers, results.tables, about=about), "pyramids")
    assert found.scope == "chapter"
    assert {one.figure for one in found.figures} > {"population_by_age_sex", "net_migration"}
    assert {one.figure for one in explained(pack, results, "pyramids").figures} == {"population_by_age_sex"}


def test_a_setting_of_the_study_is_called_no_official_figure(pack, results):
    context = Context(results, pack, "en")
    own = next(one.name for one in results.numbers.values() if not one.sources and one.rank == 1)
    official = next(one.name for one in results.numbers.values() if one.sources and one.rank == 1)
    said = [dict(origins.facts(context, explained(pack, results, name)))["Evidence"] for name in (own, official)]
    assert said[0].startswith("of the study itself")
    assert said[1] == "official figures"


class Made:
    """A chapter that reads outside of parts, in a part, and in one after it."""

    id, plan, needs, wants, uses, after = "made", (), ("births", "deaths", "census_population"), (), (), ()

    @staticmethod
    def compute(pack, results):
        inputs.rows(pack, "births")
        with results.part() as first:
            inputs.rows(pack, "deaths")
            results.add(Number("made.first", 1.0, "count"))
        with results.part(first):
            results.number("made.first")
            results.add(Number("made.second", 1.0, "count"))
        with results.part():
            inputs.chosen(pack, "census_population")
            with results.part():
                results.add(Number("made.inner", 1.0, "count"))
        results.add(Number("made.alone", 1.0, "count"))


def test_a_part_names_too_much_rather_than_too_little(pack):
    recorder = Recorder(Results("x"), Made, resolve(pack))
    assert recorder.compute(pack) == {"births", "deaths", "census_population"}
    read = {name: {one.text for one in part.figures} for part in recorder.parts for name in part.gives}
    assert read == {
        "made.first": {"births", "deaths"},
        "made.second": {"births", "deaths"},
        "made.inner": {"births", "census_population!"},
    }
    assert next(part.results for part in recorder.parts if "made.second" in part.gives) == {"made.first"}


def test_an_address_that_is_not_there_is_a_sentence(pack, results):
    with pytest.raises(UnknownName, match=r"no row “2010-2011”; addresses of rows look like: 1959-1970"):
        explained(pack, results, "components_by_period/2010-2011")
    with pytest.raises(UnknownName, match="has no row"):
        explained(pack, results, "retrospective.1989_1999.residual/1989")


def test_a_row_without_keys_of_figures_still_has_an_address():
    frame = pl.DataFrame({"scenario": ["half", "half"], "region": ["A", "B"], "year": [2040, 2040], "low": [1.0, 2.0]})
    table = TableResult("made", frame, "persons", 5, (), "x")
    row = rows_at(table, "half/2040/B", ())
    assert row.values() == {"scenario": "half", "region": "B", "year": 2040, "low": 2.0}
    assert row.at == {}
    assert rows_at(table, address_of(frame.row(0, named=True), frame.columns, ()), ()).frame.height == 1


def test_the_command_says_how_closely_it_is_known(stored, capsys):
    for language, sentence in (("en", "this row"), ("ru", "этой строки"), ("kk", "осы жол")):
        assert main(("why", "components_by_period/2009-2021", "--results", stored, "--lang", language)) == 0
        out = capsys.readouterr().out
        assert sentence in out
        assert "(births) · national · 12 · 2009–2020" in out
    assert main(("why", "components_by_period/2009-2021", "--results", stored, "--rows", "--format", "json")) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["scope"] == "row"
    assert [row["year"] for row in document["rows"]["births"]] == list(range(2009, 2021))
    assert document["row"]["start"] == 2009


def test_chapters_still_compute_into_plain_results(pack):
    results = Results("x", plan=resolve(pack))
    Chapter("regions").compute(pack, results)
    assert isinstance(results.table("components_by_region"), TableResult)
    assert isinstance(results.table("regional_net_migration").frame, pl.DataFrame)


# in the report


def laid_out(results, pack, chapter="regions"):
    """A report of one chapter as HTML."""
    context = Context(results, pack, "en")
    table = context.results.table("components_by_period")
    rows = tuple((f"{row['start']}–{row['end']}", f"{row['births']:.0f}", "–") for row in table.frame.to_dicts())
    shown = Table("periods", ("Years", "Births", "Other"), rows, "lrr", "Periods", "", data=table.frame)
    plain = Table("free", ("Name", "Number"), (("x", "1"),), "lr", "Free", "")
    text = Paragraph(("Of ", context.value("retrospective.1989_1999.residual"), " people."))
    sections = (Section(chapter, "Title", (text, shown, plain)),)
    labels = dict.fromkeys((*LABELS, "title", "intro", "figures", "results"), "{n}")
    return Document("T", "S", "en", "2024-01-01", "I", labels, sections, origins.notes(context, sections),
                    origins.head(context), origins.shown_tables(results, sections))  # fmt: skip


def test_cells_of_the_report_open_their_origin(results, pack):
    document = laid_out(results, pack)
    page = html.fromstring(html_text(document))
    ids = set(page.xpath("//@id"))
    links = page.xpath("//a[@class='origin']")
    assert len(links) == results.table("components_by_period").frame.height  # no link on a dash, none on a free table
    assert {link.get("href") for link in links} == {"#why-components_by_period"}
    assert {link.get("href")[1:] for link in page.xpath("//a[contains(@href, '#why-')]")} <= ids
    assert all(link.get("tabindex") is None for link in links)
    note = page.xpath("//dl[@id='why-components_by_period']")[0].text_content()
    assert "this result: what was read to compute it" in note
    assert "(births)" in note


def test_the_printed_report_is_as_it_was(results, pack):
    document = laid_out(results, pack)
    bare = replace(document, origins=(), shown={})
    assert pdf_bytes(document) == pdf_bytes(bare)


def test_a_row_has_one_stop_of_the_keyboard():
    assert origins.linked(("a", "1", "2", ""), "lrrr") == ("", "stop", "link", "")
    assert origins.linked(("1", "x"), "ll") == ("", "")
