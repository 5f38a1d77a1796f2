"""A population from tables: against plain loops, closed forms, small time steps, the national engine and the UN's total."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import brentq

import qonys
from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.kernels.cohorts import component, engine, regions
from qonys.kernels.mortality.life_tables import life_table
from qonys.projection.populations import mortality, rates
from qonys.projection.populations.ages import AgeGroups
from qonys.study.base import national

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # what is kept beyond the last year is said
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SEXES = ("female", "male")
RNG = np.random.Generator(np.random.Philox(key=61))
AGES = tuple(range(0, 90, 5))


def frame(values, name="value", **axes) -> pl.DataFrame:
    """A long table of an array."""
    index = np.indices(values.shape).reshape(len(axes), -1)
    columns = {axis: [labels[i] for i in place] for (axis, labels), place in zip(axes.items(), index, strict=True)}
    return pl.DataFrame({**columns, name: values.ravel()})


def world(width=5, years=1):
    """Made-up tables of one population: people, births, deaths, migrants by year."""
    ages = tuple(range(0, 90, width))
    m = np.exp(-9 + 0.09 * np.array(ages)) * RNG.uniform(0.8, 1.2, (years, 2, len(ages))) + 0.002
    return {
        "ages": ages,
        "people": RNG.uniform(500, 900, (2, len(ages))),
        "births": RNG.uniform(0.02, 0.14, (years, 35 // width)),
        "deaths": m,
        "migrants": RNG.normal(0, 8, (years, 2, len(ages))),
    }


def tables(made, start=2020):
    years = range(start, start + len(made["deaths"]))
    mothers = [age for age in made["ages"] if 15 <= age < 50]
    return (
        frame(made["people"], sex=SEXES, age=made["ages"]),
        frame(made["births"], year=years, age=mothers),
        frame(made["deaths"], year=years, sex=SEXES, age=made["ages"]),
        frame(made["migrants"], year=years, sex=SEXES, age=made["ages"]),
    )


def plainly(made, width, steps, timing, weights):
    """The same written out cell by cell, years of a step weighted by `weights`: populations, births, deaths."""
    ages, now, found = made["ages"], made["people"].tolist(), []
    count = len(ages)
    for step in range(steps):
        def held(values, step=step):
            last = len(values) - 1
            return sum(w * np.asarray(values)[min(step * width + i, last)] for i, w in enumerate(weights))

        births, deaths, migrants = held(made["births"]), held(made["deaths"]), width * held(made["migrants"])
        lived = [life_table(deaths[s], np.array(ages, float), sex).L for s, sex in enumerate(SEXES)]
        new, died = [[0.0] * count, [0.0] * count], 0.0
        half = 0.5 if timing == "even" else 0.0
        begun = [[now[s][x] + half * migrants[s][x] for x in range(count)] for s in range(2)]
        for s in range(2):
            for x in range(1, count):
                people, survive = begun[s][x - 1], lived[s][x] / lived[s][x - 1]
                if x == count - 1:
                    people, survive = people + begun[s][x], lived[s][x] / (lived[s][x] + lived[s][x - 1])
                new[s][x] = people * survive
                died += people * (1 - survive)
        born = 0.0
        for i, rate in enumerate(births):
            x = ages.index(15) + i
            born += width * rate * (begun[0][x] + new[0][x] + half * migrants[0][x]) / 2
        for s, share in enumerate((1 / 2.05, 1.05 / 2.05)):
            new[s][0] = born * share * lived[s][0] / width
            died += born * share * (1 - lived[s][0] / width)
            for x in range(count):
                new[s][x] += (1 if timing == "end" else 0.5) * migrants[s][x]
        found.append((np.array(new), born, died))
        now = new
    return found


@pytest.mark.parametrize("width", [1, 5])
@pytest.mark.parametrize("timing", ["even", "end"])
@pytest.mark.parametrize("reference", ["january", "midyear"])
def test_the_projection_is_the_plain_loop(width, timing, reference) -> None:
    made = world(width, years=7)
    people, births, deaths, migrants = tables(made)
    found = qonys.project_population(
        people, births, deaths, migrants, start=2020, horizon=2020 + 3 * width, timing=timing, reference=reference
    )
    halves = [0.5, *[1.0] * (width - 1), 0.5] if reference == "midyear" else [1.0] * width
    expected = plainly(made, width, 3, timing, np.array(halves) / width)
    for step, (population, born, died) in enumerate(expected):
        assert found.model.population[step + 1, 0, 0] == pytest.approx(population, rel=1e-11)
        assert found.frame["births"][step] == pytest.approx(born, rel=1e-11)
        assert found.frame["deaths"][step] == pytest.approx(died, rel=1e-11)
    assert found.model.residual() < 1e-8


def test_a_stable_population_grows_at_its_root() -> None:
    """1 = n/2 g sum f(x) l(x) lambda^(-x/n) (1 + 1/lambda), the discrete form of Lotka's equation; it keeps its ages."""
    made = world()
    births, deaths = made["births"][0] * 1.4, made["deaths"][0]
    survival = np.stack([mortality.survival_of(life_table(deaths[s], np.array(AGES, float), sex).L, AGES, AgeGroups(AGES, 5))
                         for s, sex in enumerate(SEXES)])  # fmt: skip
    alive = np.cumprod(survival[0])

    def excess(growth):
        x = np.arange(3, 10)
        return 2.5 / 2.05 * (births * alive[3:10] * growth**-x * (1 + 1 / growth)).sum() - 1

    growth = brentq(excess, 0.5, 2)
    shape = np.cumprod(survival, axis=1) * growth ** -np.arange(18.0)
    shape[:, -1] = shape[:, -2] * survival[:, -1] / (growth - survival[:, -1])
    shape[1] *= 1.05
    found = qonys.project_population(
        frame(1000 * shape, sex=SEXES, age=AGES), frame(births, age=AGES[3:10]), frame(deaths, sex=SEXES, age=AGES),
        start=2000, horizon=2050,
    )  # fmt: skip
    for step in range(11):
        assert found.model.population[step, 0, 0] == pytest.approx(1000 * shape * growth**step, rel=1e-9)


def test_the_national_engine_gives_the_same_for_kazakhstan() -> None:
    """Single years from 2023 without migration: the compiled engine of draws and a person's tables, cell by cell."""
    pack = open_pack("kazakhstan")
    people = pack.table("population_age_sex").filter(pl.col("year") == 2023).sort("age_start")
    groups = np.stack([people.filter(pl.col("sex") == sex)["value"].cast(pl.Float64).to_numpy() for sex in SEXES])
    now = national.single_ages(groups, np.arange(0.0, 101, 5), 101)
    family = national.family_of(pack, national.GRID)
    place = int(np.searchsorted(family.e0, 74))
    e0 = float(family.e0[place])
    pattern = national.fertility_pattern(pack, range(2024, 2034))
    drivers = engine.CohortDrivers(np.full((1, 10), 2.9), np.full((1, 10, 2), e0), np.zeros((1, 10)), np.zeros((1, 10)))
    flat = np.full((2, 101), 1 / 202)
    given = engine.CohortTables(
        e0=family.e0, survival=family.survival, pattern=pattern, sex_ratio=np.full(10, 1.06), immigrant_ages=flat,
        emigrant_ages=flat, added=np.zeros(10), buckets=np.zeros((2, 101), np.int64),
    )  # fmt: skip
    expected = engine.run(now[None], given, drivers, (10,))
    ages = range(101)
    lived = np.empty((2, 101))
    survival = family.survival[:, place]
    lived[:, :100] = np.cumprod(survival[:, :100], axis=1)
    lived[:, 100] = lived[:, 99] * survival[:, 100] / (1 - survival[:, 100])
    found = qonys.project_population(
        frame(now, sex=SEXES, age=ages), frame(pattern, year=range(2023, 2033), age=ages),
        frame(1e5 * lived, sex=SEXES, age=ages), start=2023, horizon=2033, mortality_kind="lived", sex_ratio=1.06,
        total={"value": [2.9]},
    )  # fmt: skip
    assert found.model.population[-1, 0, 0] == pytest.approx(expected.kept[0, 0], rel=1e-10)
    assert found.frame["births"].to_numpy() == pytest.approx(expected.accounts[0, :, engine.BIRTHS], rel=1e-10)


def test_the_examples_give_the_united_nations_population() -> None:
    """From the rates of the World Population Prospects 2024, its total of the end of 2049 within 0.2 %."""
    files = [EXAMPLES / f"own-{name}.csv" for name in ("population", "fertility", "mortality", "migration")]
    found = qonys.project_population(*files, horizon=2050, sex_ratio=1.062)
    rows = open_pack("kazakhstan").table("projection_un").filter(
        (pl.col("variant") == "median") & (pl.col("indicator") == "population")
    )
    ends = {row["year"]: float(row["value"]) for row in rows.iter_rows(named=True)}
    middle = (ends[2049] + ends[2050]) / 2
    assert found.frame["population_end"][-1] == pytest.approx(middle, rel=2e-3)


def two_regions():
    survival = RNG.uniform(0.85, 0.99, (2, 2, 6))
    moves = RNG.uniform(0, 0.06, (2, 6, 2, 2))
    return RNG.uniform(100, 900, (2, 2, 6)), survival, moves, RNG.uniform(0.0, 0.1, (2, 6)), RNG.normal(0, 5, (2, 2, 6))


@pytest.mark.parametrize("timing", ["even", "end"])
@pytest.mark.parametrize("width", [1, 5])
def test_regions_without_moves_are_each_alone(width, timing) -> None:
    people, survival, moves, births, migrants = two_regions()
    found = regions.step(people, regions.transitions(survival, 0 * moves, width), births, 1.05, migrants, width, timing)
    alone = component.step(people, survival, births, 1.05, migrants, width, timing)
    assert found.population == pytest.approx(alone.population, rel=1e-12)
    assert found.deaths == pytest.approx(alone.deaths, rel=1e-10)


def test_regions_with_moves_are_small_steps_of_time() -> None:
    """Cohorts carried by fourth-order steps of a thousandth of the interval die and move as the exponential says."""
    people, survival, moves, births, _ = two_regions()
    width, parts = 5, 1000
    change = regions.transitions(survival, moves, width)
    for sex, x in ((0, 2), (1, 5), (0, 6)):
        rates_ = change.moves[sex, x] * (1 - np.eye(2))
        g = rates_ - np.diag(rates_.sum(axis=1) + change.deaths[sex, x])
        h = width / parts
        once = np.eye(2) + h * g + (h * g) @ (h * g) / 2
        assert np.linalg.matrix_power(once, parts) == pytest.approx(change.places[sex, x], rel=1e-6)
    born, lived = np.zeros((2, 2)), np.zeros((2, 2))
    rates_ = moves[0, 0] * (1 - np.eye(2))
    g = rates_ - np.diag(rates_.sum(axis=1) + change.deaths[0, 0])
    h = width / parts
    once = np.eye(2) + h * g + (h * g) @ (h * g) / 2
    for _ in range(parts):  # a constant stream of births, one over the step
        middle = born @ (np.eye(2) + h / 2 * g) + np.eye(2) / parts / 2
        lived += h * middle
        born = born @ once + np.eye(2) / parts @ (np.eye(2) + h / 2 * g)
    assert born == pytest.approx(change.places[0, 0], rel=1e-5)
    assert lived == pytest.approx(change.years[0, 0], rel=1e-4)
    assert change.places[0, 0].sum() < 2
    done = regions.step(people, change, births, 1.05, np.zeros_like(people), width)
    net = done.moves.sum(axis=0) - done.moves.sum(axis=1)
    left = people + 0.0
    left = left.sum(axis=(1, 2)) + done.births.sum(axis=1) - done.deaths.sum(axis=(1, 2)) + net.sum(axis=(1, 2))
    assert left == pytest.approx(done.population.sum(axis=(1, 2)), rel=1e-12)


def regional(moved, kind="numbers", **more):
    made = world()
    people = np.stack([made["people"], 2 * made["people"]])
    return qonys.project_population(
        frame(people, region=("A", "B"), sex=SEXES, age=AGES), frame(made["births"][0], age=AGES[3:10]),
        frame(made["deaths"][0], sex=SEXES, age=AGES), moved, start=2020, horizon=2040, migration_kind=kind, **more,
    ), made  # fmt: skip


@pytest.mark.parametrize("kind", ["numbers", "rates"])
def test_moves_between_regions_leave_the_country_as_it_is(kind) -> None:
    """Equal rates in both regions: the sum of the regions is the country without migration, and accounts close."""
    size = 2.0 if kind == "numbers" else 0.02
    moved = frame(np.full((2, 2, 18), size), pair=("A/B", "B/A"), sex=SEXES, age=AGES).with_columns(
        origin=pl.col("pair").str.slice(0, 1), destination=pl.col("pair").str.slice(2, 1)
    ).drop("pair")  # fmt: skip
    found, made = regional(moved, kind)
    people, births, deaths, _ = tables(made)
    whole = qonys.project_population(people.with_columns(pl.col("value") * 3), births, deaths, start=2020, horizon=2040)
    assert found.model.population.sum(axis=2)[:, 0] == pytest.approx(whole.model.population[:, 0, 0], rel=1e-11)
    assert found.model.residual() < 1e-8
    by_step = found.frame.group_by("year", maintain_order=True).agg(pl.col("net_migration").sum())
    assert by_step["net_migration"].to_numpy() == pytest.approx(np.zeros(4), abs=1e-8)
    assert (found.frame["arrivals"] > 0).all()


def test_moves_stand_beside_net_migration_from_outside() -> None:
    moved = frame(np.full((1, 2, 18), 0.01), origin=("A",), sex=SEXES, age=AGES).with_columns(destination=pl.lit("B"))
    abroad = frame(np.full((2, 2, 18), 0.001), region=("A", "B"), sex=SEXES, age=AGES)
    found, _ = regional(abroad, "rates", moves=moved)
    assert found.model.residual() < 1e-8
    assert found.model.migrants.sum() > 0
    with pytest.raises(BadInput, match="each once"):
        regional(moved, "rates", moves=moved)


def test_draws_are_each_projected_and_their_quantiles_shown() -> None:
    made = world()
    people, births, deaths, _ = tables(made)
    drawn = pl.concat([births.with_columns(pl.col("value") * factor, draw=pl.lit(d)) for d, factor in enumerate((0.5, 1.0, 1.5))])
    found = qonys.project_population(people, drawn, deaths, start=2020, horizon=2030)
    one = qonys.project_population(people, births, deaths, start=2020, horizon=2030)
    middle = found.frame.filter((pl.col("measure") == "population") & (pl.col("year") == 2030))["q50"].item()
    assert middle == pytest.approx(one.frame["population_end"][-1], rel=1e-12)
    assert found.model.population.shape[1] == 3
    with pytest.raises(BadInput, match="draws"):
        qonys.project_population(people, drawn, deaths.with_columns(draw=pl.lit(7)), start=2020, horizon=2030)


def test_survivors_rates_and_years_lived_of_one_life_table_agree() -> None:
    ages = np.array([0, 1, *range(5, 100, 5)], dtype=float)
    made = np.exp(-9.2 + 0.092 * ages) + 0.0006
    table = [life_table(made, ages, sex) for sex in SEXES]
    people, births, _, _ = tables(world())
    found = {}
    for kind, values in (("rates", [t.m for t in table]), ("lived", [1e5 * t.L for t in table]), ("survivors", [t.l for t in table])):
        deaths = frame(np.stack(values), sex=SEXES, age=[int(age) for age in ages])
        result = qonys.project_population(people, births, deaths, start=2020, horizon=2030, mortality_kind=kind)
        found[kind] = result.model.population[-1, 0, 0]
    assert found["lived"] == pytest.approx(found["rates"], rel=1e-12)
    assert found["survivors"] == pytest.approx(found["rates"], rel=2e-3)
    assert found["survivors"][:, :14] == pytest.approx(found["rates"][:, :14], rel=1e-7)


def test_people_who_are_not_there_do_not_leave() -> None:
    made = world()
    made["migrants"] -= 400
    found = qonys.project_population(*tables(made), start=2020, horizon=2040)
    assert found.model.clipped > 0
    assert found.model.residual() < 1e-8
    assert (found.model.population >= 0).all()
    assert any("nobody was left" in note for note in found.notes) or not found.notes


def refused(match, change=None, **options):
    made = dict(zip(("population", "fertility", "mortality", "migration"), tables(world()), strict=True))
    for name, edit in (change or {}).items():
        made[name] = edit(made[name])
    with pytest.raises(BadInput, match=match):
        qonys.project_population(*made.values(), **({"start": 2020, "horizon": 2030} | options))


@pytest.mark.parametrize(
    ("match", "change", "options"),
    [
        ("sex male age_start 30", {"mortality": lambda f: f.filter(~((pl.col("sex") == "male") & (pl.col("age") == 30)))}, {}),
        ("begin at 5", {"population": lambda f: f.filter(pl.col("age") > 0)}, {}),
        ("groups of one width", {"population": lambda f: f.filter(pl.col("age") != 30)}, {}),
        ("do not fit", {"mortality": lambda f: f.filter(pl.col("age") <= 80)}, {}),
        ("do not fit", {"migration": lambda f: f.with_columns(pl.col("age") // 10 * 10).unique(["year", "sex", "age"])}, {}),
        ("Ages of mothers", {"fertility": lambda f: f.filter(pl.col("age") != 25)}, {}),
        ("below zero|between", {"population": lambda f: f.with_columns(pl.col("value") - 600)}, {}),
        ("births per woman", {"fertility": lambda f: f.with_columns(pl.col("value") * 1000)}, {}),
        ("per 100,000|per 1,000|above", {"mortality": lambda f: f.with_columns(pl.col("value") * 1000)}, {}),
        ("has to be above zero", {"mortality": lambda f: f.with_columns(pl.col("value") * (pl.col("age") < 85))}, {}),
        ("begins with 2021", {"fertility": lambda f: f.with_columns(pl.col("year") + 1)}, {}),
        ("no end of a step", None, {"horizon": 2033}),
        ("no end of a step", None, {"horizon": 2020}),
        ("--start", None, {"start": 0}),
        ("several years", {"population": lambda f: pl.concat([f.with_columns(year=pl.lit(y)) for y in (2019, 2020)])}, {"start": 0}),
        ("no year 2020", {"population": lambda f: f.with_columns(year=pl.lit(2019))}, {}),
        ("female, F", {"population": lambda f: f.with_columns(sex=pl.lit("x") + pl.col("sex"))}, {}),
        ("no row for|has no", {"population": lambda f: f.filter(pl.col("sex") == "male")}, {}),
        ("survivors at age", None, {"mortality_kind": "survivors"}),
        ("mortality.kind", None, {"mortality_kind": "lifetable"}),
        ("migration.kind", None, {"migration_kind": "flows"}),
        ("per person and year", None, {"migration_kind": "rates"}),
        ("timing", None, {"timing": "late"}),
        ("sex ratio", None, {"sex_ratio": 105.0}),
        ("no regions", {"migration": lambda f: f.with_columns(origin=pl.lit("A"), destination=pl.lit("B"))}, {}),
        ("no column region", {"population": lambda f: pl.concat([f.with_columns(region=pl.lit(r)) for r in "AB"])}, {}),
        ("population has A", {"population": lambda f: pl.concat([f.with_columns(region=pl.lit(r)) for r in "AB"]),
                              "migration": lambda f: pl.concat([f.with_columns(region=pl.lit(r)) for r in "AC"])}, {}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(match, change, options) -> None:
    refused(match, change, **options)


def test_more_people_cannot_move_than_there_are() -> None:
    moved = frame(np.full((1, 2, 18), 400.0), origin=("A",), sex=SEXES, age=AGES).with_columns(destination=pl.lit("B"))
    with pytest.raises(BadInput, match="More people leave A"):
        regional(moved)


def test_a_step_takes_the_years_it_lies_in() -> None:
    table = rates.YearlyTable("x", (), (2020, 2022), np.array([[1.0, 3.0]]))
    assert table.in_step(rates.years_of_step(2020, 5, rates.JANUARY)).item() == pytest.approx((2 * 1 + 3 * 3) / 5)
    assert table.in_step(rates.years_of_step(2021, 1, rates.MIDYEAR)).item() == pytest.approx(2)
    assert table.in_step(rates.years_of_step(2030, 1, rates.JANUARY)).item() == 3
