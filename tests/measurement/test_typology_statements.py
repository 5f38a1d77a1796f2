"""The rules as SQL against the engine of the typology: the same label and rule of every record."""

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from tests.measurement.test_typology import made_up

from qonys.errors import BadInput
from qonys.measurement.typology.classify import LADDERS, Windows, classify, standard_rules
from qonys.measurement.typology.records import check_records
from qonys.measurement.typology.statements import label_statements


def random_moves(seed, rows):
    """Moves drawn at random with persons, days (several on one) and places, some of them empty."""
    draws = np.random.default_rng(seed)
    person, day = draws.integers(0, rows // 6, rows), draws.integers(0, 3000, rows) // 10 * 10
    place = np.array(["a", "b", None], dtype=object)
    gone = draws.random((2, rows)) < 0.05
    return made_up(seed, rows).with_columns(
        person=pl.Series([None if out else f"p{one}" for one, out in zip(person, gone[0], strict=True)]),
        date=pl.Series([None if out and not lone else date(2010, 1, 1) + timedelta(days=int(one))
                        for one, out, lone in zip(day, gone[1], gone[0], strict=True)]),
        origin=pl.Series(place[draws.integers(0, 3, rows)].tolist()),
        destination=pl.Series(place[draws.integers(0, 3, rows)].tolist()),
    )  # fmt: skip


LABELS = [column + part for column in LADDERS.values() for part in ("", "_rule")]


def by_sql(frame, home, **options):
    """Labels and rules of records by SQL, in the order of the records."""
    with duckdb.connect() as connection:
        connection.register("records", check_records(frame, ()).with_row_index("row").to_arrow())
        for statement in label_statements("records", home, **options):
            connection.execute(statement)
        return connection.sql(f"SELECT {', '.join(LABELS)} FROM labelled ORDER BY row").pl()


def by_engine(frame, home, **options):
    return classify(frame, home, **options).select(pl.col(name).cast(pl.String) for name in LABELS)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_labels_are_those_of_the_engine(seed):
    frame = random_moves(seed, 3000)
    found, wanted = by_sql(frame, "KAZ", kin_groups=("kazakh",)), by_engine(frame, "KAZ", kin_groups=("kazakh",))
    for name in LABELS:
        assert found[name].equals(wanted[name], check_names=False), name
    assert found["form"].n_unique() > 10


@pytest.mark.long
def test_other_windows_months_and_kin():
    frame = random_moves(3, 1500)
    windows = Windows(transit_days=200, circular_years=3, circular_moves=2, circular_stay=1.0)
    options = {"windows": windows, "resident_months": 6.0}
    assert by_sql(frame, "KAZ", **options).equals(by_engine(frame, "KAZ", **options))


@pytest.mark.long
def test_a_planted_fault_in_a_rule_rings():
    frame = random_moves(1, 1500)
    fewer = standard_rules().without("T08")
    assert not by_sql(frame, "KAZ", rules=fewer).equals(by_engine(frame, "KAZ"))
    assert by_sql(frame, "KAZ", rules=fewer).equals(by_engine(frame, "KAZ", rules=fewer))


def test_a_home_that_is_no_code():
    with pytest.raises(BadInput):
        label_statements("records", "kz'")
