"""One number for one question: every stored number is a value of a notion, and one definition has one value."""

from dataclasses import replace

import polars as pl
import pytest

from qonys import words
from qonys.study.notions.readings import apart_from_leading, contradicting, misplaced, readings, undated, unnamed
from qonys.study.notions.register import register
from qonys.study.runs.results import Number, Results, TableResult


def copy(study) -> Results:
    return Results(study.release, dict(study.numbers), dict(study.tables))


def test_every_number_is_a_value_of_a_notion(study) -> None:
    assert unnamed(study) == []
    assert study.number("notions.unnamed").value == study.number("notions.differing").value == 0


def test_every_table_has_values_of_a_notion_or_is_said_to_have_none(study) -> None:
    known = register()
    assert [name for name in study.tables if not known.of_table(name) and not known.is_table_apart(name)] == []


def test_one_definition_has_one_value_wherever_it_stands(study) -> None:
    pairs = contradicting(readings(study))
    assert [(one.variant.key, one.keys, one.result, one.value, two.result, two.value) for one, two in pairs] == []


def test_every_value_says_when_it_was(study) -> None:
    assert [one.result for one in undated(readings(study))] == []
    assert study.number("notions.undated").value == 0


def test_a_share_ahead_is_not_a_published_count(study) -> None:
    shares = [one for one in readings(study) if one.variant.notion == "group_share"]
    years = {name: {int(one.year) for one in shares if one.variant.id == name} for name in ("counted", "process")}
    assert max(years["counted"]) < min(years["process"])


def test_a_value_without_a_year_rings() -> None:
    """Planted: the year of the survey is not stored; a table has no year for one of its rows."""
    results = Results("r")
    results.add(Number("potential.planned", 926e3, "persons"), Number("potential.asked", 2024, "year"))
    flows = pl.DataFrame({"flow": ["emigrants"] * 2, "value": [5.0, 7.0], "year": [2020, None], "source": ["a", "a"]})
    results.add(TableResult("external_flows", flows, "persons", 1, ("a",), ""))
    assert [(one.result, one.value) for one in undated(readings(results))] == [("external_flows", 7.0)]
    del results.numbers["potential.asked"]
    assert {one.result for one in undated(readings(results))} == {"external_flows", "potential.planned"}


def test_the_year_of_a_value_may_be_that_of_its_own_key() -> None:
    results = Results("r")
    results.add(Number("economy.towns.housing", 0.1, "ratio"), Number("economy.towns_first.housing", 2001, "year"))
    results.add(Number("economy.towns_last.housing", 2022, "year"), Number("economy.towns_last.failing", 2010, "year"))
    (one,) = readings(results)
    assert dict(one.keys) == {"outcome": "housing", "start": "2001", "end": "2022"}


def test_a_second_value_rings(study) -> None:
    """Planted: a sentence with another population of a year than the chart, a total that a table counts otherwise."""
    results = copy(study)
    name = "projection.population.2050"
    results.numbers[name] = replace(results.numbers[name], value=27_000_000.0)
    table = results.tables["components_by_period"]
    first = pl.when(pl.col("start") == 1989).then(pl.col("residual") + 1_000).otherwise(pl.col("residual"))
    results.tables["components_by_period"] = replace(table, frame=table.frame.with_columns(first.alias("residual")))
    found = {(one.variant.key, one.keys) for one, _ in contradicting(readings(results))}
    assert ("notion.population.projection", (("year", "2050"),)) in found
    assert ("notion.net_migration.residual", (("end", "1999"), ("start", "1989"))) in found


def test_a_number_without_a_notion_rings(study) -> None:
    results = copy(study)
    results.add(Number("present.newcomers", 1.0, "persons"), Number("present.rows", 3, "count"))
    assert unnamed(results) == ["present.newcomers"]
    results.add(TableResult("newcomers", pl.DataFrame({"value": [1.0]}), "persons", 1, (), ""))
    assert not register().of_table("newcomers")
    assert not register().is_table_apart("newcomers")


def test_every_number_stands_in_a_notion_of_its_unit(study) -> None:
    assert misplaced(study) == []


def test_persons_in_a_notion_of_shares_ring() -> None:
    """Planted: a number of people among shares, which would be printed as per cent of people."""
    results = Results("r")
    results.add(Number("potential.planned", 926e3, "persons"), Number("potential.plan", 0.069, "share"))
    assert misplaced(results) == []
    results.add(Number("potential.soon", 926e3, "persons"), Number("stratification.h", 20e6, "persons"))
    assert misplaced(results) == [("potential.soon", "persons", "share"), ("stratification.h", "persons", "ratio")]


def test_values_that_differ_are_paired_with_the_one_that_leads(study) -> None:
    pairs = {variant.key: pair for variant, pair in apart_from_leading(readings(study)).items()}
    lead, own = pairs["notion.net_migration.account"]
    assert (lead.variant.id, lead.keys) == ("register", own.keys)
    rows = study.table("notion_pairs").frame
    assert rows.select(pl.concat_str("notion", "variant", separator=".")).to_series().to_list() == [
        key.removeprefix("notion.") for key in pairs
    ]


def test_values_that_lead_come_before_the_others() -> None:
    """A made-up country: the official count of a year leads, the account says how it differs."""
    results = Results("r")
    account = pl.DataFrame({"quantity": ["population"], "year": [2020], "low": [9.0], "median": [10.0], "high": [11.0]})
    components = pl.DataFrame({"year": [2020], "population": [12.0]})
    results.add(
        TableResult("reconciled_national", account, "persons", 2, ("a",), ""),
        TableResult("annual_components", components, "persons", 1, ("b",), ""),
    )
    ((variant, (lead, own)),) = apart_from_leading(readings(results)).items()
    assert variant.key == "notion.population.account"
    assert (lead.value, own.value, own.low) == (12.0, 10.0, 9.0)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_definition_has_a_text(language) -> None:
    for notion in register().notions:
        assert words.has(f"notion.{notion.id}", language)
        assert words.has(f"unit.{notion.unit}", language)
        for variant in notion.variants:
            codes = (("date", variant.date), ("boundaries", variant.boundaries), ("model", variant.model))
            keys = [variant.key, *(f"notion.{part}.{code}" for part, code in codes)]
            assert [key for key in keys if not words.has(key, language)] == []
