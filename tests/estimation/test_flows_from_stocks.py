"""Tidy flows from stocks: accounts that close, options, and one sentence for each fault."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import AxisMismatch, BadInput
from qonys.estimation.flows_from_stocks import ACCOUNTING, DIFFERENCING, Choice, flows_from_stocks

PLACES = "ABCD"
# Example stocks, births and deaths of Abel (2013), Demographic Research 28:505 (births of C: 60 in the
# supplement of Abel and Sander 2014)
START = [[1000, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]]
END = [[1060, 60, 10, 10], [45, 540, 40, 0], [70, 75, 770, 70], [30, 30, 20, 230]]


def tidy(table) -> pl.DataFrame:
    rows = [(PLACES[k], PLACES[i], float(table[k][i])) for k in range(4) for i in range(4)]
    return pl.DataFrame(rows, schema=["birthplace", "residence", "value"], orient="row")


def vital(births_c: float = 40) -> pl.DataFrame:
    return pl.DataFrame({"residence": list(PLACES), "births": [80.0, 20, births_c, 60], "deaths": [70.0, 30, 50, 10]})


@pytest.mark.parametrize("method", ACCOUNTING)
@pytest.mark.parametrize(("system", "births_c"), [("closed", 60), ("open", 40)])
def test_accounts_close_for_every_place(method, system, births_c) -> None:
    found = flows_from_stocks(tidy(START), tidy(END), vital(births_c), choice=Choice(method, system))
    assert found.balance["difference"].abs().max() < 1e-6
    assert found.flows()["value"].min() >= 0
    assert found.split()["value"].sum() == pytest.approx(found.total.sum())
    assert found.births_table()["value"].sum() == pytest.approx(found.total.sum())


def test_net_migration_is_the_residual_of_each_place() -> None:
    found = flows_from_stocks(tidy(START), tidy(END), vital(60))
    assert found.balance["net"].round(6).to_list() == [40.0, -5.0, -50.0, 15.0]
    assert found.accounts is not None
    assert found.accounts.closure == pytest.approx(0)


# Example of the supplement of Abel (2018), International Migration Review 52:809, with births and deaths: 50 were born
# in B, where 45 natives are counted at the end
IMR_START = [[100, 10, 10, 0], [20, 55, 25, 10], [10, 40, 140, 65], [20, 25, 20, 200]]
IMR_END = [[75, 25, 5, 0], [20, 45, 30, 15], [30, 40, 150, 60], [30, 30, 20, 230]]
IMR_VITAL = pl.DataFrame({"residence": list(PLACES), "births": [10, 50, 25, 60], "deaths": [30, 10, 40, 10]})


@pytest.mark.parametrize("system", ["closed", "open"])
def test_births_above_the_natives_are_spread_in_that_place_alone(system) -> None:
    found = flows_from_stocks(tidy(IMR_START), tidy(IMR_END), IMR_VITAL, choice=Choice(system=system))
    born = np.diag([10.0, 50, 25, 60])
    born[:, 1] = 50 * np.array([25, 45, 40, 30]) / 140
    assert found.accounts is not None
    np.testing.assert_allclose(found.accounts.births, born)
    assert found.births_beyond() == ["B"]
    assert found.balance["net"].round(6).to_list() == [25.0, -30.0, 25.0, -20.0]
    assert found.balance["difference"].abs().max() < 1e-6
    if system == "closed":
        start, end = np.array(IMR_START, dtype=float), np.array(IMR_END, dtype=float)
        died = start * np.array([30, 10, 40, 10]) / start.sum(axis=0)
        np.testing.assert_allclose(found.total, minimum(start - died, end - born), atol=1e-6)


def minimum(start, end, sweeps=3000):
    """Both tables raked to the mean of their birthplace totals, then the fewest transitions, cell by cell."""
    rows = (start.sum(axis=1) + end.sum(axis=1)) / 2
    tables = []
    for table in (start, end):
        raked = table.copy()
        for _ in range(sweeps):
            raked *= (rows / raked.sum(axis=1))[:, None]
            raked *= table.sum(axis=0) / raked.sum(axis=0)
        tables.append(raked)
    flows = np.zeros((4, 4))
    for k in range(4):
        stay = np.minimum(tables[0][k], tables[1][k])
        out, into = tables[0][k] - stay, tables[1][k] - stay
        for i in range(4):
            for j in range(4):
                flows[i, j] += out[i] * into[j] / max(out.sum(), 1e-300) if i != j else 0.0
    return flows


def test_closed_system_that_does_not_balance_says_by_how_much() -> None:
    found = flows_from_stocks(tidy(START), tidy(END), vital(40))
    assert found.accounts is not None
    assert found.accounts.closure == pytest.approx(-20)
    assert found.balance["difference"].sum() == pytest.approx(20)


def test_differences_account_for_nothing() -> None:
    found = flows_from_stocks(tidy(START), tidy(END), vital(60), choice=Choice("difference_zero"))
    assert found.accounts is None
    assert found.balance["difference"].abs().max() > 1
    with pytest.raises(BadInput, match="does not distinguish birthplaces"):
        found.split()


@pytest.mark.parametrize("method", [*ACCOUNTING, *DIFFERENCING])
def test_same_input_same_bits(method) -> None:
    first, second = (flows_from_stocks(tidy(START), tidy(END), vital(60), choice=Choice(method)).total for _ in "ab")
    assert np.array_equal(first, second)


@pytest.mark.parametrize("method", [*ACCOUNTING, *DIFFERENCING])
def test_row_order_does_not_matter(method) -> None:
    shuffled = flows_from_stocks(
        tidy(START).sample(fraction=1, shuffle=True, seed=3), tidy(END), vital(60), choice=Choice(method)
    )
    plain = flows_from_stocks(tidy(START), tidy(END), vital(60), choice=Choice(method))
    assert np.array_equal(shuffled.total, plain.total)


def test_seed_pulls_flows_towards_it() -> None:
    near = [(a, b, 10.0 if {a, b} == {"A", "B"} else 1.0) for a in PLACES for b in PLACES if a != b]
    seed = pl.DataFrame(near, schema=["origin", "destination", "value"], orient="row")
    plain = flows_from_stocks(tidy(START), tidy(END), vital(60), choice=Choice("independence"))
    pulled = flows_from_stocks(tidy(START), tidy(END), vital(60), seed, Choice("independence"))
    share = lambda f: f.total[0, 1] / f.total[0].sum()  # noqa: E731
    assert share(pulled) > share(plain)
    assert pulled.balance["difference"].abs().max() < 1e-4


def raises(sentence: str, start=None, end=None, events=None, seed=None, choice=None) -> None:
    with pytest.raises((BadInput, AxisMismatch), match=sentence):
        flows_from_stocks(
            tidy(START) if start is None else start,
            tidy(END) if end is None else end,
            vital(60) if events is None else events,
            seed,
            choice,
        )


def test_faults_are_named() -> None:
    bad = tidy(START).with_columns(
        value=pl.when((pl.col("birthplace") == "B") & (pl.col("residence") == "C")).then(-5.0).otherwise("value")
    )
    raises("negative numbers in B/C", start=bad)
    raises("no row for C/D", start=tidy(START).filter(~((pl.col("birthplace") == "C") & (pl.col("residence") == "D"))))
    raises("holds A/A more than once", start=pl.concat([tidy(START), tidy(START).head(1)]))
    raises(
        "no finite number in A/A",
        start=tidy(START).with_columns(value=pl.when(pl.int_range(pl.len()) == 0).then(None).otherwise("value")),
    )
    raises("has no column value", start=tidy(START).rename({"value": "persons"}))
    raises("Births exceed .* in D", events=vital().with_columns(births=pl.Series([80.0, 20, 60, 400])))
    raises("Deaths exceed .* in B", events=vital(60).with_columns(deaths=pl.Series([70.0, 900, 50, 10])))
    raises("has 'E'", events=vital().with_columns(residence=pl.Series(list("ABCE"))))
    raises("no row for D", events=vital().head(3))
    raises(
        "no native-born",
        start=tidy(START).with_columns(
            value=pl.when(pl.col("birthplace") == pl.col("residence")).then(0.0).otherwise("value")
        ),
    )
    home = pl.col("birthplace") == pl.col("residence")
    far = tidy(END).with_columns(pl.when(home).then("value").otherwise(pl.col("value") * 50))
    raises("make the native-born of .* negative", end=far, choice=Choice(imbalance=100))


def test_missing_cells_as_none_are_counted() -> None:
    start = tidy(START).filter(pl.col("value") != 0)
    found = flows_from_stocks(start, tidy(END), vital(60), choice=Choice(missing="zero"))
    assert found.zeros == 1
    full = flows_from_stocks(tidy(START), tidy(END), vital(60))
    assert np.array_equal(found.total, full.total)


def test_seed_with_zeros_where_moves_are_needed_is_refused() -> None:
    rows = [(a, b, 0.0 if b == "A" else 1.0) for a in PLACES for b in PLACES if a != b]
    raises("seed is zero where", seed=pl.DataFrame(rows, schema=["origin", "destination", "value"], orient="row"))


def test_first_published_open_form_can_leave_negative_stocks_and_says_so() -> None:
    end = [row[:] for row in END]
    end[1] = [9000, 540, 40, 0]
    start = [row[:] for row in START]
    start[1] = [0, 9555, 50, 5]
    raises("negative stocks in B/A", tidy(start), tidy(end), vital(40), None, Choice(system="open_exchanged"))
    found = flows_from_stocks(tidy(start), tidy(end), vital(40), choice=Choice(system="open"))
    assert found.balance["difference"].abs().max() < 1e-6


@pytest.mark.parametrize(
    "bad", [{"method": "best"}, {"system": "half"}, {"births": "all"}, {"missing": "x"}, {"weight": 1.5}]
)
def test_unknown_choices_are_refused(bad) -> None:
    with pytest.raises(BadInput):
        Choice(**bad)


def test_known_moves_are_spread_as_the_foreign_born() -> None:
    found = flows_from_stocks(tidy(START), tidy(END), choice=Choice("rates_shares", moves=890))
    assert found.total.sum() == pytest.approx(890)
    assert found.total[0, 1] == pytest.approx(890 * 100 / 445)  # 445 foreign-born, 100 of them from A in B


def test_one_matrix_of_transitions_is_found_again() -> None:
    start = np.array([[900.0, 60, 40], [30, 700, 20], [10, 50, 640]])
    moves = np.array([[0.9, 0.06, 0.04], [0.02, 0.95, 0.03], [0.05, 0.05, 0.9]])
    tables = [
        pl.DataFrame(
            [("ABC"[k], "ABC"[i], t[k, i]) for k in range(3) for i in range(3)],
            schema=["birthplace", "residence", "value"],
            orient="row",
        )
        for t in (start, start @ moves)
    ]
    found = flows_from_stocks(*tables, choice=Choice("rates_transitions")).total
    np.testing.assert_allclose(found, moves * (1 - np.eye(3)) * start.sum(axis=0)[:, None], atol=1e-9)


def test_rates_ring() -> None:
    with pytest.raises(BadInput, match="negative flows in A/B, B/A"):
        flows_from_stocks(tidy(START), tidy(END), choice=Choice("rates_transitions"))
    with pytest.raises(BadInput, match="known total of moves"):
        Choice("rates_shares")
    empty = [[0] * 4, *START[1:]]
    with pytest.raises(BadInput, match="without anybody: A"):
        flows_from_stocks(tidy(empty), tidy(END), choice=Choice("rates_transitions"))
    natives = [[START[k][i] * (k == i) for i in range(4)] for k in range(4)]
    with pytest.raises(BadInput, match="nobody outside the birthplace"):
        flows_from_stocks(tidy(natives), tidy(END), choice=Choice("rates_shares", moves=10))


def test_stocks_far_out_of_balance_name_their_places() -> None:
    swollen = [[cell * (3 if i == 2 else 1) for i, cell in enumerate(row)] for row in END]
    with pytest.raises(BadInput, match=r"most in C \(\+1,\d+\)"):
        flows_from_stocks(tidy(START), tidy(swollen), vital(60))
    wide = flows_from_stocks(tidy(START), tidy(swollen), vital(60), choice=Choice(imbalance=1.0))
    assert wide.accounts is not None
    assert abs(wide.accounts.closure) > 1000
    assert flows_from_stocks(tidy(START), tidy(swollen), vital(60), choice=Choice(system="open")).accounts is not None
