"""Regions year by year: rates by hand, the past cut off, what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.projection.regional.history import RegionalHistory, last_known


@pytest.fixture
def history():
    people = np.array([[100.0, 200.0], [110.0, 200.0], [120.0, 190.0], [400.0, 195.0]])
    births, deaths = np.array([[4.0, 4.0], [4.0, 4.0], [5.0, 4.0]]), np.ones((3, 2))
    known = np.array([[True, True], [True, True], [False, True]])
    return RegionalHistory(("A", "B"), (2000, 2001, 2002), people, births, deaths, known)


def test_rates_by_hand(history) -> None:
    assert history.net[:2, 0] == pytest.approx([7 / 105, 7 / 115])
    assert history.net[:2, 1] == pytest.approx([-3 / 200, -13 / 195])
    assert np.isnan(history.net[2, 0])
    nation = (7 - 3) / (105 + 200)
    assert history.strayed[0] == pytest.approx(history.net[0] - nation)
    weighted = (history.strayed * history.exposed).sum(axis=1)
    assert weighted[:2] == pytest.approx(0, abs=1e-12)
    assert history.natural[1] == pytest.approx([3 / 115, 3 / 195])
    assert np.exp(history.bearing[0]) == pytest.approx([(4 / 105) / (8 / 305), (4 / 200) / (8 / 305)])


def test_the_past_is_cut_off(history) -> None:
    past = history.upto(2001)
    assert past.years == (2000, 2001)
    assert past.people.shape == (3, 2)
    assert past.net == pytest.approx(history.net[:2])
    with pytest.raises(BadInput, match="1999"):
        history.upto(1999)


def test_last_known_years_are_those_of_each_region(history) -> None:
    assert last_known(history.net, 1) == pytest.approx([history.net[1, 0], history.net[2, 1]])
