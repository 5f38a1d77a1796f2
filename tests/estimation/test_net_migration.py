"""Indirect net migration: round trips, identities, bands, and one sentence for each fault. All data made up."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.estimation.net_migration import Errors, net_migration, range_over_methods
from qonys.estimation.strata import Counts
from qonys.kernels.flows import intercensal
from qonys.kernels.mortality.life_tables import life_table, survival_ratios
from qonys.study.chapters.ages import balances

RATE_AGES = np.array([0.0, 1, *range(5, 90, 5)])
AGES = list(range(0, 90, 5))
SEXES = ("female", "male")


def rates(sex: str) -> np.ndarray:
    level = 1.0 if sex == "female" else 1.4
    return level * (0.0002 * np.exp(0.075 * (RATE_AGES + 2.5)) + 0.03 * (RATE_AGES == 0) + 0.0008)


def survival(sex: str) -> np.ndarray:
    return survival_ratios(life_table(rates(sex), RATE_AGES, sex))


def world(timing: str, steps: int = 1, regions: str = "AB"):
    """Two counts of regions by sex with known migrants by age at the end, moving at `timing`."""
    rng = np.random.Generator(np.random.Philox(key=5))
    rows = {name: [] for name in ("start", "end", "births", "net")}
    for region in regions:
        for sex in SEXES:
            s = survival(sex)
            p0 = rng.uniform(5e3, 2e4, 18) * np.linspace(1.2, 0.2, 18)
            births = rng.uniform(8e3, 1.2e4, steps)
            net = rng.normal(0, 0.04, 18) * p0
            alive, exposed = intercensal.survived(p0, s, births, steps)
            ratio = alive / exposed
            arrived = {"end": net, "start": net * ratio}[timing]
            for i, age in enumerate(AGES):
                rows["start"].append((region, sex, age, p0[i]))
                rows["end"].append((region, sex, age, alive[i] + arrived[i]))
                rows["net"].append((region, sex, age, net[i]))
            rows["births"].append((region, sex, births.mean() * steps if steps == 1 else births.sum()))
    tidy = lambda name, last: pl.DataFrame(rows[name], schema=["region", "sex", "age_start", last], orient="row")  # noqa: E731
    births = pl.DataFrame(rows["births"], schema=["region", "sex", "value"], orient="row")
    return tidy("start", "population"), tidy("end", "population"), births, tidy("net", "value")


def mortality() -> pl.DataFrame:
    rows = [
        (sex, age, rate) for sex in SEXES for age, rate in zip(RATE_AGES.astype(int).tolist(), rates(sex), strict=True)
    ]
    return pl.DataFrame(rows, schema=["sex", "age_start", "value"], orient="row")


KEYS = ["region", "sex"]


@pytest.mark.parametrize(("timing", "method"), [("end", "forward"), ("start", "reverse")])
def test_known_migrants_are_found_again(timing, method) -> None:
    start, end, births, net = world(timing)
    found = net_migration(Counts(start, end, 5, births), mortality(), KEYS)
    both = found.filter((pl.col("method") == method) & pl.col("age_start").is_not_null()).join(
        net, on=[*KEYS, "age_start"], suffix="_true"
    )
    assert both.height == 2 * 2 * 18
    np.testing.assert_allclose(both["value"], both["value_true"], rtol=1e-8, atol=1e-6)


def test_average_lies_between_and_totals_add_up() -> None:
    start, end, births, _ = world("end")
    found = net_migration(Counts(start, end, 5, births), mortality(), KEYS)
    spread = range_over_methods(found, KEYS)
    assert (spread["least"] <= spread["value"] + 1e-9).all()
    assert (spread["value"] <= spread["greatest"] + 1e-9).all()
    forward = found.filter(pl.col("method") == "forward")
    for (region, sex), part in forward.group_by(KEYS):
        total = part.filter(pl.col("age_start").is_null())["value"].item()
        assert total == pytest.approx(part.filter(pl.col("age_start").is_not_null())["value"].sum()), (region, sex)


def test_a_stationary_population_has_no_migration() -> None:
    rows = []
    for sex in SEXES:
        table = life_table(rates(sex), RATE_AGES, sex)
        lived = np.concatenate([[table.L[0] + table.L[1]], table.L[2:]]) * 1000
        rows += [(sex, age, value) for age, value in zip(AGES, lived, strict=True)]
    count = pl.DataFrame(rows, schema=["sex", "age_start", "population"], orient="row")
    births = pl.DataFrame({"sex": list(SEXES), "value": [5000.0, 5000.0]})
    found = net_migration(Counts(count, count, 5, births), mortality(), ["sex"])
    assert found["value"].abs().max() < 1e-6


def test_ten_years_are_two_steps_of_five() -> None:
    start, end, births, net = world("end", steps=2)
    found = net_migration(Counts(start, end, 10, births), mortality(), KEYS)
    grown = found.filter((pl.col("method") == "forward") & (pl.col("age_start") >= 10))
    both = grown.join(net, on=[*KEYS, "age_start"], suffix="_true")
    np.testing.assert_allclose(both["value"], both["value_true"], rtol=1e-8, atol=1e-6)


def test_census_ratios_of_the_nation_leave_regions_that_sum_to_zero() -> None:
    start, end, _, _ = world("end")
    found = net_migration(Counts(start, end, 5), None, KEYS)
    sums = (
        found.filter((pl.col("method") == "forward") & pl.col("age_start").is_not_null())
        .group_by("sex", "age_start")
        .agg(pl.col("value").sum())
    )
    assert sums["value"].abs().max() < 1e-6
    assert 0 not in found["age_start"].to_list()


def test_reclassification_is_no_migration() -> None:
    start, end, births, _ = world("end")
    moved = pl.DataFrame(
        {"region": ["A", "B"], "sex": ["male", "male"], "age_start": [20, 20], "value": [500.0, -500.0]}
    )
    plain = net_migration(Counts(start, end, 5, births), mortality(), KEYS)
    found = net_migration(Counts(start, end, 5, births, moved), mortality(), KEYS)
    pick = (pl.col("method") == "forward") & (pl.col("age_start") == 20) & (pl.col("sex") == "male")
    change = found.filter(pick).sort("region")["value"] - plain.filter(pick).sort("region")["value"]
    assert change.to_list() == pytest.approx([-500, 500])


def test_bands_cover_the_truth_and_widen_with_the_error() -> None:
    start, end, births, _ = world("end")
    counts = Counts(start, end, 5, births)
    narrow = net_migration(counts, mortality(), KEYS, errors=Errors(0.005, 0.005, 0.05, 200))
    wide = net_migration(counts, mortality(), KEYS, errors=Errors(0.02, 0.02, 0.1, 200))
    width = lambda f: (f["high"] - f["low"]).mean()  # noqa: E731
    assert width(wide) > 2.5 * width(narrow)
    assert ((narrow["low"] <= narrow["value"]) & (narrow["value"] <= narrow["high"])).mean() > 0.95
    assert net_migration(counts, mortality(), KEYS)["low"].null_count() == wide.height
    again = net_migration(counts, mortality(), KEYS, errors=Errors(0.02, 0.02, 0.1, 200))
    assert again.equals(wide)


def test_survival_ratios_may_be_given() -> None:
    start, end, births, _ = world("end")
    rows = [(sex, age, float(s)) for sex in SEXES for age, s in zip(AGES, survival(sex), strict=True)]
    given = pl.DataFrame(rows, schema=["sex", "age_start", "value"], orient="row")
    counts = Counts(start, end, 5, births)
    by_ratio, by_rate = net_migration(counts, given, KEYS, "survival"), net_migration(counts, mortality(), KEYS)
    np.testing.assert_allclose(by_ratio["value"], by_rate["value"], rtol=1e-9, atol=1e-6)


def test_children_by_the_ratio_of_manual_vi() -> None:
    women = np.array([0.0, 0, 0, 100, 200, 150, 50, 20, 10, 5])
    assert intercensal.children(women, np.array(0.6), tuple(range(3, 9)), 0.25) == pytest.approx(0.25 * 0.6 * 530)


def test_moves_by_age_at_the_event_keep_their_survivors() -> None:
    s = survival("female")
    net = np.random.Generator(np.random.Philox(key=3)).normal(0, 100, 18)
    event = intercensal.by_event_age(net, s)
    back = event / 2
    back[1:] += event[:-1] * s[1:] / 2
    np.testing.assert_allclose(back, net)


def test_moves_in_the_middle_equal_plain_loops_and_keep_migrants_where_nobody_dies() -> None:
    s, net = survival("male"), np.linspace(-50.0, 120.0, 18)
    halves = [n / (2 * np.sqrt(r)) for n, r in zip(net, s, strict=True)]
    plain = [2 * halves[0] + halves[1], *(halves[x] + halves[x + 1] for x in range(1, 16)), 2 * halves[16], net[17]]
    np.testing.assert_allclose(intercensal.by_move_cohort(net, s), plain)
    even = intercensal.by_move_cohort(np.full(18, 40.0), np.ones(18))
    assert even.tolist() == [60.0, *[40.0] * 17]


def grouped(steps: int):
    """The made-up world twice, as two ethnic groups of other sizes, with reclassified persons between them."""
    start, end, births, net = world("end", steps)
    frames = []
    for frame, column in ((start, "population"), (end, "population"), (births, "value"), (net, "value")):
        parts = [frame.with_columns(pl.col(column) * f, group=pl.lit(g)) for g, f in (("kazakh", 1.0), ("german", 0.2))]
        frames.append(pl.concat(parts))
    changed = pl.DataFrame(
        [("A", "male", 30, g, v) for g, v in (("kazakh", 100.0), ("german", -100.0))],
        schema=["region", "sex", "age_start", "group", "value"], orient="row",
    )  # fmt: skip
    return frames, changed


def test_regions_groups_and_sexes_at_once_with_children_reclassification_and_bands() -> None:
    keys = ["region", "group", "sex"]
    (start, end, births, _), changed = grouped(1)
    errors = Errors(0.01, 0.01, 0.05, 100)
    found = net_migration(Counts(start, end, 5, births, changed), mortality(), keys, errors=errors, by_move=True)
    assert set(found["method"]) == {"forward", "reverse", "average", "time_even", "cohort"}
    assert found.height == 2 * 2 * 2 * 19 * 5
    assert (found["low"] < found["high"]).all()
    cell = {"region": "A", "group": "german", "sex": "male", "age_start": 30, "method": "forward"}
    plain = net_migration(Counts(start, end, 5, births), mortality(), keys)
    one, other = (f.filter(**cell)["value"].item() for f in (found, plain))
    assert one - other == pytest.approx(100)


@pytest.mark.parametrize("steps", [1, 2])
def test_children_follow_their_mothers(steps) -> None:
    start, end, _, _ = world("end", steps)
    found = net_migration(Counts(start, end, 5 * steps, children=True), mortality(), KEYS).filter(method="average")
    value = {(r["region"], r["sex"], r["age_start"]): r["value"] for r in found.iter_rows(named=True)}
    alive = {(region, sex, age): n for region, sex, age, n in end.iter_rows()}
    for step in range(steps):
        ages = range(15 + 5 * step, 45 + 5 * step, 5)
        for region in "AB":
            mothers = sum(value[region, "female", age] for age in ages)
            for sex in SEXES:
                ratio = alive[region, sex, 5 * step] / sum(alive[region, "female", age] for age in ages)
                share = {1: [0.5], 2: [0.25, 0.75]}[steps][step]
                assert value[region, sex, 5 * step] == pytest.approx(share * ratio * mothers)


def test_children_and_moves_ring() -> None:
    start, end, _, _ = world("end")
    men = [frame.filter(pl.col("sex") == "male") for frame in (start, end)]
    with pytest.raises(BadInput, match="A/male, B/male has none"):
        net_migration(Counts(*men, 5, children=True), mortality(), KEYS)
    with pytest.raises(BadInput, match="with births or children"):
        net_migration(Counts(start, end, 5), mortality(), KEYS, by_move=True)
    with pytest.raises(BadInput, match="at least 40"):
        Errors(0.01, draws=3)
    with pytest.raises(BadInput, match="between 0 and 1"):
        Errors(-0.1)


def test_without_draws_there_is_no_interval() -> None:
    start, end, births, _ = world("end")
    given = (Counts(start, end, 5, births), mortality(), KEYS, "rates")
    found = net_migration(*given, Errors(0.01, 0.01, draws=0))
    assert found["low"].null_count() == found["high"].null_count() == found.height
    assert found["value"].to_list() == net_migration(*given)["value"].to_list()


def raises(sentence: str, **changes) -> None:
    start, end, births, _ = world("end")
    given = {"start": start, "end": end, "births": births, "years": 5, "mortality": mortality(), "keys": KEYS} | changes
    with pytest.raises(BadInput, match=sentence):
        net_migration(
            Counts(given["start"], given["end"], given["years"], given["births"]), given["mortality"], given["keys"]
        )


def test_faults_are_named() -> None:
    start, end, births, _ = world("end")
    raises("7 years apart", years=7)
    raises("Only one of the two counts has the ages 85", end=end.filter(pl.col("age_start") != 85))
    raises(
        "no row for B/female/30",
        start=start.filter((pl.col("region") != "B") | (pl.col("sex") != "female") | (pl.col("age_start") != 30)),
    )
    raises(
        "negative numbers in A/female/0",
        start=start.with_columns(population=pl.when(pl.int_range(pl.len()) == 0).then(-1.0).otherwise("population")),
    )
    raises("strata are in only one", end=end.filter(pl.col("region") != "B"))
    raises("births table has no row for B", births=births.filter(pl.col("region") != "B"))
    raises(
        "rates are by sex, the counts are not",
        keys=["region"],
        start=start.filter(pl.col("sex") == "male"),
        end=end.filter(pl.col("sex") == "male"),
        births=births.filter(pl.col("sex") == "male"),
    )
    raises("Death rates have the ages", mortality=mortality().filter(pl.col("age_start") != 1))
    raises("needed is a multiple of the width of an age group .5. that ends before the open age 85", years=85)
    ten = start.filter(pl.col("age_start") % 10 == 0)
    raises("five-year groups from 0", start=ten, end=ten)


def single(width: int, years: int):
    """Persons of both sexes, births and deaths by age at the end, and net migrants, all made up; ages to 95."""
    rng = np.random.Generator(np.random.Philox(key=9))
    ages, steps = list(range(0, 100, width))[: 96 // width], years // width
    start = rng.uniform(500, 900, len(ages)).round()
    births = np.full(steps, 700.0)
    alive = np.concatenate([births[::-1], start[:-steps]])
    alive[-1] += start[-steps:].sum()
    died, net = np.floor(0.1 * alive), rng.integers(-40, 40, len(ages))
    rows = {"start": start, "end": alive - died + net, "deaths": died}
    frames = {
        name: pl.DataFrame({"age_start": ages, "value" if name == "deaths" else "population": list(values)})
        for name, values in rows.items()
    }
    return frames, pl.DataFrame({"value": [births.sum()]}), net, alive


@pytest.mark.parametrize(("width", "years"), [(1, 1), (1, 10), (5, 5), (5, 10)])
def test_registered_events_give_the_migrants_back_at_every_age(width, years) -> None:
    frames, births, net, _ = single(width, years)
    counts = Counts(frames["start"], frames["end"], years, births, deaths=frames["deaths"])
    found = net_migration(counts)
    assert found["method"].unique().to_list() == ["vital"]
    assert found.filter(pl.col("age_start").is_not_null())["value"].to_list() == pytest.approx(net.tolist())
    whole = Counts(frames["start"], frames["end"], years, births, deaths=frames["deaths"].select(pl.sum("value")))
    assert net_migration(whole)["value"].to_list() == pytest.approx([net.sum()])
    with pytest.raises(BadInput, match="only together with births"):
        net_migration(Counts(frames["start"], frames["end"], years, deaths=frames["deaths"]))


@pytest.mark.parametrize(("width", "years"), [(1, 1), (1, 10), (5, 10)])
def test_ratios_of_the_whole_interval_give_the_migrants_back(width, years) -> None:
    frames, births, net, alive = single(width, years)
    ratio = frames["deaths"].with_columns(value=1 - pl.col("value") / pl.Series(alive))
    found = net_migration(Counts(frames["start"], frames["end"], years, births), ratio, kind="interval")
    assert found.filter(method="forward")["value"].to_list() == pytest.approx([*net, net.sum()])
    grown = net_migration(Counts(frames["start"], frames["end"], years), ratio, kind="interval").filter(method="forward")
    assert grown["age_start"].to_list()[:1] == [years]


def test_single_years_of_rates_equal_loops() -> None:
    ages = list(range(96))
    m = 0.0003 * np.exp(0.07 * np.arange(96))
    table = life_table(m, np.arange(96.0), "male")
    lived = [float(x) for x in table.L]
    start, end = (pl.DataFrame({"age_start": ages, "sex": ["male"] * 96, "population": [500.0 + k] * 96}) for k in (0, 7))
    rates = pl.DataFrame({"age_start": ages, "value": m})
    found = net_migration(Counts(start, end, 3), rates, ["sex"]).filter(method="forward")
    want = [507 - 500 * lived[x] / lived[x - 3] for x in range(3, 95)]
    assert found["age_start"].to_list() == [*range(3, 96), None]
    assert found["value"].to_list()[:92] == pytest.approx(want)


def test_ten_years_of_census_survival_leave_regions_that_sum_to_zero() -> None:
    start, end, _, _ = world("end", 2)
    found = net_migration(Counts(start, end, 10), None, KEYS).filter(method="forward")
    assert found.group_by("sex", "age_start").agg(pl.sum("value"))["value"].abs().max() < 1e-6
    ratio = end.filter(sex="male", age_start=40)["population"].sum() / start.filter(sex="male", age_start=30)["population"].sum()
    a = {"region": "A", "sex": "male"}
    want = end.filter(**a, age_start=40)["population"].item() - ratio * start.filter(**a, age_start=30)["population"].item()
    assert found.filter(**a, age_start=40)["value"].item() == pytest.approx(want)
    assert found["age_start"].min() == 10


def test_children_of_single_years_follow_women_of_thirty_ages() -> None:
    frames, _, _, _ = single(1, 2)
    start, end = (frames[n].with_columns(sex=pl.lit("female")) for n in ("start", "end"))
    ratio = frames["deaths"].with_columns(value=pl.lit(0.9))
    found = net_migration(Counts(start, end, 2, children=True), ratio, ["sex"], "interval").filter(method="forward")
    value, alive = dict(found.select("age_start", "value").iter_rows()), dict(end.select("age_start", "population").iter_rows())
    for child, share in ((0, 0.25), (1, 0.75)):
        women = range(15 + child, 45 + child)
        want = share * alive[child] / sum(alive[x] for x in women) * sum(value[x] for x in women)
        assert value[child] == pytest.approx(want)


def test_the_oldest_of_the_united_nations_hardly_migrate() -> None:
    """UN populations and death rates: what is left at 90-94 and 95 and over is a rest of their rounding of ages."""
    pack = open_pack("kazakhstan")
    people, rates = (inputs.rows(pack, name) for name in ("population_by_age_sex", "death_rates_by_age_sex"))
    oldest = balances(pack, people, rates, None).filter((pl.col("age_start") >= 90) & (pl.col("method") == "forward"))
    assert oldest["value"].abs().median() < 60
