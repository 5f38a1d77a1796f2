"""People of voting age: sums and shares by hand on made-up draws; a planted age."""

import numpy as np
import pytest

from qonys.study.chapters import voters

DRAWS = np.random.default_rng(3).uniform(1.0, 9.0, (50, 3, 4, 2)) * 1e5  # draw, year, group, younger or older


def rows(values=DRAWS):
    frame = voters.table_of(values, "group", ("a", "b", "c", "d"), (2024, 2025, 2026))
    return {(row["code"], row["year"], row["measure"]): row for row in frame.iter_rows(named=True)}


def test_only_the_first_and_the_last_year_stand_in_the_table():
    assert {year for _, year, _ in rows()} == {2024, 2026}


def test_medians_and_ends_are_those_of_the_draws():
    row = rows()["b", 2026, "persons"]
    adults = DRAWS[:, -1, 1, 1]
    assert (row["low"], row["median"], row["high"]) == pytest.approx(tuple(np.quantile(adults, [0.025, 0.5, 0.975])))


def test_shares_of_every_draw_add_up():
    """With one draw the shares of the groups make one, and each is the older over the older of all."""
    found = rows(DRAWS[:1])
    shares = [found[code, 2024, "share"]["median"] for code in "abcd"]
    assert sum(shares) == pytest.approx(1.0)
    assert found["a", 2024, "of_residents"]["median"] == pytest.approx(DRAWS[0, 0, 0, 1] / DRAWS[0, 0, 0].sum())


def test_the_younger_in_place_of_the_older_ring():
    """Planted: the two age groups the other way round."""
    assert rows(DRAWS[..., ::-1])["a", 2024, "persons"]["median"] != pytest.approx(rows()["a", 2024, "persons"]["median"])


@pytest.mark.long
def test_people_of_the_study_are_fewer_than_residents(study):
    number = study.number("voters.people.2024")
    residents = study.table("projection_quantiles").frame.filter(measure="population", year=2024)["q50"][0]
    assert 0.55 * residents < number.value < 0.75 * residents
    assert number.low < number.value < number.high
