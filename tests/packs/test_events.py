"""Periods, events and shocks of the Kazakhstan pack."""

import csv
import itertools
from pathlib import Path

import pytest

import qonys
from qonys.spaces import Period

PACK = Path(qonys.__file__).parent / "packs" / "kazakhstan"


def rows(name):
    path = PACK / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def periods(scheme):
    return sorted(
        Period(int(row["start"]), int(row["end"]))
        for row in rows("events.csv")
        if row["kind"] == "period" and row["scheme"] == scheme and row["end"]
    )


def uncovered(found, start, end):
    """Years between `start` and `end` that no period or more than one period holds."""
    return [year for year in range(start, end) if sum(year in period for period in found) != 1]


def test_intercensal_periods_cover_1897_to_2025_once():
    found = periods("intercensal")
    assert uncovered(found, 1897, 2025) == []
    assert (found[0].start, found[-1].end) == (1897, 2025)


def test_fault_gap_and_overlap_are_seen():
    found = periods("intercensal")
    assert uncovered(found[1:], 1897, 2025)
    assert uncovered([*found, Period(1950, 1955)], 1897, 2025) == [1950, 1951, 1952, 1953, 1954]


def test_each_row_is_whole():
    found = rows("events.csv")
    assert len({row["id"] for row in found}) == len(found)
    assert [row["id"] for row in found] == sorted(row["id"] for row in found)
    for row in found:
        assert row["kind"] in ("period", "event", "shock")
        assert bool(row["scheme"]) == (row["kind"] == "period")
        assert row["direction"] in ("in", "out", "both", "none")
        assert all(row[f"{what}_{language}"] for what in ("name", "text") for language in ("en", "ru", "kk"))
        assert all(row[f"text_{language}"].endswith(".") for language in ("en", "ru", "kk"))
        if row["end"]:
            assert Period(int(row["start"]), int(row["end"])).length > 0
        if row["date"]:
            assert row["date"][:4] == row["start"]


def test_each_row_has_a_source_that_is_there():
    known = {row["id"] for name in ("sources.csv",) for row in rows(name)}
    assert {row["source"] for row in rows("events.csv")} <= known


@pytest.mark.parametrize(
    "wanted",
    ["virgin_lands", "deportations", "evacuation", "repatriation", "exodus_1990s", "gains_2004_2011"],
)
def test_waves_that_the_study_uses_are_there(wanted):
    assert any(row["id"] == f"wave_{wanted}" and row["scheme"] == "wave" for row in rows("events.csv"))


def test_waves_since_1970_agree_with_the_balance():
    """From 1970 one wave follows another; since 2000 its direction is the sign of the official balance."""
    out_or_in = [
        row for row in rows("events.csv") if row["scheme"] == "wave" and row["id"] != "wave_repatriation"
    ]
    later = sorted((int(row["start"]), int(row["end"]), row["direction"]) for row in out_or_in)
    later = [item for item in later if item[0] >= 1970]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(later))
    balance = {
        int(row["year"]): float(row["value"])
        for row in rows("tables/national.csv")
        if row["indicator"] == "net_migration" and row["source"] == "bns_migration_balance"
    }
    for start, end, direction in later:
        for year in range(start, end):
            if year in balance:
                assert (balance[year] > 0) == (direction == "in"), year
