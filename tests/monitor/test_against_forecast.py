"""Whole years beside the study's own forecast of them, and the sentence that reconciles both lights."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtr
from tests.monitor.test_monitor import asked

from qonys import words
from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.monitor.increments import Release
from qonys.study.analyses import against_forecast as own
from qonys.study.analyses.monitoring import both_bases, releases_of_pack, status


@pytest.fixture
def forecast(monkeypatch):
    """In the place of the study's forecast: 15,000 persons, deviation 1,000, whatever the origin."""
    origins = []

    def made(pack, origin, draws):
        origins.append(origin)
        return dict.fromkeys(("immigrants", "emigrants"), 15000 + 1000 * np.random.default_rng(1).normal(size=draws))

    monkeypatch.setattr(own, "flows_of_next_year", made)
    return origins


def year(value, flow="immigrants"):
    return {flow: [Release(date(2023, 1, 1), date(2023, 12, 31), 14000.0), Release(date(2024, 1, 1), date(2024, 12, 31), float(value)),
                   Release(date(2025, 1, 1), date(2025, 6, 30), 7000.0)]}  # fmt: skip


@pytest.mark.parametrize(("value", "light", "direction"), [(15500, "green", ""), (17400, "yellow", "up"), (11000, "red", "down")])
def test_the_newest_whole_year_is_judged_by_the_forecast_of_the_year_before(forecast, value, light, direction):
    row = own.against_forecast(year(value), None, 4000).row(0, named=True)
    assert forecast == [2023]
    assert (row["end"], row["months"], row["origin"]) == (date(2024, 12, 31), 12, 2023)
    assert (row["light"], row["direction"]) == (light, direction)
    assert row["low"] == pytest.approx(15000 - 1960, abs=80)
    assert ndtr(row["z"]) == pytest.approx(ndtr((value - 15000) / 1000), abs=0.02)


def test_without_a_whole_year_or_a_flow_of_the_study_there_is_no_row(forecast):
    for releases in (year(15000, "arrivals of a city"), {"immigrants": year(1)["immigrants"][2:]}):
        with pytest.raises(BadInput) as caught:
            own.against_forecast(releases, None)
        assert caught.value.key == "monitor.no_whole_year"


def frame(releases, forecast):
    names = [f"i{n}" for n in range(len(releases))] * 2
    bases = [own.RELEASES] * len(releases) + [own.FORECAST] * len(forecast)
    return pl.DataFrame({"indicator": names, "base": bases, "light": [*releases, *forecast]})


@pytest.mark.parametrize(
    ("releases", "forecast", "said"),
    [
        (["green"], ["green"], "agree"), (["red"], ["yellow"], "agree"), (["red"], ["green"], "release_only"),
        (["green"], ["yellow"], "year_only"), (["red", "green"], ["green", "red"], "both"), ([None], ["green"], "agree"),
    ],
)  # fmt: skip
def test_the_sentence_that_reconciles_both(releases, forecast, said):
    key = own.reconciled(frame(releases, forecast))
    assert key == f"monitor.against.{said}"
    assert all(words.has(key, language) for language in words.LANGUAGES)


def test_both_bases_stand_under_each_indicator(forecast):
    pack = open_pack("kazakhstan")
    releases = releases_of_pack(pack)
    found = both_bases(status(releases, pack, "en"), own.against_forecast(releases, pack))
    assert found["base"].to_list() == [own.RELEASES, own.FORECAST] * 2
    assert found["months"].to_list() == [3, 12, 3, 12]


@pytest.mark.long
def test_the_study_forecast_of_2025_held(capsys):
    code, out, err = asked(capsys, "status", "--against", "forecast", "--format", "csv")
    assert code == 0, err
    found = pl.read_csv(out.encode()).filter(pl.col("base") == "forecast")
    assert found["light"].to_list() == ["green", "green"]
    assert (found["low"] < found["value"]).all()
    assert (found["value"] < found["high"]).all()
    assert words.text("monitor.against.agree", "en") in asked(capsys, "status", "--against", "forecast")[1]
