"""Editions of a figure: what was known on a day, the error of revisions, increments in the editions of their time."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from qonys.catalog import open_pack
from qonys.monitor.increments import LAG, Release, error_of, increments, known_by, newest, revision_error
from qonys.monitor.releases import watch_releases
from qonys.study.analyses.monitoring import as_of, history, releases_of_pack


def release(year, month, value, **more):
    return Release(date(year, 1, 1), date(year, month, 28), float(value), **more)


@pytest.fixture(scope="module")
def known():
    return releases_of_pack(open_pack("kazakhstan"))


def test_the_error_of_revisions_is_that_of_the_pairs_less_their_rounding():
    rng = np.random.default_rng(1)
    firsts = [release(year, 12, 20000, rounding=100.0) for year in range(1500, 2000)]
    later = [replace(one, value=one.value * np.exp(rng.normal(0, 0.02)), edition=2) for one in firsts]
    assert revision_error(firsts + later) == pytest.approx(0.02, abs=0.003)
    rounded = [replace(one, value=round(one.value, -2), rounding=100.0) for one in later]
    assert revision_error(firsts + rounded) == pytest.approx(0.02, abs=0.003)
    assert revision_error(firsts) == revision_error(firsts + later[:2]) == 0.0


def test_the_error_of_revisions_in_kazakhstan(known):
    assert revision_error(*known.values()) == pytest.approx(0.0025, abs=0.0005)


def test_a_first_edition_bears_the_error_of_revisions_and_a_later_one_does_not():
    first = release(2024, 6, 10000)
    assert error_of(first, 0.01) == pytest.approx(np.hypot(100, 1 / np.sqrt(12)))
    assert error_of(replace(first, edition=2), 0.01) == pytest.approx(1 / np.sqrt(12))
    half = increments([first, release(2024, 12, 21000)], 0.01)[1]
    assert half.error == pytest.approx(np.sqrt(100**2 + 210**2 + 2 / 12))


def test_what_was_known_on_a_day():
    first = release(2024, 3, 300, published=date(2024, 5, 12))
    later = release(2024, 3, 310, edition=2, published=date(2025, 5, 12))
    silent = release(2024, 6, 700)
    assert known_by([first, later, silent], date(2024, 5, 11)) == []
    assert known_by([first, later, silent], silent.end + LAG) == [first, silent]
    assert [one.value for one in newest([later, silent, first])] == [310.0, 700.0]
    assert [one.value for one in newest([later, silent, first], date(2025, 1, 1))] == [300.0, 700.0]


def test_increments_use_the_edition_known_when_the_release_was_due():
    years = [release(year, month, 100 * month) for year in (2021, 2022, 2023) for month in (3, 6, 9, 12)]
    early = replace(years[-3], value=650.0, edition=2, published=date(2023, 11, 1))
    late = replace(early, published=date(2024, 11, 1))
    values = {name: watch_releases([*years, one])["value"].to_list()[-2:] for name, one in (("early", early), ("late", late))}
    assert values == {"early": [250.0, 300.0], "late": [300.0, 300.0]}


def test_history_on_a_day_is_that_of_the_releases_known_by_then(known):
    day = date(2023, 3, 1)
    then = history(as_of(known, day))
    assert then.group_by("indicator").last()["end"].unique().to_list() == [date(2022, 12, 31)]
    today = history(known).filter(history(known)["end"] <= date(2022, 12, 31))
    shared = then.join(today, on=["indicator", "end"], suffix="_now")
    same = shared.filter(shared["end"] >= date(2021, 6, 30))
    assert same.height >= 10
    assert (same["value"] == same["value_now"]).all()


def test_a_plain_twin_of_the_forecasts_as_known(known):
    """Each row again from nothing: the releases up to it in the editions of its day, the last row of their history."""
    revision = revision_error(*known.values())
    whole = watch_releases(known["immigrants"], revision)
    spans = newest(known["immigrants"])
    for place in range(5, len(spans), 6):
        there = [one for one in known["immigrants"] if one.end <= spans[place].end]
        due = min((one for one in there if one.end == spans[place].end), key=lambda one: one.edition).due
        alone = watch_releases(newest(there, due), revision)
        assert alone["value"][-1] == whole["value"][place]
        if alone["light"].to_list()[:-1] == whole["light"].to_list()[:place]:
            assert alone["expected"][-1] == pytest.approx(whole["expected"][place], rel=0.02)
