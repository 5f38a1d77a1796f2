"""Labels of breaks in print: each ends at its rule, none runs over another."""

import itertools

import pytest

from qonys.catalog import open_pack
from qonys.figures.marks import LABEL_LETTER, _break_lanes

PER_YEAR = 4.3


def collisions(lanes):
    """Pairs of labels of one lane that share a place."""
    found = []
    for (one, lane), (other, second) in itertools.combinations(lanes.items(), 2):
        first, last = sorted((one, other))
        left = last[0] * PER_YEAR - LABEL_LETTER * len(last[1])
        if lane == second and left < first[0] * PER_YEAR:
            found.append((first, last))
    return found


@pytest.mark.parametrize("country", ["kazakhstan", "georgia"])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_no_label_runs_over_another(country, language):
    rows = open_pack(country).breaks()
    breaks = list(rows.select("year", f"text_{language}").iter_rows())
    lanes = _break_lanes(breaks, PER_YEAR)
    assert set(lanes) == set(breaks)
    assert not collisions(lanes)


def test_the_longest_label_is_lowest_and_one_said_twice_stands_once():
    breaks = [(1999, "short"), (2009, "a much longer label"), (1999, "short")]
    assert _break_lanes(breaks, 1.0) == {(2009, "a much longer label"): 0, (1999, "short"): 1}


def test_labels_in_one_lane_would_ring():
    assert collisions({(2009, "recount after the census"): 0, (2017, "registration by number"): 0})
