"""A pack without dated events, or without breaks: the report says so and draws nothing empty."""

import dataclasses

import polars as pl
import pytest

from qonys import inputs, words
from qonys.catalog import open_pack
from qonys.measurement.breakpoints import find_breaks, match_events
from qonys.measurement.shocks import trend_and_shock
from qonys.report.chapters import data, shocks
from qonys.report.chapters.claims import figure_label
from qonys.report.context import Context
from qonys.report.document import Figure, Paragraph, Table
from qonys.study.analyses.shocks import dated_events
from qonys.study.runs.results import Number, Results, TableResult


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def chapter(pack, events, language="en"):
    """The chapter over one made-up series, with the events given."""
    years = list(range(1980, 2020))
    value = [1000.0 * ((year * 7919) % 13 - 6) - (90_000.0 if 1993 <= year <= 1995 else 0.0) for year in years]
    series = pl.DataFrame({"series": "reconciled", "time": years, "value": value})
    found, split = find_breaks(series, ["series"]), trend_and_shock(series, events, ["series"])
    columns = {"series": pl.String, "event": pl.String, "form": pl.String, "size": pl.Float64, "low": pl.Float64}
    empty = pl.DataFrame(schema={**columns, "high": pl.Float64, "alike": pl.String, "start": pl.Int64})
    frames = {
        "breaks_national": found.breaks, "breaks_events": match_events(found.breaks, events, ["series"]),
        "trend_years": split.years, "trend_effects": split.effects if split.effects.height else empty,
        "trend_shares": split.shares,
    }  # fmt: skip
    results = Results("r")
    results.add(*(TableResult(name, frame, "persons", 4, (), "m.f") for name, frame in frames.items()))
    results.add(Number("shocks.events", float(events.height), "count"))
    return shocks.build(Context(results, pack, language)).blocks, split


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_pack_without_events_has_no_table_of_them_and_no_flat_response(pack, language):
    blocks, _ = chapter(pack, dated_events(pack).clear(), language)
    assert "trend_effects" not in {block.key for block in blocks if isinstance(block, Table)}
    text = " ".join(str(run) for block in blocks if isinstance(block, Paragraph) for run in block.runs)
    assert words.text("shocks.split_undated", language) in text
    figure = next(block for block in blocks if isinstance(block, Figure) and block.key == "trend_shock")
    assert figure.alt == words.text("shocks.figure_trend.alt", language)


def test_with_events_that_count_the_response_is_drawn(pack):
    counted = dated_events(pack).filter(pl.col("direction") != "none")
    one = counted.head(1).with_columns(start=pl.lit(1993, pl.Int64), end=pl.lit(1995, pl.Int64))
    blocks, split = chapter(pack, one)
    assert (split.effects.height > 0) == any(isinstance(one, Table) and one.key == "trend_effects" for one in blocks)
    figure = next(block for block in blocks if isinstance(block, Figure) and block.key == "trend_shock")
    reacts = bool((split.years["reaction"] != 0).any())
    assert reacts == (figure.alt != words.text("shocks.figure_trend.alt", "en"))
    assert reacts


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_pack_without_breaks_says_so(pack, language):
    mute = dataclasses.replace(pack, _kept={})
    object.__setattr__(mute, "breaks", lambda: pack.breaks().clear())
    results = Results("r")
    overview = pl.DataFrame({"table": ["census"], "status": ["official"], "rows": [1]})
    results.add(TableResult("pack_overview", overview, "count", 1, (), "m.f"))
    results.add(*(Number(f"data.{name}", 1.0, "count") for name in ("rows", "sources", "conflicts")))
    blocks = data.build(Context(results, mute, language)).blocks
    assert "breaks" not in {block.key for block in blocks if isinstance(block, Table)}
    text = " ".join(str(run) for block in blocks if isinstance(block, Paragraph) for run in block.runs)
    assert words.text("data.no_breaks", language) in text
    assert "breaks" in {block.key for block in data.build(Context(results, pack, language)).blocks if isinstance(block, Table)}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_arithmetic_of_claims_is_in_words(language):
    georgia = open_pack("georgia")
    context = Context(Results("r"), georgia, language)
    assert figure_label(context, "abkhaz") == georgia.label("ethnic_group", "abkhaz", language) != "abkhaz"
    for name in ("births", "deaths", "net", "natural", "births_base", "deaths_base", "natural_base", "net_base"):
        assert "_" not in figure_label(context, name)
    assert figure_label(context, "P(1989)") == "P(1989)"
    assert not figure_label(context, "None")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_georgia_promises_what_it_has(language):
    georgia = open_pack("georgia")
    for page in ("flows", "adaptation"):
        assert inputs.said(georgia, f"web.lead.{page}", language) != words.text(f"web.lead.{page}", language)
