"""Releases and own series as a person watches them: known cases, false alarms, faults, refusals."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.errors import BadInput
from qonys.kernels.monitoring.seasonal import seasonal_design, seasonal_fit
from qonys.monitor.base import beyond_own_limits
from qonys.monitor.releases import Release, increments, watch_releases
from qonys.monitor.series import WatchOptions, watch
from qonys.study.analyses.monitoring import history, releases_of_pack


def lights(frame, indicator):
    rows = frame.filter((pl.col("indicator") == indicator) & (pl.col("light") == "red"))
    return {(end.year, end.month): direction for end, direction in rows.select("end", "direction").iter_rows()}


@pytest.fixture(scope="module")
def known():
    return history(releases_of_pack(open_pack("kazakhstan")))


def test_arrivals_of_autumn_2022_are_red_at_the_first_release_that_covers_them(known):
    assert lights(known, "immigrants")[2022, 12] == "up"


def test_the_closed_border_of_2020_is_red_downward(known):
    assert lights(known, "emigrants")[2020, 9] == "down"


def test_one_change_is_not_red_twice(known):
    for indicator in ("immigrants", "emigrants"):
        assert not [when for when in lights(known, indicator) if when[0] == 2023]


def steady(rng, noise, every):
    """Eight years without any change: seasons, monthly noise, a release every so many months."""
    season = rng.normal(0, 0.15, 12)
    for year in range(2016, 2024):
        total = 0.0
        for month in range(12):
            total += 1500 * np.exp(season[month] - season.mean() + rng.normal(0, noise))
            if month % every == every - 1:
                yield Release(date(year, 1, 1), date(year, month + 1, 28), round(total))


@pytest.mark.parametrize("count", [4, pytest.param(60, marks=pytest.mark.long)])
def test_red_lights_without_a_change_stay_under_their_nominal_share(count):
    rng, red, all_of_them = np.random.default_rng(1), 0, 0
    for place in range(count):
        found = watch_releases(list(steady(rng, (0.05, 0.15)[place % 2], (1, 3)[place // 2 % 2])))
        later = found[found.height // 3 :]
        red, all_of_them = red + (later["light"] == "red").sum(), all_of_them + later.height
    assert red / all_of_them <= 0.005


def test_a_month_counted_twice_rings():
    """Planted: the second half-year begins with the count of the first month of it twice."""
    releases = list(steady(np.random.default_rng(2), 0.05, 1))
    assert "red" not in watch_releases(releases)["light"].to_list()
    month = releases[-1].value - releases[-2].value
    twice = [*releases[:-1], Release(releases[-1].start, releases[-1].end, releases[-1].value + month)]
    assert watch_releases(twice)["light"][-1] == "red"


@pytest.mark.parametrize(
    ("months", "key"),
    [([(3, 300), (6, 250)], "monitor.shrinks"), ([(3, 300), (3, 310)], "monitor.twice")],
)
def test_releases_that_cannot_be(months, key):
    made = [Release(date(2024, 1, 1), date(2024, month, 28), float(value)) for month, value in months]
    with pytest.raises(BadInput) as caught:
        increments(made)
    assert caught.value.key == key


def test_rounding_is_an_error_of_the_increment():
    made = [Release(date(2024, 1, 1), date(2024, 6, 30), 19100.0, 100.0), Release(date(2024, 1, 1), date(2024, 9, 30), 25387.0)]
    assert increments(made)[1].error == pytest.approx(np.hypot(100, 1) / np.sqrt(12))


def months_with_a_wave(rng):
    """Made-up deaths by month: a register closed for a month, then two months of twice the usual number."""
    times = np.arange(72)
    expected = 11000 * np.exp(0.06 * np.cos(2 * np.pi * times / 12))
    counts = rng.poisson(rng.gamma(expected / 20, 20)).astype(float)
    counts[63] *= 0.4
    counts[66:68] *= 2.0
    return counts, times


def test_a_wave_after_a_closed_register_is_red_both_ways():
    counts, times = months_with_a_wave(np.random.default_rng(3))
    found = watch(counts, times, WatchOptions(cycle=12, base=60)).values.filter(pl.col("light") == "red")
    assert dict(found.select("time", "direction").iter_rows()) == {63: "down", 66: "up", 67: "up"}
    assert found["alarm"].to_list() == ["new", "new", "continues"]


@pytest.mark.parametrize("chart", ["predictive", "cusum", "ewma"])
def test_a_lasting_change_is_found_by_each_chart(chart):
    counts = np.append(np.random.default_rng(4).poisson(400, 48), np.random.default_rng(5).poisson(520, 12)).astype(float)
    found = watch(counts, np.arange(60), WatchOptions(chart, base=48))
    assert found.values.filter(pl.col("light") == "red")["direction"].unique().to_list() == ["up"]
    assert found.delay <= 3


def test_limits_of_a_short_base_agree_with_its_lights():
    for seed in range(40):
        counts = np.random.default_rng(seed).poisson(100, 40).astype(float)
        shown = watch(counts, np.arange(40), WatchOptions(base=12)).values.filter(pl.col("light").is_not_null())
        inside = shown["value"].is_between(shown["low"], shown["high"])
        assert (inside == (shown["light"] == "green")).all()


@pytest.fixture
def series(tmp_path):
    counts, times = months_with_a_wave(np.random.default_rng(3))
    rows = [f"{2015 + t // 12},{t % 12 + 1},{value:.0f}" for t, value in zip(times, counts, strict=True)]
    (tmp_path / "months.csv").write_text("\n".join(["year,month,value", *rows]))
    weeks = [f"{t + 1},{value}" for t, value in enumerate(np.random.default_rng(6).poisson(80, 40))]
    (tmp_path / "weeks.csv").write_text("\n".join(["week,value", *weeks, "41,160"]))
    releases = [f"{year},{month},{month * 100 + (400 if (year, month) == (2024, 9) else 0)}" for year in (2021, 2022, 2023, 2024) for month in (3, 6, 9)]
    (tmp_path / "releases.csv").write_text("\n".join(["year,months,value", *releases]))
    return tmp_path


def asked(capsys, *line):
    code = main(["monitor", *map(str, line)])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_status_of_the_pack(capsys, language):
    code, out, _ = asked(capsys, "status", "--lang", language)
    assert code == 0
    assert words.text("monitor.release_rule", language) in out
    assert words.text("monitor.indicator.immigrants", language) in out


def test_what_has_no_value_is_not_named_above_the_table(capsys):
    head = asked(capsys, "status")[1].splitlines()[0]
    assert "light: green" in head
    assert "direction" not in head
    assert ": ;" not in head


@pytest.mark.parametrize(("chart", "shown"), [("predictive", "low"), ("ewma", "limit: 2"), ("cusum", "limit: 4")])
def test_limits_are_those_of_the_chart(capsys, series, chart, shown):
    out = asked(capsys, "watch", series / "months.csv", "--chart", chart, "--base", 60)[1]
    assert shown in out
    assert ("low" in out.split("Chart")[0]) == (chart == "predictive")
    assert ("Low and high: 95% limits" in out) == (chart == "predictive")


def test_calibration_says_no_more_digits_than_it_has(capsys):
    found = [line.split() for line in asked(capsys, "calibrate", "--base", 12)[1].splitlines()]
    assert not [cell for line in found for cell in line if len(cell.partition(".")[2].strip("%,;")) > 3]


def test_a_table_by_month_of_the_pack_needs_no_file(capsys):
    code, out, err = asked(capsys, "watch", "deaths", "--base", 60, "--format", "csv")
    assert code == 0, err
    assert pl.read_csv(out.encode()).filter(pl.col("light") == "red")["time"][0] == "2020-03"
    code, _, err = asked(capsys, "watch", "internal_margins")
    assert (code, "are not one series" in err) == (1, True)


def test_history_keeps_the_alarms_alone(capsys):
    code, out, _ = asked(capsys, "history", "--alarms", "--format", "csv")
    assert code == 0
    assert set(pl.read_csv(out.encode())["light"]) == {"red"}


def test_own_releases(capsys, series):
    code, out, _ = asked(capsys, "status", series / "releases.csv", "--format", "csv")
    assert code == 0
    assert pl.read_csv(out.encode()).select("value", "light", "direction").row(0) == (700, "red", "up")


@pytest.mark.parametrize("chart", ["predictive", "cusum", "ewma", "farrington", "short"])
def test_own_series(capsys, series, chart):
    code, out, err = asked(capsys, "watch", series / "months.csv", "--chart", chart)
    assert code == 0, err
    assert words.text("monitor.light.red", "en") in out


def test_own_weeks(capsys, series):
    code, out, _ = asked(capsys, "watch", series / "weeks.csv", "--base", 30, "--format", "csv")
    assert code == 0
    assert pl.read_csv(out.encode()).row(-1, named=True)["light"] == "red"


def test_calibration_names_the_delay(capsys):
    code, out, _ = asked(capsys, "calibrate", "--base", 24, "--mean", 1100, "--dispersion", 12, "--format", "csv")
    assert code == 0
    frame = pl.read_csv(out.encode())
    assert set(frame["chart"]) == {"predictive", "cusum", "ewma"}
    assert frame["false_alarm"].is_between(0.045, 0.055).all()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("year,months,value\n2024,3,300\n2024,6,250\n", ["status"], "row 3, column “value”: the figure to 2024-06-30 (250) is below"),
        ("year,months,value\n2024,14,300\n", ["status"], "row 2, column “months”: the month is 14"),
        ("week,value\n1,5\n2,6\n4,7\n", ["watch"], "row 4, column “week”: 4 does not follow 2"),
        ("week,value\n" + "".join(f"{t},5\n" for t in range(1, 9)), ["watch"], "at least 12"),
        ("week,value\n" + "".join(f"{t},{t // 30}\n" for t in range(1, 40)), ["watch"], "too rare"),
        ("week,value\n" + "".join(f"{t},{-t}\n" for t in range(1, 30)), ["watch"], "impossible"),
    ],
)
def test_bad_input_is_one_sentence(capsys, tmp_path, text, line, said):
    (tmp_path / "own.csv").write_text(text)
    code, out, err = asked(capsys, *line, tmp_path / "own.csv")
    assert code == 1
    assert out == ""
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_country_without_releases_is_told(capsys):
    code = main(["--pack", "georgia", "monitor", "status"])
    assert code in (0, 1)
    if code:
        assert "months" in capsys.readouterr().err


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_base_with_unusual_values_is_said_with_what_to_do(capsys, language):
    """By default the year of the pandemic is in the base of deaths by month."""
    code, _, err = asked(capsys, "watch", "deaths", "--lang", language)
    assert code == 0
    assert "2020-07" in err
    assert "--base 60" in err
    assert asked(capsys, "watch", "deaths", "--base", "60", "--lang", language)[2] == ""


def test_unusual_values_early_in_a_base_ask_for_a_later_beginning():
    counts = np.random.default_rng(4).poisson(100, 40).astype(float)
    times = np.arange(40)
    assert watch(counts, times, WatchOptions(base=36)).beyond == ()
    counts[5] = 300
    found = watch(counts, times, WatchOptions(base=36))
    assert (found.beyond, found.shorter) == ((5,), None)
    counts[[5, 25]] = 100, 20
    found = watch(counts, times, WatchOptions(base=36))
    assert (found.beyond, found.shorter) == ((25,), 25)


@pytest.mark.parametrize(("base", "cycle"), [(12, 1), (36, 1), (36, 12), (60, 12)])
def test_a_base_without_a_change_is_seldom_called_unusual(base, cycle):
    rng, met = np.random.default_rng(3), 0
    design = seasonal_design(np.arange(base), cycle, 2 if cycle > 1 else 0, trend=cycle > 1)
    for _ in range(300):
        counts = rng.negative_binomial(50, 0.1, base).astype(float)
        fit = seasonal_fit(counts, design, np.ones(base, dtype=bool))
        met += len(beyond_own_limits(counts, fit, base)) > 0
    assert met / 300 < 0.05


def test_every_light_says_its_chances(capsys):
    """p of its own deviation, and of a false alarm within the twelve months to its end at as many releases."""
    code, out, _ = asked(capsys, "history", "--format", "csv")
    assert code == 0
    found = pl.read_csv(out.encode()).filter(pl.col("light").is_not_null())
    assert found.select("p", "false_alarm", "direction").null_count().row(0)[:2] == (0, 0)
    red = found.filter(pl.col("light") == "red")
    assert red["p"].max() < 0.005 < found.filter(pl.col("light") == "yellow")["p"].max() < 0.05
    single = found.filter((pl.col("indicator") == "emigrants") & (pl.col("end") == "2020-09-30"))["false_alarm"]
    assert single[0] == pytest.approx(1 - 0.995 ** round(np.log1p(-single[0]) / np.log(0.995)))
    assert {"p", "false_alarm"} <= set(pl.read_csv(asked(capsys, "status", "--format", "csv")[1].encode()).columns)
