"""Language and identity: rank correlations against SciPy, refusals of few groups, bounds by hand, planted faults."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.measurement import association as ranks
from qonys.measurement.association import rank_correlation
from qonys.report.chapters import section_of
from qonys.report.context import Context
from qonys.report.document import Table
from qonys.study.chapters import identity
from qonys.study.runs.results import Results


def test_the_coefficient_and_its_chance_are_those_of_scipy():
    one, two = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0], [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0]
    found = rank_correlation(one, two)
    assert found.value == pytest.approx(spearmanr(one, two).statistic)
    orders = np.random.default_rng(1).permuted(np.tile(two, (20_000, 1)), axis=1)
    drawn = np.mean([abs(spearmanr(one, order).statistic) >= abs(found.value) - 1e-9 for order in orders[:2000]])
    assert found.p == pytest.approx(drawn, abs=0.04)
    assert -1 <= found.low < found.value < found.high <= 1


def test_many_units_draw_their_orders(monkeypatch):
    one = np.arange(8.0)
    exact = rank_correlation(one, one[::-1] ** 2).p
    monkeypatch.setattr(ranks, "EXACT", 3)
    assert rank_correlation(one, one[::-1] ** 2).p == pytest.approx(exact, abs=0.002)


def test_few_units_one_value_and_other_lengths_are_refused(monkeypatch):
    assert rank_correlation([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]) is None
    assert rank_correlation([1] * 7, range(7)) is None
    with pytest.raises(BadInput, match="6 and 7"):
        rank_correlation(range(6), range(7))
    monkeypatch.setattr(ranks, "LEAST", 5)  # planted: five are enough
    assert rank_correlation([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]) is not None


def test_bounds_hold_every_table_with_these_margins():
    """All splits of 100 people, 30 of a group, 80 speakers: the share of speakers among the 70 others."""
    found = [(80 - own) / 70 for own in range(31) if 0 <= 80 - own <= 70]
    assert identity.bounds(0.8, 0.3) == (pytest.approx(min(found)), pytest.approx(max(found)))


def test_groups_that_were_not_counted_again_are_too_few():
    groups = pl.DataFrame({
        "indicator": ["a"] * 6 + ["b"] * 6, "year": [1989] * 12, "ethnic_group": list("uvwxyz") * 2,
        "value": [1.0, 2, 3, 4, 5, 6] * 2, "end": [1999] * 11 + [None],
        "growth": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.1, 0.2, 0.3, 0.4, 0.5, None],
    })  # fmt: skip
    told = {row["indicator"]: row for row in identity.association(groups).iter_rows(named=True)}
    assert (told["a"]["groups"], told["a"]["correlation"]) == (6, pytest.approx(1.0))
    assert (told["b"]["groups"], told["b"]["correlation"]) == (5, None)


@pytest.fixture(scope="module")
def computed():
    results = Results("r")
    identity.compute(open_pack("kazakhstan"), results)
    return results


def test_2021_by_hand(computed):
    """83.7 % speak Russian, 2,981,946 of 19,186,015 are Russians; 226,092 Germans, 0.6 % of all speak German."""
    group = 2_981_946 / 19_186_015
    least = computed.number("identity.others.command.russian.2021.least").value
    assert least == pytest.approx((0.837 - group) / (1 - group), abs=2e-3)
    rows = computed.table("identity_groups").frame.filter((pl.col("ethnic_group") == "german") & (pl.col("year") == 2021))
    assert rows["value"][0] == pytest.approx(0.006 * 19_186_015 / 226_092, rel=2e-3)
    assert rows["growth"][0] == pytest.approx(223_272 / 226_092 - 1)


def test_languages_by_group_stand_in_a_table_of_their_own(computed):
    """Every row of a group is shown, bounds with their sign; planted: a row of all groups more is not."""
    pack = open_pack("kazakhstan")
    frame = computed.table("identity_languages").frame
    of_groups = frame.filter(pl.col("ethnic_group") != "all")
    tables = {block.key: block for block in section_of("identity", Context(computed, pack, "en")).blocks if isinstance(block, Table)}
    shown = tables["identity_by_group"].rows
    assert len(shown) == of_groups.height >= 8
    assert ("Ukrainians", "language given as mother tongue", "Ukrainian", "1989", "36.6") in shown
    assert ("Kazakhs", "language given as mother tongue", "Russian", "1989", "≤ 3.0") in shown
    assert len(shown) < frame.height
