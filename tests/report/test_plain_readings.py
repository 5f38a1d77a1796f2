"""What a reader stumbles on: people below zero, rounded chances beside a limit, signs before marks, editions, unknown errors."""

import re

import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.report.chapters import demographic, potential, published_forecasts, settlement
from qonys.report.context import Context
from qonys.report.document import Paragraph, Value
from qonys.study.chapters import potential as potential_study
from qonys.study.runs.results import Number, Results, TableResult

PACK = open_pack("kazakhstan")


def said(paragraph: Paragraph) -> str:
    return "".join(run.shown if isinstance(run, Value) else str(run) for run in paragraph.runs)


def moved(low: float, high: float) -> Results:
    results = Results("r")
    results.add(*(Number(f"settlement.reclassified.2007.{end}", value, "persons") for end, value in (("low", low), ("high", high))))
    return results


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_places_that_became_villages_are_told_without_a_minus(language) -> None:
    back = said(settlement._reclassified(Context(moved(-799e3, -626e3), PACK, language), 2007))
    there = said(settlement._reclassified(Context(moved(626e3, 799e3), PACK, language), 2007))
    planted = said(Context(moved(-799e3, -626e3), PACK, language).paragraph(
        "settlement.year", year="2007", low="settlement.reclassified.2007.low", high="settlement.reclassified.2007.high"
    ))  # fmt: skip
    minus = re.compile(r"[-−]\d")
    assert minus.search(planted)
    assert not minus.search(back)
    assert back != there
    assert [re.sub(r"\D", "", one) for one in re.findall(r"\d{3}\D\d{3}", back)] == ["626000", "799000"]


def test_a_chance_just_below_the_limit_is_not_rounded_to_it() -> None:
    """359 of 400 trajectories are 89.8 per cent: with "90%" the table would contradict the count of nine in ten."""
    results = Results("r")
    row = {"region": "KZ-10", "year": 2050, "change": -14.5, "low": -39.6, "high": 7.6, "below": 0.8975, "basis": "projection"}
    results.add(
        TableResult("regional_depopulation", pl.DataFrame([row]), "percent", 5, (), "m"),
        TableResult("consequences_effect", pl.DataFrame({"year": [2050]}), "persons", 5, (), "m"),
        Number("consequences.regions.base", 2024, "year"),
    )
    assert demographic._depopulation(Context(results, PACK, "en")).rows[0][-1] == "89.8%"


def test_a_percentage_has_one_decimal_and_its_sign_before_the_mark() -> None:
    results = Results("r")
    results.add(Number("consequences.hoover.last", 34.072, "percent", rank=3, sources=("wiki_demographics_kz",)))
    shown = demographic._per_cent(Context(results, PACK, "ru"), "consequences.hoover.last").shown
    assert shown.replace("\u00a0", " ") == "34,1 %†"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_forecast_of_a_series_names_edition_and_base_year(language) -> None:
    row = {"forecaster": "united_nations", "made": 2010, "horizon": 2015, "source": "wpp2012"}
    context = Context(Results("r"), PACK, language)
    assert re.findall(r"\d{4}", published_forecasts.author(context, row)) == ["2012", "2010"]
    assert published_forecasts._made(context, row) == "2012"
    assert published_forecasts._made(context, row | {"forecaster": "migration_agency"}) == "2010"


def test_an_assumption_of_unknown_error_has_no_part_of_the_width() -> None:
    results = Results("r")
    potential_study.compute(PACK, results)
    rows = potential._sensitivity(Context(results, PACK, "en")).rows
    assert [row[3] for row in rows] == ["–", "–", "100%"]
    assert results.table("potential_factors").frame["part"].drop_nulls().to_list().count(0.0) == 2  # as stored: 0%


def test_what_rests_on_a_quoted_survey_is_marked() -> None:
    results = Results("r")
    potential_study.compute(PACK, results)
    assert Context(results, PACK, "en").value("potential.planned").shown.endswith("†")
