"""The published models of fertility and life expectancy: shapes by hand, phases, keys, fit and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.inputs.partners import pool_of
from qonys.kernels.processes import double_logistic as dl
from qonys.projection.processes.vital_logistic import KINDS, LIMITS, _walk, fit_logistic


def test_the_fall_of_fertility_by_hand() -> None:
    """At the two knees the published curve is 0.9 - 0.1 or 0.5 of d; far above and below it stands still."""
    d, d4, start = 1.2, 1.6, 6.4
    theta = np.array([np.log(start - 4), np.log((d - 0.25) / (2.5 - d)), np.log((d4 - 1) / (2.5 - d4)), 0.0, 0.0])
    third = (start - d4) / 3
    top = start - third  # the curve's upper knee is at 0.9 of d, that at the start at 0.1
    for level in (1.0, 1.8, 2.4, 3.5, top, 6.0, 7.5):
        up = d / (1 + np.exp(-2 * np.log(9) / third * (level - d4 - third / 2)))
        down = d / (1 + np.exp(-2 * np.log(9) / third * (level - (3 * third + d4) + third / 2)))
        assert dl.change(level, theta, dl.FERTILITY) == pytest.approx(down - up, abs=1e-12)
    assert dl.change(start - 1.5 * third, theta, dl.FERTILITY) < -0.9 * d
    assert abs(dl.change(0.0, theta, dl.FERTILITY)) < 0.03
    assert abs(dl.change(12.0, theta, dl.FERTILITY)) < 0.01


def test_the_gain_of_life_by_hand() -> None:
    parts, k, z = (13.2, 41.1, 9.2, 17.6), 2.8, 0.4
    theta = np.array([*np.log(parts), np.log(k / (10 - k)), np.log(z / (1.15 - z))])
    assert dl.change(60.0, theta, dl.LONGEVITY) == pytest.approx(k, rel=0.12)
    assert dl.change(130.0, theta, dl.LONGEVITY) == pytest.approx(z, rel=0.01)
    half = sum(parts[:3]) + parts[3] / 2
    assert dl.change(half, theta, dl.LONGEVITY) == pytest.approx((k + z) / 2, rel=0.03)


def test_fits_mix_and_paths_keep_their_keys(every) -> None:
    table = pool_of(open_pack("kazakhstan"))["total_fertility_rate"]
    few = ["KAZ", *table["country"].unique().sort().to_list()[:6]]
    table = table if every else table.filter(pl.col("country").is_in(few))
    fertility = fit_logistic("fertility", table, 200, 1)
    table = fertility.diagnostics()
    assert table["rhat"].max() < 1.06
    assert {"d", "world_d", "error_0", "third_mu"} <= set(table["parameter"])
    assert len(fertility.countries) == (22 if every else 7)
    assert bool(fertility.in_third[fertility.countries.index("KAZ")])
    assert not bool(fertility.in_third[fertility.countries.index("AFG")])
    many = fertility.paths("AFG", 30, 300, 2)
    assert np.array_equal(fertility.paths("AFG", 12, (5, 40), 2), many[5:40, :12])
    assert 1.2 < np.median(many[:, -1]) < 4.0
    usual = fertility.drawn("AFG", 30, 300, 2)
    wild = replace(fertility, error=fertility.error + np.array([1.0, 0.0]))
    assert np.array_equal(usual.values, many)
    assert usual.share() < 0.01
    cut = wild.drawn("AFG", 30, 300, 2)  # planted fault: errors e times as large
    assert cut.share() > 0.1
    assert cut.cut[:, 1].sum() == 0
    assert np.array_equal(cut.cut[:, 0] > 0, (cut.values[:, 4::5] == LIMITS["fertility"][0]).any(axis=1))
    with pytest.raises(BadInput, match="XXX"):
        fertility.paths("XXX", 5, 5, 1)


@pytest.mark.parametrize(
    ("kind", "noise", "levels", "cut"),
    [
        ("fertility", [-3.0, 2.0, 0.0, -9.0], [1.8, 0.5, 3.25, 2.625, 0.5], (2, 0)),
        ("longevity", [9.0, 9.0, -30.0, -60.0], [70.0, 79.4, 88.8, 59.2, 20.0], (1, 0)),
        ("longevity", [99.0, 0.0, -9.9, 20.0], [70.0, 110.0, 110.0, 100.5, 110.0], (0, 3)),
    ],
)
def test_steps_that_are_cut_are_counted(kind, noise, levels, cut) -> None:
    """By hand: the third phase returns half way to 2 with errors of 1; life gains 0.4 a step with errors of 1."""
    theta = np.array([-9.0, -9.0, -9.0, -9.0, -40.0, -np.log(1.15 / 0.4 - 1)])
    out = np.empty(5)
    start = (np.array([1.7, 1.7, levels[0]]), kind == "fertility")
    luck = (np.array(noise), np.ones(4))
    found = _walk((KINDS[kind], *LIMITS[kind]), start, theta, np.zeros(2), np.array([2.0, 0.5, 1.0]), luck, out)
    assert found == cut
    assert out == pytest.approx(levels, abs=1e-9)


def test_refusals() -> None:
    frame = pl.DataFrame({"country": ["A"] * 40, "year": range(1980, 2020), "value": [0.0] * 40})
    with pytest.raises(BadInput, match="above zero"):
        fit_logistic("fertility", frame)
    with pytest.raises(BadInput, match="20"):
        fit_logistic("longevity", frame.with_columns(value=pl.lit(70.0)).head(8))
