"""Tidy indicators against plain loops over the frames, their checks, and their words. All tables are made up."""

import math
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys import words
from qonys.errors import AxisMismatch, BadInput
from qonys.measurement.indicators.all import AuxiliaryTables, SystemOptions, indicators, indicators_from_totals
from qonys.measurement.indicators.registry import DEFINITIONS, unit

REGIONS = ("North", "South", "East", "West", "Centre")
AGES = ("0-14", "15-19", "20-24", "25-29", "30-59", "60+")
SHAPE = (0.5, 1.0, 3.0, 2.0, 1.0, 0.4)


def flows(periods=(2001, 2002), ages=AGES, groups=("a", "b"), seed=1):
    random = np.random.default_rng(seed)
    sizes = random.gamma(1.5, 40, (len(REGIONS), len(REGIONS)))
    rows = [
        (period, age, group, origin, destination, int(random.poisson(sizes[i, j] * SHAPE[x] * (1 + g))))
        for period in periods
        for x, age in enumerate(ages)
        for g, group in enumerate(groups)
        for i, origin in enumerate(REGIONS)
        for j, destination in enumerate(REGIONS)
    ]
    return pl.DataFrame(rows, schema=["period", "age", "group", "origin", "destination", "value"], orient="row")


def population(periods=(2001, 2002), ages=AGES, groups=("a", "b"), seed=2):
    random = np.random.default_rng(seed)
    rows = [
        (period, age, group, region, int(random.integers(2000, 20000)))
        for period in periods
        for age in ages
        for group in groups
        for region in reversed(REGIONS)
    ]
    return pl.DataFrame(rows, schema=["period", "age", "group", "region", "population"], orient="row")


def distances():
    place = {region: (3.0 * i, float(i * i)) for i, region in enumerate(REGIONS)}
    rows = [(a, b, math.dist(place[a], place[b])) for a in REGIONS for b in REGIONS if a != b]
    return pl.DataFrame(rows, schema=["origin", "destination", "distance"], orient="row")


def value(frame, code, variant="", period=2001, region=None, column="value"):
    here = (pl.col("indicator") == code) & (pl.col("variant") == variant) & (pl.col("period") == period)
    place = pl.col("region").is_null() if region is None else pl.col("region") == region
    found = frame.filter(here & place)
    assert found.height == 1, (code, variant, region, found.height)
    return found[column][0]


@pytest.fixture(scope="module")
def given():
    return flows(), population()


@pytest.fixture(scope="module")
def found(given):
    return indicators(*given, AuxiliaryTables(distances=distances()), SystemOptions(draws=100))


def test_intensity_impact_and_rates_equal_loops_over_the_rows(given, found):
    table, people = given
    for period in (2001, 2002):
        moves, inside, came, left = 0, 0, dict.fromkeys(REGIONS, 0), dict.fromkeys(REGIONS, 0)
        for row in table.filter(pl.col("period") == period).iter_rows(named=True):
            if row["origin"] == row["destination"]:
                inside += row["value"]
                continue
            moves += row["value"]
            left[row["origin"]] += row["value"]
            came[row["destination"]] += row["value"]
        living = dict.fromkeys(REGIONS, 0)
        for row in people.filter(pl.col("period") == period).iter_rows(named=True):
            living[row["region"]] += row["population"]
        total = sum(living.values())
        net = sum(abs(came[r] - left[r]) for r in REGIONS)
        assert value(found, "moves", period=period) == moves
        assert value(found, "intra_moves", period=period) == inside
        assert value(found, "cmi", "crude", period) == pytest.approx(100 * moves / total)
        assert value(found, "courgeau_k", "crude", period) == pytest.approx(100 * moves / total / math.log(25))
        assert value(found, "mei", "system", period) == pytest.approx(50 * net / moves)
        assert value(found, "anmr", "system", period) == pytest.approx(50 * net / total)
        for region in REGIONS:
            assert value(found, "rate", "net", period, region) == pytest.approx(
                1000 * (came[region] - left[region]) / living[region]
            )
            assert value(found, "results", "departures_per_1000_arrivals", period, region) == pytest.approx(
                1000 * left[region] / came[region]
            )
            assert value(found, "mei", "region", period, region) == value(
                found, "results", "net_to_turnover", period, region
            )


def test_effectiveness_times_intensity_is_the_net_rate(found):
    for period in (2001, 2002):
        product = value(found, "cmi", "crude", period) * value(found, "mei", "system", period) / 100
        assert value(found, "anmr", "system", period) == pytest.approx(product)
    impacts = [value(found, "imi", "relative_to_mean_of_periods", period) for period in (2001, 2002)]
    cmi = [value(found, "cmi", "crude", p) for p in (2001, 2002)]
    mei = [value(found, "mei", "system", p) for p in (2001, 2002)]
    assert impacts == pytest.approx([4 * c * m / sum(cmi) / sum(mei) for c, m in zip(cmi, mei, strict=True)])


def test_gross_migraproduction_does_not_depend_on_the_groups_before_the_open_age():
    """The same even rates to 80 and over: in groups of five, ten and single years before it."""
    found = []
    for width in (1, 5, 10):
        ages = [str(a) if width == 1 else f"{a}-{a + width - 1}" for a in range(0, 80, width)] + ["80+"]
        people = [100.0 * width] * (80 // width) + [300.0]
        rates = [0.02] * (80 // width) + [0.01]
        moved = [rate * n for rate, n in zip(rates, people, strict=True)]
        rows = [(2001, o, d, age, n / 2) for age, n in zip(ages, moved, strict=True) for o, d in (("a", "b"), ("b", "a"))]
        table = pl.DataFrame(rows, schema=["period", "origin", "destination", "age", "value"], orient="row")
        living = [(2001, r, age, n / 2) for age, n in zip(ages, people, strict=True) for r in "ab"]
        residents = pl.DataFrame(living, schema=["period", "region", "age", "population"], orient="row")
        found.append(value(indicators(table, residents), "gmr"))
    assert found == pytest.approx([80 * 0.02 + 21 * 0.01] * 3)


def test_age_indices_equal_loops(given, found):
    table, people = given
    rates, shares = {}, dict.fromkeys(AGES, 0.0)
    for age in AGES:
        moved = table.filter(
            (pl.col("period") == 2001) & (pl.col("age") == age) & (pl.col("origin") != pl.col("destination"))
        )["value"].sum()
        rates[age] = moved / people.filter((pl.col("period") == 2001) & (pl.col("age") == age))["population"].sum()
        for period in (2001, 2002):
            here = people.filter(pl.col("period") == period)
            shares[age] += here.filter(pl.col("age") == age)["population"].sum() / here["population"].sum() / 2
    widths = dict(zip(AGES, (15, 5, 5, 5, 30, 41), strict=True))
    assert value(found, "open_age_width") == 41
    assert value(found, "gmr") == pytest.approx(sum(rates[a] * widths[a] for a in AGES))
    assert value(found, "cmi", "standardised_mean_population") == pytest.approx(
        100 * sum(rates[a] * shares[a] for a in AGES)
    )
    assert value(found, "peak_age", "start") == 20
    assert value(found, "peak_age", "width") == 5
    assert value(found, "peak_intensity") == pytest.approx(100 * rates["20-24"])
    around = 3 * rates["15-19"] + 5 * rates["20-24"] + 3 * rates["25-29"]
    assert value(found, "peak_breadth") == pytest.approx(around)


def test_standard_and_life_table_may_be_given(given):
    standard = pl.DataFrame({"age": list(AGES), "weight": [3, 1, 1, 1, 3, 1]})
    living = pl.DataFrame({"age": list(reversed(AGES)), "person_years": [15.0, 29, 4.8, 4.9, 4.9, 14.7]})
    found = indicators(*given, AuxiliaryTables(standard=standard, survivors=living), SystemOptions(draws=0))
    low, high = (value(found, "expectancy", column=name) for name in ("low", "high"))
    assert low < value(found, "expectancy") < high
    assert value(found, "expectancy") < value(found, "gmr")
    assert value(found, "cmi", "standardised_given", column="error_method") == "poisson_delta"
    with pytest.raises(AxisMismatch, match=r"flows and standard tables differ in age: only the first has 60\+"):
        indicators(*given, AuxiliaryTables(standard=standard.head(5)), SystemOptions(draws=0))


def test_own_age_structure_as_standard_gives_the_crude_intensity(given):
    table, people = (frame.filter(pl.col("period") == 2001) for frame in given)
    weights = people.group_by("age", maintain_order=True).agg(weight=pl.col("population").sum())
    found = indicators(table, people, AuxiliaryTables(standard=weights), SystemOptions(draws=0))
    assert value(found, "cmi", "standardised_given") == pytest.approx(value(found, "cmi", "crude"))


def test_groups_and_concentration(given, found):
    table, people = given
    outside = table.filter((pl.col("origin") != pl.col("destination")) & (pl.col("period") == 2001))
    living = people.filter(pl.col("period") == 2001)
    share = outside.filter(pl.col("group") == "b")["value"].sum() / outside["value"].sum()
    base = living.filter(pl.col("group") == "b")["population"].sum() / living["population"].sum()
    assert value(found, "selectivity", "b") == pytest.approx(share / base)
    assert value(found, "redistribution", "total") is None
    first, last = (
        people.filter((pl.col("period") == p) & (pl.col("group") == "a"))
        .group_by("region")
        .agg(pl.col("population").sum())
        .sort("region")["population"]
        for p in (2001, 2002)
    )
    expected = 0.5 * (first / first.sum() - last / last.sum()).abs().sum()
    assert value(found, "redistribution", "a", 2002) == pytest.approx(expected)
    areas = pl.DataFrame({"region": list(REGIONS), "area": [5.0, 1, 9, 4, 2]})
    whole = indicators(*given, AuxiliaryTables(areas=areas), SystemOptions(draws=0))
    size = dict(living.group_by("region").agg(pl.col("population").sum()).iter_rows())
    gap = sum(abs(size[r] / sum(size.values()) - a / 21) for r, a in areas.iter_rows())
    assert value(whole, "hoover", "population_area") == pytest.approx(50 * gap)


def test_every_interval_names_its_method_and_most_hold_the_value(found):
    with_interval = found.filter(pl.col("low").is_not_null())
    assert set(with_interval["error_method"]) == {
        "poisson_score",
        "poisson_normal",
        "poisson_delta",
        "wilson",
        "robust",
        "bootstrap",
    }
    assert (with_interval["low"] <= with_interval["high"]).all()
    exact = with_interval.filter(pl.col("error_method") != "bootstrap")
    assert (exact["low"] <= exact["value"]).all()
    assert (exact["value"] <= exact["high"]).all()
    without = found.filter(pl.col("low").is_null())
    assert set(without["error_method"]) == {"none"}


def test_the_same_seed_gives_the_same_frame(given, found):
    again = indicators(*given, AuxiliaryTables(distances=distances()), SystemOptions(draws=100))
    assert again.equals(found)
    other = indicators(*given, AuxiliaryTables(distances=distances()), SystemOptions(draws=100, seed=2))
    assert other["value"].equals(found["value"])
    assert not other["low"].equals(found["low"])


def test_the_order_of_rows_does_not_matter(given, found):
    table, people = given
    mixed = indicators(
        table,
        people.sample(fraction=1.0, shuffle=True, seed=1),
        AuxiliaryTables(distances=distances()),
        SystemOptions(100),
    )
    assert mixed.equals(found)
    named = {"North": "x1", "South": "x2", "East": "x3", "West": "x4", "Centre": "x5"}
    swap = {name: pl.col(name).replace_strict(named) for name in ("origin", "destination")}
    renamed = indicators(
        table.with_columns(**swap),
        people.with_columns(region=pl.col("region").replace_strict(named)),
        None,
        SystemOptions(0),
    )
    plain = indicators(table, people, None, SystemOptions(0))
    assert renamed["value"].equals(plain["value"])


def test_parts_by_group_equal_the_indicators_of_the_part(given):
    table, people = given
    split = indicators(table, people, None, SystemOptions(draws=0, by=("group",)))
    assert set(split["group"]) == {"a", "b"}
    alone = indicators(
        table.filter(pl.col("group") == "b").drop("group"),
        people.filter(pl.col("group") == "b").drop("group"),
        None,
        SystemOptions(draws=0),
    )
    assert split.filter(pl.col("group") == "b").drop("group").equals(alone)


def test_pairs_without_a_row_are_counted_and_said(given):
    table, people = given
    sparse = table.filter(~((pl.col("origin") == "North") & (pl.col("destination") == "South")))
    found = indicators(sparse, people, None, SystemOptions(draws=0))
    assert value(found, "empty_cells") == 1
    assert value(found, "connectivity", "nonzero") == pytest.approx(19 / 20)
    assert value(found, "regions") == 5


def test_flows_alone_give_what_needs_no_population(given):
    table = given[0].group_by("origin", "destination", maintain_order=True).agg(pl.col("value").sum())
    found = indicators(table, options=SystemOptions(draws=0))
    assert "cmi" not in set(found["indicator"])
    assert found["period"].null_count() == found.height
    assert {"mei", "gini", "mwg", "acv", "connectivity", "results"} <= set(found["indicator"])


def test_distance_and_decay_are_those_of_the_kernel(given, found):
    table = given[0].filter(pl.col("period") == 2001)
    far = {(a, b): d for a, b, d in distances().iter_rows()}
    outside = [(r["origin"], r["destination"], r["value"]) for r in table.iter_rows(named=True)]
    outside = [(far[a, b], v) for a, b, v in outside if a != b]
    assert value(found, "distance", "mean") == pytest.approx(
        sum(d * v for d, v in outside) / sum(v for _, v in outside)
    )
    assert value(found, "decay", "poisson_origin_destination", column="error_method") == "robust"
    pair = pl.DataFrame({"origin": ["A", "B"], "destination": ["B", "A"], "value": [5, 9]})
    lengths = pair.select("origin", "destination", distance=pl.lit(7.0))
    small = indicators(pair, None, AuxiliaryTables(distances=lengths), SystemOptions(draws=0))
    fit = small.filter(pl.col("indicator") == "decay")
    assert (fit["value"][0], fit["error_method"][0]) == (None, "no_fit")


def test_totals_agree_with_the_table_they_come_from(given, found):
    table, people = given
    outside = table.filter(pl.col("origin") != pl.col("destination"))
    came = outside.group_by("period", pl.col("destination").alias("region")).agg(arrivals=pl.col("value").sum())
    left = outside.group_by("period", pl.col("origin").alias("region")).agg(departures=pl.col("value").sum())
    totals = came.join(left, on=["period", "region"]).sort("period", "region")
    living = people.group_by("period", "region").agg(pl.col("population").sum())
    short = indicators_from_totals(totals, living)
    for code, variant in (("mei", "system"), ("anmr", "system")):
        assert value(short, code, variant) == pytest.approx(value(found, code, variant))
        assert value(short, code, variant, column="error_method") == "none"
    assert value(short, "cmi", "arrivals") == pytest.approx(value(found, "cmi", "crude"))
    assert value(short, "imbalance", "arrivals_less_departures") == 0
    for region in REGIONS:
        for code, variant in (("rate", "gross"), ("mei", "region"), ("results", "departures_per_1000_arrivals")):
            for column in ("value", "low", "high"):
                assert value(short, code, variant, 2001, region, column) == pytest.approx(
                    value(found, code, variant, 2001, region, column)
                )
    opened = indicators_from_totals(totals.with_columns(arrivals=pl.col("arrivals") + 10))
    assert value(opened, "imbalance", "arrivals_less_departures") == 50


FLOWS = pl.DataFrame({"origin": ["A", "B", "C"], "destination": ["B", "C", "A"], "value": [5.0, 6.0, 7.0]})
PEOPLE = pl.DataFrame({"region": ["A", "B", "C"], "population": [100, 200, 300]})


@pytest.mark.parametrize(
    ("table", "people", "kind", "message"),
    [
        (FLOWS.with_columns(value=pl.Series([5.0, -6.0, 7.0])), PEOPLE, BadInput, "negative numbers in B/C"),
        (FLOWS.with_columns(value=pl.Series([5.0, math.nan, 7.0])), PEOPLE, BadInput, "no finite number in B/C"),
        (FLOWS.with_columns(value=pl.Series([5.0, None, 7.0])), PEOPLE, BadInput, "no finite number in B/C"),
        (pl.concat([FLOWS, FLOWS.tail(1)]), PEOPLE, BadInput, "holds C/A more than once"),
        (FLOWS.with_columns(origin=pl.Series(["A", None, "C"])), PEOPLE, BadInput, "rows without a label"),
        (FLOWS.drop("value"), PEOPLE, BadInput, "no column value"),
        (FLOWS.with_columns(value=pl.lit(0.0)), PEOPLE, BadInput, "no moves between different regions"),
        (FLOWS.with_columns(destination="origin"), PEOPLE, BadInput, "no moves between different regions"),
        (FLOWS, PEOPLE.head(2), AxisMismatch, "only the first has C"),
        (
            FLOWS,
            pl.concat([PEOPLE, pl.DataFrame({"region": ["Total"], "population": [600]})]),
            AxisMismatch,
            "only the second has Total",
        ),
        (FLOWS, PEOPLE.with_columns(population=pl.Series([100, 0, 300])), BadInput, "The population of"),
        (FLOWS, PEOPLE.with_columns(population=pl.Series([100, -1, 300])), BadInput, "negative numbers in B"),
        (FLOWS, PEOPLE.with_columns(period=2001), AxisMismatch, "differ in period"),
        (FLOWS.with_columns(sex=pl.lit("m")), PEOPLE.with_columns(sex=pl.lit("f")), AxisMismatch, "differ in sex"),
    ],
)
def test_planted_faults_ring(table, people, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        indicators(table, people, None, SystemOptions(draws=0))


def test_more_planted_faults_ring(given):
    table, people = given
    gone = (pl.col("period") == 2002) & (pl.col("age") == "0-14") & (pl.col("group") == "a")
    fewer = people.filter(~(gone & (pl.col("region") == "North")))
    with pytest.raises(BadInput, match=r"population table has no row for 2002/North/0-14/a"):
        indicators(table, fewer)
    zero = (pl.col("origin") == "East") & (pl.col("destination") == "West")
    far = distances().with_columns(distance=pl.when(zero).then(0.0).otherwise(pl.col("distance"))).tail(-1)
    with pytest.raises(BadInput, match=r"no positive distance for North/South, East/West"):
        indicators(table, people, AuxiliaryTables(distances=far), SystemOptions(draws=0))
    kept = pl.col("age") != "15-19"
    with pytest.raises(BadInput, match="ends at 15"):
        indicators(table.filter(kept), people.filter(kept), None, SystemOptions(draws=0))
    with pytest.raises(BadInput, match="bootstrap draws is 5"):
        SystemOptions(draws=5)
    with pytest.raises(BadInput, match="option by is 'colour'"):
        SystemOptions(by=("colour",))
    with pytest.raises(BadInput, match="no column sex"):
        indicators(table, people, None, SystemOptions(draws=0, by=("sex",)))
    many = FLOWS.select(pl.all().repeat_by(8).explode()).with_columns(value=pl.lit(-1.0), origin=pl.int_range(24))
    with pytest.raises(BadInput, match=r"\(\+18\)"):
        indicators(many.with_columns(pl.col("origin").cast(pl.String)))
    with pytest.raises(BadInput, match="totals table holds negative numbers in B"):
        indicators_from_totals(PEOPLE.select("region", arrivals=pl.lit(3), departures=pl.Series([1, -1, 1])))
    with pytest.raises(BadInput, match="no moves"):
        indicators_from_totals(PEOPLE.select("region", arrivals=pl.lit(0), departures=pl.lit(0)))


def test_every_indicator_has_its_words_unit_and_variants(found):
    for code, definition in DEFINITIONS.items():
        names = {definition.name(language) for language in words.LANGUAGES}
        assert all(names), code
        assert len({definition.definition(language) for language in words.LANGUAGES}) == 3
    for code, variant, measure in found.select("indicator", "variant", "unit").unique().iter_rows():
        assert measure == unit(code, variant)
        if code not in ("selectivity", "redistribution"):
            assert variant in DEFINITIONS[code].variants, (code, variant)
    for language in words.LANGUAGES:
        assert len({definition.name(language) for definition in DEFINITIONS.values()}) == len(DEFINITIONS)


def test_every_error_key_of_the_indicators_has_its_sentence():
    source = Path(words.__file__).parents[1]
    paths = [
        *source.glob("kernels/indices/*.py"),
        *source.glob("measurement/indicators/*.py"),
    ]
    used = {
        key for path in paths for key in re.findall(r'"(indicators\.[a-z_0-9]+)"', path.read_text(encoding="utf-8"))
    }
    printed = ("indicators.unit.", "indicators.method.")  # words of the printed table, no faults
    known = {key for key in words.keys("en") if key.startswith("indicators.") and not key.startswith(printed)}
    assert used == known
