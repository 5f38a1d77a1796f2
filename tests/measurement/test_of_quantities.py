"""Measures of quantities say what the tidy functions say, and refuse what does not belong together."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.errors import AxisMismatch, DefinitionMismatch, VintageMismatch
from qonys.kernels.schedules import curves as schedules
from qonys.measurement.breakpoints import find_breaks
from qonys.measurement.indicators.all import indicators
from qonys.measurement.of_quantities import breaks_of, indicators_of, pairs_of, schedules_of, trend_of
from qonys.quantities import Axis, Flows, Population, Series

REGIONS = ("A", "B", "C")
TABLE = np.array([[[0.0, 100, 50], [40, 0, 10], [30, 70, 0]]])


def flows(vintage: str = "2022") -> Flows:
    axes = (Axis("time", (2020,)), Axis("origin", REGIONS), Axis("destination", REGIONS))
    return Flows(TABLE, axes, "moves", "registered", vintage=vintage)


def people() -> Population:
    axes = (Axis("time", (2020,)), Axis("region", REGIONS))
    return Population(np.array([[1000.0, 2000, 3000]]), axes, "persons", "resident", vintage="2022")


def test_indicators_of_quantities() -> None:
    found = indicators_of(flows(), people())
    plain = indicators(flows().tidy(time="period"), people().tidy(time="period").rename({"value": "population"}))
    assert found.equals(plain)
    assert found.height > 30
    with pytest.raises(VintageMismatch, match="2018"):
        indicators_of(flows("2018"), people())


def test_breaks_and_trend_of_quantities() -> None:
    rng = np.random.Generator(np.random.Philox(key=2))
    years = tuple(range(1960, 2020))
    values = np.where(np.arange(60) < 31, 10.0, -50.0) + rng.normal(0, 4, 60)
    series = Series(values, (Axis("time", years),), "persons", "net")
    assert breaks_of(series).breaks.equals(find_breaks(series.tidy()).breaks)
    assert breaks_of(series).breaks["date"].to_list() == [1991]
    parts = trend_of(series).years
    assert np.allclose(parts["trend"] + parts["reaction"] + parts["rest"], values)
    with pytest.raises(DefinitionMismatch, match="gross"):
        trend_of(series, Series(values, (Axis("time", years),), "persons", "gross"))


def test_tidy_renames_axes_only() -> None:
    assert flows().tidy(time="period").columns == ["period", "origin", "destination", "value"]
    with pytest.raises(AxisMismatch, match="sex"):
        flows().tidy(sex="gender")


def test_pairs_of_quantities() -> None:
    found = pairs_of(flows(), people())
    speed = found.filter(indicator="velocity", origin="A", destination="B")["value"].item()
    assert speed == pytest.approx(100 * 6000 / (1000 * 2000))
    with pytest.raises(VintageMismatch, match="2018"):
        pairs_of(flows("2018"), people())


def test_schedules_of_quantities() -> None:
    starts = np.arange(0, 85, 5)
    rate = schedules.curve(schedules.FUNDAMENTAL, starts + 2.5)
    axes = (Axis("region", ("A",)), Axis("age", (*(f"{a}-{a + 4}" for a in starts[:-1]), "80+")))
    exposure = Population(np.full((1, 17), 1e6), axes, "persons", "resident")
    moves = Series(1e6 * rate[None, :], axes, "moves", "out-migration")
    found = schedules_of(moves, exposure, [7]).parameters
    assert found.filter(parameter="mu2")["value"].item() == pytest.approx(20, abs=1)
    assert found["region"].unique().to_list() == ["A"]
    other = Population(np.full((1, 17), 1e6), (Axis("region", ("B",)), axes[1]), "persons", "resident")
    with pytest.raises(AxisMismatch, match="B"):
        schedules_of(moves, other)
