"""Chapters of motives, potential and settling: figures against the pack, nobody simulated, three languages."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.report.chapters import motives as motives_page
from qonys.report.chapters import potential as potential_page
from qonys.report.chapters import settling as settling_page
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Paragraph, Table
from qonys.study.analyses.simulated_survey import margins_of
from qonys.study.chapters import motives, potential, settling
from qonys.study.runs.results import Results

PAGES = (motives_page, potential_page, settling_page)


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def results(pack):
    found = Results("test")
    for chapter in (motives, potential, settling):
        chapter.compute(pack, found)
    return found


def test_potential_by_hand(results):
    """2023: 6.9 % of residents of 18 and over, times the lowest and the highest published rate."""
    table = results.table("potential_factors").frame.row(0, named=True)
    people = results.table("potential_asked").frame["people"][3]
    assert table["low"] == pytest.approx(people * 0.069 * 0.17)
    assert table["high"] == pytest.approx(people * 0.069 * 0.34)
    assert results.table("potential_factors").frame["part"].sum() == pytest.approx(1)
    after = results.table("potential_after").frame
    assert (after["after"] > after["year"]).all()
    assert results.number("potential.since").value == 7608  # emigrants of the whole year 2025


def test_quotas_and_regions(results):
    regions = results.table("settling_regions").frame
    assert regions.height == 16
    assert regions["quota"].sum() == 15_000, "the regional quotas of 2007 add up to the decree"
    assert regions["arrivals"].sum() == pytest.approx(14_947, rel=0.02), "published total of the half-year"
    assert regions["arrivals_share"].sum() == pytest.approx(1)
    assert (
        0
        < (results.number("settling.covered_low").value or 0)
        < (results.number("settling.covered_high").value or 0)
        < 1
    )


def test_the_margins_of_the_simulated_survey_are_those_of_the_pack(pack):
    margins = margins_of(pack)
    assert (margins.considers["18-29"], margins.considers["30-39"]) == (0.25, 0.30)
    whole = sum(margins.ages[age] * share for age, share in margins.considers.items())
    assert whole == pytest.approx(0.21)
    expected = {"economic_situation": 0.197, "language_policy": 0.13, "no_prospects": 0.156}
    assert margins.reasons == pytest.approx(expected)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_pages_say_first_what_they_cannot_and_show_nothing_simulated(results, pack, language):
    context = Context(results, pack, language)
    for page in PAGES:
        section = page.build(context)
        first = next(place for place, block in enumerate(section.blocks) if isinstance(block, Figure | Table))
        assert any(isinstance(block, Note) for block in section.blocks[:first]), "limits stand before what is shown"
        for block in section.blocks:
            if isinstance(block, (Figure, Table)):
                assert "simulated" not in block.key
            if isinstance(block, Figure):
                assert len(block.alt) > 40
            if isinstance(block, Paragraph):
                assert block.runs


def test_a_range_is_not_shown_as_an_interval(results):
    """Planted fault: a number with low and high is worded as a 95 % interval; ranges over rates have none."""
    for name in ("potential.movers.low", "potential.movers.high", "potential.contrast_rate.low"):
        assert results.number(name).low is None


@pytest.mark.parametrize(("language", "none"), [("ru", "не указано"), ("kk", "көрсетілмеген"), ("en", "not stated")])
def test_bars_are_of_residents_and_say_whom_was_asked_and_how_many(results, pack, language, none):
    section = motives_page.build(Context(results, pack, language))
    for figure in (block for block in section.blocks if isinstance(block, Figure)):
        assert figure.data["home"].all()
        assert (figure.data["n"].is_null()).all()
        assert figure.svg.count(none) >= figure.data.height


def test_answers_of_other_countries_ring():
    """Planted: rows of other countries beside those of residents."""
    rows = [("adults, 57 countries", "all", "all"), ("aged 15 and over", "country", "all_12_countries"),
            ("aged 15 and over", "country", "UKR"), ("aged 15 and over", "country", "KAZ"), ("adults", "sex", "female")]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["population_asked", "group_type", "group"], orient="row")
    assert motives.placed(frame, "KAZ")["home"].to_list() == [False, False, False, True, True]
