"""Published worked examples: net migration by survival ratios, and flows from stocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.estimation.flows_from_stocks import Choice, flows_from_stocks
from qonys.kernels.flows import intercensal

REFERENCE = Path(__file__).parents[1] / "reference"
PLACES = "ABCD"


def cohorts(pop_start: pl.Series, pop_end: pl.Series, survival: np.ndarray) -> dict[str, np.ndarray]:
    """One step of the whole interval: each cohort stands one place higher at its end; nobody is born."""
    start = np.append(pop_start.to_numpy(), 0.0)
    end = np.insert(pop_end.to_numpy().astype(float), 0, np.nan)
    found = intercensal.net_migration(start, end, np.insert(survival, 0, np.nan))
    return {name: values[1:] for name, values in found.items()}


def test_bombay_1951() -> None:
    """Manual VI, table 24 (forward), and the reverse and average output of migest's net_sr."""
    table = pl.read_csv(REFERENCE / "manual_vi_bombay_1951.csv")
    found = cohorts(table["pop_start"], table["pop_end"], table["survival"].to_numpy())
    assert found["forward"] == pytest.approx(table["net"].to_numpy(), abs=1.01)
    assert found["forward"].sum() == pytest.approx(562_043, abs=3)
    reverse = [69085, 92386, 199530, 190242, 85585, 9768, -7990, -23005, -4535, -7337, -7382, -779, 1031]
    average = [65931, 90413, 194252, 183659, 82260, 9358, -7609, -21682, -4206, -6648, -6472, -652, 715]
    assert found["reverse"] == pytest.approx(reverse, abs=1.01)
    assert found["average"] == pytest.approx(average, abs=1.01)


def test_bombay_with_a_wrong_survival_rings() -> None:
    """Planted fault: ratios shifted by one age group do not give the published net."""
    table = pl.read_csv(REFERENCE / "manual_vi_bombay_1951.csv")
    found = cohorts(table["pop_start"], table["pop_end"], np.roll(table["survival"].to_numpy(), 1))
    assert np.abs(found["forward"] - table["net"].to_numpy()).max() > 1000


def test_manila_1970_by_census_survival_with_children() -> None:
    """United Nations (1992), table 6: ratios of the nation, children by the child-woman ratio."""
    table = pl.read_csv(REFERENCE / "un_1992_manila_1970.csv")
    adults = table.filter(pl.col("pop_start").is_not_null())
    ratios = adults["nation_end"].to_numpy() / adults["nation_start"].to_numpy()
    found = cohorts(adults["pop_start"], adults["pop_end"], ratios)["forward"]
    assert found == pytest.approx(adults["net"].to_numpy(), abs=1.01)
    women, ages = table["pop_end"].to_numpy(), table["age_end"].to_list()
    net = np.insert(found, 0, [0.0, 0.0])
    for place, (first, last, share) in enumerate(((15, 40, 0.25), (20, 45, 0.75))):
        mothers = tuple(range(ages.index(first), ages.index(last) + 1))
        ratio = np.array(women[place] / women[list(mothers)].sum())
        child = intercensal.children(net, ratio, mothers, share)
        assert float(child) == pytest.approx(table["net"][place], abs=3.5)  # published with a rounded ratio


def stock(columns: list[float]) -> pl.DataFrame:
    """Tidy stock from a matrix written column by column (residence by residence)."""
    rows = [(PLACES[i % 4], PLACES[i // 4], float(value)) for i, value in enumerate(columns)]
    return pl.DataFrame(rows, schema=["birthplace", "residence", "value"], orient="row")


def vital(births: list[float], deaths: list[float]) -> pl.DataFrame:
    return pl.DataFrame({"residence": list(PLACES), "births": births, "deaths": deaths}, strict=False)


def matrix(frame: pl.DataFrame) -> np.ndarray:
    found = np.zeros((4, 4))
    for origin, destination, value in frame.select("origin", "destination", "value").iter_rows():
        found[PLACES.index(origin), PLACES.index(destination)] += value
    np.fill_diagonal(found, 0)
    return found


SCIENCE = ([1000, 55, 80, 20, 100, 555, 40, 25, 10, 50, 800, 20, 0, 5, 40, 200],
           [950, 80, 90, 40, 100, 505, 30, 45, 60, 75, 800, 0, 0, 5, 40, 180])  # fmt: skip
REVIEW = ([100, 20, 10, 20, 10, 55, 40, 25, 10, 25, 140, 20, 0, 10, 65, 200],
          [70, 25, 10, 40, 30, 60, 55, 45, 10, 10, 140, 0, 10, 15, 50, 180])  # fmt: skip
DATA = ([100, 80, 30, 60, 10, 180, 10, 70, 10, 10, 140, 10, 0, 90, 40, 160],
        [95, 75, 55, 35, 5, 225, 0, 25, 15, 5, 115, 25, 5, 55, 50, 215])  # fmt: skip
GROWN = ([1000, 55, 80, 20, 100, 555, 40, 25, 10, 50, 800, 20, 0, 5, 40, 200],
         [1060, 45, 70, 30, 60, 540, 75, 30, 10, 40, 770, 20, 10, 0, 70, 230])  # fmt: skip


@pytest.mark.parametrize(
    ("stocks", "expected"),
    [
        # Abel (2013), Demographic Research 28:505; Abel and Sander (2014), Science 343:1520
        (SCIENCE, [[0, 0, 50, 0], [35, 0, 25, 0], [10, 10, 0, 0], [10, 10, 0, 0]]),
        # Abel (2018), International Migration Review 52:809
        (REVIEW, [[0, 20, 0, 10], [0, 0, 0, 0], [15, 15, 0, 5], [10, 25, 0, 0]]),
        # Abel and Cohen (2019), Scientific Data 6:82
        (DATA, [[0, 5, 7.857143, 22.142857], [7.142857, 0, 12.142857, 40.714286],
                [17.857143, 5, 0, 7.142857], [0, 35, 0, 0]]),
    ],
)  # fmt: skip
def test_minimum_flows_without_births_and_deaths(stocks, expected) -> None:
    found = matrix(flows_from_stocks(stock(stocks[0]), stock(stocks[1])).flows())
    assert found == pytest.approx(np.array(expected, dtype=float), abs=1e-5)


DISTANCE = np.array([[0, 5, 50, 500], [5, 0, 45, 495], [50, 45, 0, 450], [500, 495, 450, 0]], dtype=float)


def test_a_seed_has_an_effect_and_keeps_what_the_stocks_fix() -> None:
    """Abel (2018), supplement, seeds with distances; migest 2.0.5 prints the same table as without, a fault not copied."""
    rows = [(PLACES[i], PLACES[j], DISTANCE[i, j]) for i in range(4) for j in range(4) if i != j]
    seed = pl.DataFrame(rows, schema=["origin", "destination", "value"], orient="row")
    plain = matrix(flows_from_stocks(stock(REVIEW[0]), stock(REVIEW[1])).flows())
    found = matrix(flows_from_stocks(stock(REVIEW[0]), stock(REVIEW[1]), seed=seed).flows())
    for axis in (0, 1):
        assert found.sum(axis=axis) == pytest.approx(plain.sum(axis=axis), abs=1e-6)
    assert found[:2] == pytest.approx(plain[:2], abs=1e-6)
    assert np.abs(plain - found).max() > 0.2
    assert found[2, 0] > plain[2, 0]  # C is nearer to B than to A, and "seed" is a weight: farther gets more


@pytest.mark.parametrize(
    ("system", "births", "expected"),
    [
        # migest 2.0.5, ffs_demo(match_birthplace_tot_method = "open-dr"), the example of Abel (2013)
        ("open", [80, 20, 40, 60],
         [[0, 8.502866, 0, 3.695332], [26.42296, 0, 0.4234563, 9.855274],
          [0, 34.183358, 0, 25.077888], [11.46761, 10.933241, 1.3928875, 0]]),
        # the same with method "open"
        ("open_exchanged", [80, 20, 40, 60],
         [[0, 8.897732, 0, 3.852711], [26.81098, 0, 0.4296748, 10],
          [0, 35.677466, 0, 26.145924], [11.62571, 11.251175, 1.4120903, 0]]),
        # Abel and Sander (2014), supplement: closed system
        ("closed", [80, 20, 60, 60],
         [[0, 3.328563, 0, 3.242990], [34.120952, 0, 0.5838738, 9.809336],
          [0.004366, 27.127753, 0, 25.711331], [12.44612, 9.058478, 2.2595262, 0]]),
    ],
)  # fmt: skip
def test_flows_with_births_and_deaths(system, births, expected) -> None:
    events = vital(births, [70, 30, 50, 10])
    found = flows_from_stocks(stock(GROWN[0]), stock(GROWN[1]), events, choice=Choice(system=system))
    # the rival stops raking at 0.001 persons
    assert matrix(found.flows()) == pytest.approx(np.array(expected), abs=1e-3)
