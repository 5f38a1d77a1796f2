"""Numbers of the newer chapters by another hand: enumeration, loops over the rows, closed forms; each once planted wrong."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.inputs.groups import census_counts
from qonys.kernels.structure.segregation import most_dissimilarity
from qonys.measurement.representation import at
from qonys.projection.backtest.run import OURS
from qonys.study.analyses import towns
from qonys.study.chapters import (
    decline,
    economy,
    identity,
    post_soviet,
    published_forecasts,
    representation,
    settlement,
    voters,
)
from qonys.study.factors.places import internal_moves
from qonys.study.runs.results import Results, TableResult


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def told(results):
    """Value of each number by its name."""
    return {name: number.value for name, number in results.numbers.items()}


def languages(*rows):
    columns = ["ethnic_group", "measure", "language", "share"]
    frame = pl.DataFrame(rows, columns, orient="row", schema_overrides={"share": pl.Float64})
    return frame.with_columns(year=pl.lit(2021, pl.Int64), bound=pl.lit("value"), source=pl.lit("page"))


@pytest.mark.parametrize(("group", "speakers"), [(60, 30), (30, 80), (50, 50), (10, 95)])
def test_bounds_of_speakers_by_enumeration(group, speakers):
    others = 100 - group
    found = [(speakers - own) / others for own in range(group + 1) if 0 <= speakers - own <= others]
    assert identity.bounds(speakers / 100, group / 100) == pytest.approx((min(found), max(found)))


def test_speakers_among_the_others_where_the_group_s_own_share_is_published(pack):
    """Of 1,000 people 700 are of the group, 630 of whom speak; of 720 speakers 90 are among the 300 others."""
    own, results = inputs.country(pack).kin, Results("r")
    frame = languages(("all", "command", own, 0.72), (own, "command", own, 0.9))
    identity._bounds(pack, frame, {(2021, own): 0.7}, results)
    row = results.table("identity_others").frame.row(0, named=True)
    assert (row["low"], row["high"]) == pytest.approx((90 / 300, 90 / 300))


def test_marriages_of_both_sexes_weigh_alike():
    marriages = pl.DataFrame({"year": [2021, 2021], "ethnic_group": ["x", "x"], "share": [0.2, 0.5]})
    found = identity.indicators(languages(("x", "mother_tongue", "x", 0.8)), marriages, {}, ("k",))
    assert dict(found.select("indicator", "value").rows()) == pytest.approx({"mixed_marriages": 0.35, "mother_tongue": 0.8})


def test_the_newest_estimate_of_groups_follows_the_last_census(pack, monkeypatch):
    made = pl.DataFrame({"ethnic_group": ["a"] * 4, "year": [2020, 2023, 2025, 2026], "value": [900.0, 950.0, 990.0, 50.0]})
    monkeypatch.setattr(identity, "current_estimates", lambda pack: made)
    people = pl.DataFrame({"ethnic_group": ["a"], "year": [2021], "value": [930.0]})
    assert identity._current(pack, people)["year"].to_list() == [2025]


YEARS = {2000: (100.0, 50.0), 2001: (120.0, 40.0), 2002: (160.0, 44.0)}
AT = {year: {"urban": one, "rural": two} for year, (one, two) in YEARS.items()}


def test_person_years_of_towns_are_trapezoids():
    moved = {2000: {"urban": 7.0, "rural": -3.0}, 2001: {"urban": 5.0, "rural": -1.0}}
    found = settlement._areas(AT, moved, range(2000, 2002))
    exposure = [np.trapezoid([YEARS[year][side] for year in sorted(YEARS)]) for side in (0, 1)]
    assert [one.exposure for one in found] == pytest.approx(exposure)
    assert [(one.growth, one.net_migration) for one in found] == [(60.0, 12.0), (-6.0, -4.0)]


def test_net_migration_of_towns_is_summed_over_its_years():
    net = pl.DataFrame({"year": [2000, 2001, 2002], "urban": [10.0, -4.0, 7.0], "rural": [-9.0, 2.0, -1.0], "source": ["p"] * 3})
    found = {one.name: one.value for one in settlement._newest(net, ())}
    assert (found["settlement.net_sum.urban.2002"], found["settlement.net_sum.rural.2002"]) == (13.0, -8.0)
    assert (found["settlement.net.urban.2002"], found["settlement.net.from"]) == (7.0, 2000.0)


def test_shares_of_towns_are_those_of_both_numbers(pack):
    frame = settlement.population(pack)
    assert [row["share"] for row in frame.iter_rows(named=True)] == pytest.approx(
        [1 - row["rural"] / (row["urban"] + row["rural"]) for row in frame.iter_rows(named=True)]
    )


@pytest.fixture(scope="module")
def states(pack):
    results = Results("r")
    post_soviet.compute(pack, results)
    return results


def test_stocks_between_the_states_by_a_loop_over_the_rows(pack, states):
    frame = states.table("post_soviet_stocks").frame
    held = set(frame["country"])
    own = inputs.rows(pack, "migrant_stock")
    own = own.filter(pl.col("revision") == own["revision"].max())
    rows = [*own.select("year", "origin", "destination", "value").rows(),
            *inputs.rows(pack, "partners_stock").select("year", "origin", "destination", "value").rows()]  # fmt: skip
    last = int(frame["year"].max())
    for country in ("KAZ", "RUS"):
        inside = [row for row in rows if int(row[0]) == last and {row[1], row[2]} <= held and row[1] != row[2]]
        here = sum(row[3] for row in inside if row[2] == country)
        abroad = sum(row[3] for row in inside if row[1] == country)
        row = frame.row(by_predicate=(pl.col("country") == country) & (pl.col("year") == last), named=True)
        assert (row["here"], row["abroad"], row["net"]) == pytest.approx((here, abroad, here - abroad))


def test_the_population_beside_a_stock_is_the_last_one_estimated(pack, states):
    people = {}
    for country, year, value in inputs.rows(pack, "partners_population_mid_year").select("country", "year", "value").rows():
        people.setdefault(country, {})[int(year)] = value
    found = 0
    for row in states.table("post_soviet_stocks").frame.iter_rows(named=True):
        known = [year for year in people.get(row["country"], {}) if year <= row["year"]]
        assert row["population"] == (people[row["country"]][max(known)] if known else None)
        found += bool(known)
    assert found


def test_the_place_of_those_who_left_by_sorting(states):
    frame = states.table("post_soviet_change").frame.filter(~pl.col("own")).drop_nulls("left")
    order = sorted(frame.iter_rows(named=True), key=lambda row: -row["left"] / row["first"])
    numbers = told(states)
    assert [row["country"] for row in order].index("KAZ") + 1 == numbers["post_soviet.left_place"]
    assert len(order) == numbers["post_soviet.left_states"]


def test_moves_to_the_own_state_count_against_the_first_census():
    """B lost less than A of its first count, more of its last one."""
    changed = pl.DataFrame({"country": ["A", "B"], "own": [False, False], "left": [50.0, 30.0], "first": [100.0, 100.0],
                            "last": [90.0, 40.0], "upto": [2007, 2007], "left_source": ["p", "p"]})  # fmt: skip
    results = Results("r")
    post_soviet._left(changed, changed.row(1, named=True), results)
    assert told(results)["post_soviet.left_place"] == 2


def test_rates_of_leaving_are_of_their_own_period():
    row = {"breakdown": "ethnic_group", "category": "a", "source": "p", "share": 0.1, "months": 12}
    parts = pl.DataFrame([row | {"period": str(y), "start": f"{y}-01-01", "value": v} for y, v in ((1994, 100.0), (2019, 5.0))])
    people = pl.DataFrame({"year": [1989, 2029], "ethnic_group": ["a", "a"], "value": [1600.0, 100.0], "source": ["p", "p"]})
    found = decline.falls_of(parts, people).row(0, named=True)
    sizes = [1600 * 2 ** (-4 * (year - 1989) / 40) for year in (1994.5, 2019.5)]
    assert (found["size_start"], found["size_end"]) == pytest.approx(tuple(sizes))
    assert (found["rate_start"], found["rate_end"]) == pytest.approx((1e5 / sizes[0], 5e3 / sizes[1]))


@pytest.mark.parametrize(("year", "share"), [(1980, 0.4), (1991, 0.42), (1997, 0.48), (2009, 0.5)])
def test_a_share_between_two_counts_is_on_the_line(year, share):
    assert at(year, {1989: 0.4, 1999: 0.5}).share.value == pytest.approx(share)


def test_two_spheres_by_hand_and_by_every_corner_of_the_rounding():
    shares = {("a", "x"): 0.4, ("a", "y"): 0.2, ("b", "x"): 0.3, ("b", "y"): 0.5}
    frame = pl.DataFrame([
        {"year": 2021, "group": group, "sphere": sphere, "limits": "rounding", "share": value, "share_low": value - 0.05,
         "share_high": value + 0.05} for (group, sphere), value in shares.items()
    ])  # fmt: skip
    row = representation.dissimilarities(frame).row(0, named=True)
    assert row["odds"] == pytest.approx(0.4 * 0.5 / (0.3 * 0.2))
    corners = product((-0.05, 0.05), repeat=4)
    most = max(most_dissimilarity([0.4 + a, 0.2 + b], [0.3 + c, 0.5 + d]) for a, b, c, d in corners)
    assert row["most_high"] == pytest.approx(most)
    assert row["most"] == pytest.approx(most_dissimilarity([0.4, 0.2], [0.3, 0.5]))


def test_arrivals_by_a_loop_over_the_moves(pack):
    residents = towns.people(pack, "pre2018")
    people = {(row["year"], row["place"]): row["people"] for row in residents.iter_rows(named=True)}
    came = {}
    for row in internal_moves(pack, "pre2018").iter_rows(named=True):
        key = int(row["period"]), row["destination"]
        came[key] = came.get(key, 0.0) + row["value"]
    frame = towns.arrivals(pack, "pre2018", residents)
    assert frame.height
    for row in frame.iter_rows(named=True):
        key = row["year"], row["place"]
        assert row["factor"] == pytest.approx(1000 * came[key] / people[key])


def test_people_of_voting_age_by_hand(pack):
    """Two groups, the state's own of 30 children and 60 adults, another of 10 and 40; at the end 50 and 70, 5 and 30."""
    own = inputs.country(pack).kin
    values = np.array([[[[30.0, 60.0], [10.0, 40.0]], [[1.0, 1.0], [1.0, 1.0]], [[50.0, 70.0], [5.0, 30.0]]]])
    found = {one.name: one.value for one in voters._numbers(values, (own, "other"), (2024, 2050), (pack, ()))}
    assert found == pytest.approx({
        "voters.people.2024": 100.0, "voters.kin.2024": 0.6, "voters.kin_young.2024": 0.75,
        "voters.people.2050": 100.0, "voters.kin.2050": 0.7, "voters.kin_young.2050": 50 / 55,
    })  # fmt: skip
    assert voters.AGES == (0, 18)


def test_our_forecast_of_the_same_years_is_the_last_one_not_after_it(pack):
    results = Results("r")
    frame = pl.DataFrame({
        "country": ["KAZ"] * 3, "target": ["population"] * 3, "model": [OURS] * 3, "origin": [2000, 2005, 2010],
        "horizon": [15, 10, 5], "median": [80.0, 90.0, 99.0], "low_80": [70.0, 85.0, 98.0], "high_80": [90.0, 110.0, 101.0],
        "actual": [100.0] * 3,
    })  # fmt: skip
    results.add(TableResult("skill_forecasts", frame, "as_unit", 5, (), "m"))
    found = published_forecasts._back({"made": 2007, "horizon": 2015}, results, pack)
    assert found == pytest.approx({"back_from": 2005, "back": -0.1, "back_low": -0.15, "back_high": 0.1})


@pytest.mark.parametrize(("low", "high", "met"), [(19.0, 20.5, True), (10.0, 19.0, False), (19.0, 23.0, True), (22.5, 30.0, False)])
def test_a_range_that_meets_the_interval_lies_within_it(pack, monkeypatch, low, high, met):
    monkeypatch.setattr(published_forecasts, "_ours", lambda one, results, pack: (20.0, 21.0, 22.0))
    row = published_forecasts._row({"low": low, "value": None, "high": high}, None, Results("r"), pack)
    assert row["within"] is met


def test_money_and_teachers_by_hand(pack):
    results = Results("r")
    economy._money(pack, results)
    economy._services(pack, results)
    value = {name: dict(inputs.chosen(pack, name).select("year", "value").rows()) for name in (*economy.MONEY, economy.PRODUCT)}
    numbers = told(results)
    year = int(numbers["economy.money_year"])
    for name, short in zip(economy.MONEY, ("paid", "received"), strict=True):
        assert numbers[f"economy.{short}.{year}"] == pytest.approx(value[name][year] / value[economy.PRODUCT][year])
    people = dict(inputs.chosen(pack, "mid_year_population").select("year", "value").rows())
    taught = results.table("services").frame.filter(measure="teachers_primary")
    counted = inputs.rows(pack, "teachers").filter(indicator="teachers_primary")
    counts = dict(counted.select("year", "value").rows())
    assert taught.height
    assert taught["value"].to_list() == pytest.approx([1000 * counts[y] / people[y] for y in taught["year"]])
    doctors = results.table("services").frame.filter(measure="physicians")
    assert min(doctors["value"]) == doctors.filter(year=int(numbers["economy.physicians_least"]))["value"][0]


def test_groups_of_censuses_are_shares_of_their_own_census(pack):
    people = census_counts(pack)
    shares = identity.shares_of_groups(pack, people)
    assert shares[2021, "russian"] == pytest.approx(2_981_946 / 19_186_015)
    assert shares[1989, "russian"] == pytest.approx(6_227_549 / 16_536_511, rel=1e-4)


def test_the_yearly_growth_of_a_diaspora_makes_its_growth():
    people = pl.DataFrame({"year": [1999, 2009], "ethnic_group": ["a"] * 2, "value": [60_000.0, 90_000.0], "total": [1e6] * 2})
    regions = pl.DataFrame(schema={"ethnic_group": pl.String, "region": pl.String, "region_share": pl.Float64})
    row = decline.diasporas(people, regions).row(0, named=True)
    assert 60_000 * (1 + row["yearly"]) ** 10 == pytest.approx(90_000)


def test_neighbouring_years_are_no_pair_of_periods():
    row = {"breakdown": "ethnic_group", "category": "a", "source": "p", "share": 0.1, "months": 12}
    parts = pl.DataFrame([row | {"period": str(y), "start": f"{y}-01-01", "value": 9.0} for y in (1994, 2018, 2019)])
    people = pl.DataFrame({"year": [1989, 2029], "ethnic_group": ["a", "a"], "value": [1600.0, 100.0], "source": ["p", "p"]})
    assert decline.falls_of(parts, people)["start"].to_list() == ["1994"]


def test_a_group_is_never_more_than_the_population_beside_it(states):
    frame = states.table("post_soviet_counts").frame.drop_nulls("population")
    assert (frame["population"] > frame["value"]).all()


def test_the_last_of_several_common_censuses_is_taken():
    rows = [(country, year, "census") for country in "AB" for year in (1979, 1989)] + [("A", 1999, "census"), ("B", 1999, "estimate")]
    assert post_soviet.common_census(pl.DataFrame(rows, ["country", "year", "basis"], orient="row")) == 1989
