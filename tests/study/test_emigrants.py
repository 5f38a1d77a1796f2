"""Who left and where to: shares by hand, remainders, the newest whole year; measures whose sign is established."""

from datetime import date

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.errors import UnknownName
from qonys.report.chapters.emigrants import build
from qonys.report.chapters.measures import change_text, surest
from qonys.report.context import Context
from qonys.study.chapters.emigrants import newest, shares
from qonys.study.runs.results import Results, TableResult

YEAR = ("2024", date(2024, 1, 1), date(2024, 12, 31))
HALF = ("2025-H1", date(2025, 1, 1), date(2025, 6, 30))


def rows(*parts):
    """Emigrants: period, breakdown, category, value, unit."""
    made = [(*period, *part, "page", 3) for period, *part in parts]
    names = ["period", "start", "end", "breakdown", "category", "value", "unit", "source", "rank"]
    return pl.DataFrame(made, schema=names, orient="row")


def told(found):
    return {(row["period"], row["category"]): (row["value"], row["share"]) for row in found.iter_rows(named=True)}


def test_shares_are_of_the_published_total_and_the_rest_is_told():
    parts = rows((YEAR, "country", "RUS", 60.0, "persons"), (YEAR, "country", "DEU", 20.0, "persons"),
                 (HALF, "country", "RUS", 70.0, "percent"))  # fmt: skip
    totals = pl.DataFrame({"period": ["2024", "2025-H1"], "value": [100.0, 50.0]})
    assert told(shares(parts, totals)) == {
        ("2024", "RUS"): (60.0, 0.6), ("2024", "DEU"): (20.0, 0.2), ("2024", "rest"): (20.0, 0.2), ("2025-H1", "RUS"): (None, pytest.approx(0.7)),
    }  # fmt: skip


def test_without_a_total_there_is_no_share_and_no_rest_and_counts_come_before_percentages():
    parts = rows((YEAR, "ethnic_group", "a", 60.0, "persons"), (YEAR, "ethnic_group", "a", 55.0, "percent"))
    assert told(shares(parts, pl.DataFrame(schema={"period": pl.String, "value": pl.Float64}))) == {("2024", "a"): (60.0, None)}


def test_parts_above_the_total_leave_no_rest():
    parts = rows((YEAR, "country", "RUS", 120.0, "persons"))
    assert told(shares(parts, pl.DataFrame({"period": ["2024"], "value": [100.0]}))) == {("2024", "RUS"): (120.0, 1.2)}


def test_levels_of_education_are_shares_of_those_who_have_one():
    parts = rows((YEAR, "education", "higher", 30.0, "persons"), (YEAR, "education", "other", 10.0, "persons"))
    found = told(shares(parts, pl.DataFrame({"period": ["2024"], "value": [100.0]})))
    assert [share for _, share in found.values()] == [0.75, 0.25]


def test_the_newest_whole_year_comes_before_a_newer_part_of_a_year():
    parts = rows((YEAR, "country", "RUS", 60.0, "persons"), (HALF, "country", "RUS", 30.0, "persons"))
    found = newest(shares(parts, pl.DataFrame({"period": ["2024", "2025-H1"], "value": [100.0, 50.0]})), "country")
    assert set(found["period"]) == {"2024"}


def test_2024_by_hand():
    """8,800 of 12,784 emigrants went to Russia; what the six countries leave of the total is 1,287."""
    pack, left = open_pack("kazakhstan"), pl.col("flow") == "emigrants"
    found = shares(
        inputs.rows(pack, "external_flows_own_report").filter(left), inputs.chosen(pack, "external_flow_totals").filter(left)
    )
    year = told(newest(found, "country"))
    assert year["2024", "RUS"] == (8800.0, pytest.approx(8800 / 12784))
    assert year["2024", "rest"] == (1287.0, pytest.approx(1287 / 12784))
    assert sum(share for _, share in year.values()) == pytest.approx(1)


def test_the_surest_measure_is_that_whose_interval_lies_farthest_from_zero():
    ends = {"wide": (20.0, 5000.0), "sure": (160.0, 230.0), "loss": (-300.0, -100.0), "open": (-1.0, 5.0), "none": (0.0, 0.0)}
    found = surest([{"measure": name, "low": low, "high": high} for name, (low, high) in ends.items()])
    assert [row["measure"] for row in found] == ["sure", "loss", "wide"]


@pytest.mark.parametrize(
    ("unit", "change", "text"), [("persons_a_year", 6000.0, "+6,000 persons a year"), ("share_reached", 0.1, "+10% reached"),
                                 ("times_usual", -0.3, "\u221230% of the usual level")],
)  # fmt: skip
def test_changes_in_words(unit, change, text):
    assert change_text("en", unit, change) == text


def test_the_effect_of_repatriates_is_that_of_the_people_and_their_children(study):
    """6,000 more a year from 2027 to 2050: 144,000 came; deaths take some, children add less than as many again."""
    effect = study.number("conclusion.effect.repatriates")
    row = study.table("conclusion_measures").frame.filter((pl.col("measure") == "repatriates") & (pl.col("outcome") == "population"))
    years = study.number("conclusion.year").value - study.number("conclusion.since").value + 1
    came = row["change"].item() * years
    assert 0.9 * came < effect.value < 2 * came
    assert (effect.low, effect.high) == (row["low"].item(), row["high"].item())


def test_a_country_without_such_figures_has_no_empty_page():
    results = Results("r")
    parts = rows((YEAR, "country", "RUS", 1.0, "persons"))
    empty = shares(parts, pl.DataFrame({"period": ["2024"], "value": [1.0]})).clear()
    results.add(TableResult("emigrants_parts", empty, "persons", 3, (), ""))
    with pytest.raises(UnknownName, match="emigrants_parts"):
        build(Context(results, open_pack("georgia"), "en"))
