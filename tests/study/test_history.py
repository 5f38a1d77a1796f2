"""Deported groups and others, movements that the state led: by hand, by the claims' formula; planted faults."""

import math

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.study.analyses import history
from qonys.study.chapters.retrospective import movement_bounds
from qonys.study.claims.reading import Claim
from qonys.study.claims.theses import share_of_movements


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def groups(pack):
    country = inputs.country(pack)
    return history.changes(history.counted(pack), history.deported(pack), country.kin_groups, country.independence)


def test_groups_by_hand(pack):
    """957,518 Germans of 1989, 353,441 of 1999; 46,746 and 12,703 Greeks; four deported groups, seven others."""
    found = groups(pack).filter(pl.col("end") == 1999)
    rows = {row["group"]: row for row in found.iter_rows(named=True)}
    assert rows["german"]["change"] == pytest.approx(353_441 / 957_518 - 1)
    assert rows["greek"]["change"] == pytest.approx(12_703 / 46_746 - 1)
    assert {name for name, row in rows.items() if row["deported"]} == {"german", "greek", "korean", "turkish"}
    assert "kazakh" not in rows
    test = history.tested(groups(pack)).row(0, named=True)
    assert (test["n_deported"], test["n_others"], test["choices"]) == (4, 7, 330)
    kept = [rows[name]["last"] / rows[name]["first"] for name in ("german", "greek", "korean", "turkish")]
    assert test["deported"] == pytest.approx(math.exp(sum(map(math.log, kept)) / 4) - 1)


def test_a_group_marked_wrongly_moves_the_test(pack):
    """Planted: Germans are taken for a group that was not deported."""
    found = groups(pack)
    planted = found.with_columns(deported=pl.col("deported") & (pl.col("group") != "german"))
    assert history.tested(planted)["ratio"][0] > history.tested(found)["ratio"][0] + 0.1


def test_few_groups_have_no_test(pack):
    few = groups(pack).filter(~pl.col("group").is_in(["greek", "german"]))
    assert history.tested(few).is_empty()


def test_shares_of_a_period_are_those_of_the_claims(pack):
    found = history.movement_shares(movement_bounds(pack).frame)
    rows = {(row["start"], row["kind"]): (row["low"], row["high"]) for row in found.iter_rows(named=True)}
    for kind, parts in (("led", history.LED), ("forced", history.FORCED)):
        claim = Claim(id="x", words={}, formula="share_of_movements", years=(1926, 1939), parts=parts,
                      whole=history.MOVED, claimed=0.5)  # fmt: skip
        (result,) = share_of_movements(pack, claim)
        assert rows[1926, kind] == pytest.approx((result.low, result.high))


def test_nothing_to_set_against_is_no_share(pack):
    """Between the last two counts nobody published returns or flights: all would be led by the state."""
    found = history.movement_shares(movement_bounds(pack).frame)
    assert found.filter((pl.col("start") == 1939) & (pl.col("kind") == "led"))["low"].to_list() == [None]
