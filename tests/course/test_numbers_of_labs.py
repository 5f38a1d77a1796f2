"""Numbers that labs compute with public functions are those that the study stores."""

import polars as pl
import pytest

from qonys.course.exercise import exercise_of
from qonys.course.export import run_lab
from qonys.course.opened import pack_of
from qonys.course.registry import lab_of
from qonys.study.chapters import ages, groups, retrospective
from qonys.study.chapters import indicators as indicators_chapter
from qonys.study.runs.results import Results

pytest.importorskip("marimo")
pytestmark = pytest.mark.long
PACK = "kazakhstan"


def held(lab):
    """Definitions of the cells of a lab."""
    return run_lab(lab_of(lab), pack_of(PACK), "en")[1]


def stored(chapter, name):
    """A table that a chapter stores."""
    results = Results("labs")
    chapter.compute(pack_of(PACK), results)
    return results.table(name).frame


def test_sources():
    yearly = held("sources")["yearly"]
    of_study = stored(retrospective, "annual_components").select("year", "net_registered", "net_model").drop_nulls()
    both = yearly.join(of_study, on="year")
    assert both.height == yearly.height
    assert both["register"].to_list() == both["net_registered"].to_list()
    assert both["model"].to_list() == both["net_model"].to_list()


def test_indicators():
    system = held("indicators")["system"].frame.filter(pl.col("region").is_null())
    of_study = stored(indicators_chapter, "internal_indicators")
    last = of_study.filter(pl.col("region").is_null() & (pl.col("period") == system["period"].max()))
    for name in ("cmi", "mei", "anmr"):
        values = [table.filter(pl.col("indicator") == name)["value"][0] for table in (system, last)]
        assert values[0] == pytest.approx(values[1]), name
    assert exercise_of("indicators-1").right(pack_of(PACK)).value == pytest.approx(
        system.filter(pl.col("indicator") == "cmi")["value"][0]
    )


def test_closeness_of_ties():
    """Written out in the lab and in its answer; by the indicator of pairs."""
    import qonys
    from qonys.course.exercises.indicators import last_year

    moves, people = last_year(pack_of(PACK))
    pairs = qonys.migration_indicators(moves, population=people, kind="pairs").frame
    top = moves.sort("value", descending=True).row(0, named=True)
    own = pairs.filter(
        (pl.col("indicator") == "kims")
        & (pl.col("origin") == top["origin"])
        & (pl.col("destination") == top["destination"])
    )
    right = exercise_of("indicators-3").right(pack_of(PACK)).value
    assert (own["value"] - right).abs().min() < 1e-9


def test_ages():
    every = held("ages")["every"]
    of_study = stored(ages, "net_rates_by_age").sort("start", "age_start")
    assert every["value"].to_list() == pytest.approx(of_study["value"].to_list())
    assert (every["rate"] / 1000).to_list() == pytest.approx(of_study["rate"].to_list())


def test_groups():
    bounds = held("groups")["bounds"]
    of_study = stored(groups, "ethnic_change")
    assert bounds.rows() == of_study.rows()


def test_gravity():
    """By the public function in the lab, by the fit itself in the answer."""
    shown = held("gravity")["shown"]
    assert shown["estimate"][0] == pytest.approx(exercise_of("gravity-1").right(pack_of(PACK)).value)


def test_stocks():
    from qonys.course.exercises.stocks import flows, home, partner

    found, pack = held("stocks")["found"], pack_of(PACK)
    pair = (pl.col("origin") == partner(pack)) & (pl.col("destination") == home(pack))
    assert found.filter(pair)["value"][0] == pytest.approx(flows(pack, "minimum").filter(pair)["value"][0])


def test_settling():
    shares = held("settling")["shares"].filter(pl.col("years") == 5)
    gap = shares.filter(pl.col("kin") == "yes")["settled"][0] - shares.filter(pl.col("kin") == "no")["settled"][0]
    assert gap == pytest.approx(exercise_of("settling-2").right(pack_of(PACK)).value)


def test_forms():
    again, home = held("forms")["again"], held("forms")["home"]
    assert home == str(pack_of(PACK).country["iso3"])
    assert str(again["un_class"][4]) == exercise_of("forms-2").right(pack_of(PACK)).value
