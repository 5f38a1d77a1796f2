"""Periods, events and shocks of the shipped packs; waves that the study of Kazakhstan uses."""

import csv
import itertools
from pathlib import Path

import pytest

import qonys
from qonys.spaces import Period

PACKS = Path(qonys.__file__).parent / "packs"
SPANS = {"georgia": (1897, 2024), "kazakhstan": (1897, 2025)}
each_pack = pytest.mark.parametrize("pack", sorted(SPANS))


def rows(name, pack="kazakhstan"):
    path = PACKS / pack / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def periods(scheme, pack="kazakhstan"):
    return sorted(
        Period(int(row["start"]), int(row["end"]))
        for row in rows("events.csv", pack)
        if row["kind"] == "period" and row["scheme"] == scheme and row["end"]
    )


def uncovered(found, start, end):
    """Years between `start` and `end` that no period or more than one period holds."""
    return [year for year in range(start, end) if sum(year in period for period in found) != 1]


@each_pack
def test_intercensal_periods_cover_the_span_once(pack):
    found = periods("intercensal", pack)
    assert uncovered(found, *SPANS[pack]) == []
    assert (found[0].start, found[-1].end) == SPANS[pack]


def test_fault_gap_and_overlap_are_seen():
    found = periods("intercensal")
    assert uncovered(found[1:], 1897, 2025)
    assert uncovered([*found, Period(1950, 1955)], 1897, 2025) == [1950, 1951, 1952, 1953, 1954]


@each_pack
def test_each_row_is_whole(pack):
    found = rows("events.csv", pack)
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


@each_pack
def test_each_row_has_a_source_that_is_there(pack):
    known = {row["id"] for row in rows("sources.csv", pack)}
    assert {row["source"] for row in rows("events.csv", pack)} <= known


@pytest.mark.parametrize(
    "wanted",
    ["virgin_lands", "deportations", "evacuation", "repatriation", "exodus_1990s", "gains_2004_2011"],
)
def test_waves_that_the_study_uses_are_there(wanted):
    assert any(row["id"] == f"wave_{wanted}" and row["scheme"] == "wave" for row in rows("events.csv"))


@pytest.mark.parametrize(
    ("wanted", "date"),
    [
        ("event_december_1986", "1986-12-16"),
        ("event_language_law_1989", "1989-09-22"),
        ("event_novy_uzen_1989", "1989-06-17"),
        ("event_citizenship_law_1991", "1991-12-20"),
        ("event_constitution_1993", ""),
        ("event_constitution_1995", "1995-08-30"),
        ("event_language_law_1997", "1997-07-11"),
        ("event_zhanaozen_2011", "2011-12-16"),
        ("shock_pandemic_2020", "2020-03-16"),
        ("event_january_2022", "2022-01-02"),
        ("shock_mobilisation_2022", "2022-09-21"),
    ],
)
def test_events_of_the_state_are_there_with_their_dates(wanted, date):
    assert {row["id"]: row["date"] for row in rows("events.csv")}[wanted] == date


def test_events_without_a_stated_movement_are_no_candidates_of_an_effect():
    """Laws and constitutions stand beside breaks; only events with a direction may explain a change of net migration."""
    directions = {row["id"]: row["direction"] for row in rows("events.csv")}
    assert {directions[f"event_{name}"] for name in ("constitution_1993", "constitution_1995", "language_law_1997")} == {"none"}


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
