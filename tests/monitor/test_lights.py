"""Lights as a person meets them: known cases, the score beside plain rivals, regions, signposts, refusals."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from qonys.catalog import open_pack
from qonys.cli import main
from qonys.errors import BadInput
from qonys.monitor.increments import Release, increments, revision_error
from qonys.monitor.regions import RegionalRates, watch_regions
from qonys.monitor.score import LEVEL, MODELS, RECORD, RIVAL, alarm_scores, scored
from qonys.monitor.signposts import signposts
from qonys.study.analyses.alarms import lights_of, newest, unusual
from qonys.study.analyses.monitoring import releases_of_pack
from qonys.study.analyses.regional_lights import regional_rates


def asked(capsys, *line):
    code = main(["monitor", *map(str, line)])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def releases(pack):
    return releases_of_pack(pack)


def at(rows, indicator, end):
    return next(row for row in rows if (row["indicator"], row["end"]) == (indicator, end))


def test_known_cases_through_the_command_line(capsys):
    code, out, _ = asked(capsys, "history", "--format", "json")
    assert code == 0
    rows = json.loads(out)
    autumn = at(rows, "immigrants", "2022-12-31")
    assert (autumn["start"], autumn["light"], autumn["direction"]) == ("2022-09-01", "red", "up")
    closed = at(rows, "emigrants", "2020-09-30")
    assert (closed["light"], closed["direction"]) == ("red", "down")
    assert not [row for row in rows if row["end"].startswith("2023") and row["light"] == "red"]


def test_chances_of_a_light(releases):
    found = lights_of(releases)
    autumn = found.row(by_predicate=(pl.col("indicator") == "immigrants") & (pl.col("end") == "2022-12-31"), named=True)
    assert autumn["p"] == pytest.approx(2 * stats.norm.sf(abs(autumn["z"])))
    assert autumn["p"] < 0.005
    in_year = found.filter(
        (pl.col("indicator") == "immigrants") & pl.col("end").is_between(pl.lit("2022-01-31"), pl.lit("2022-12-31"))
    ).height
    assert autumn["false_alarm"] == pytest.approx(1 - 0.995**in_year, abs=1e-9)
    assert found.filter(pl.col("z").is_null())["p"].null_count() == found["z"].null_count()
    assert set(unusual(found)["light"]) == {"yellow", "red"}
    assert newest(found)["indicator"].is_unique().all()


def steady(rng, years=8, every=3):
    for year in range(2012, 2012 + years):
        total = 0.0
        for month in range(12):
            total += 1000 * np.exp(0.2 * np.cos(month) + rng.normal(0, 0.05))
            if month % every == every - 1:
                yield Release(date(year, 1, 1), date(year, month + 1, 28), round(total))


def test_score_of_each_forecast_is_that_of_the_plain_formula(releases):
    """Slow twin: quantiles and probabilities by scipy's t, case by case."""
    table = alarm_scores(releases)
    for name, some in releases.items():
        cases = scored(some, revision_error(*releases.values()))
        for model in MODELS:
            row = table.row(by_predicate=(pl.col("indicator") == name) & (pl.col("model") == model), named=True)
            pinball, brier, held = [], [], []
            for one in cases:
                middle, spread, degrees = one.forecasts[model]
                low, high = (stats.t(degrees, middle, spread).ppf(p) for p in (0.025, 0.975))
                record = stats.t(one.forecasts[RECORD][2], *one.forecasts[RECORD][:2])
                ends = record.ppf([0.025, 0.975])
                chance = stats.t(degrees, middle, spread).cdf(ends[0]) + stats.t(degrees, middle, spread).sf(ends[1])
                outside = not ends[0] <= one.actual <= ends[1]
                pinball.append(0.025 * max(one.actual - low, 0) + 0.975 * max(low - one.actual, 0))
                brier.append((chance - outside) ** 2)
                held.append(low <= one.actual <= high)
            assert row["pinball_low"] == pytest.approx(100 * np.mean(pinball), rel=1e-9)
            assert row["brier"] == pytest.approx(np.mean(brier), rel=1e-9)
            assert row["held_95"] == pytest.approx(np.mean(held))


def test_the_record_says_five_percent_each_time(releases):
    assert {round(one.outside(RECORD), 9) for some in releases.values() for one in scored(some)} == {0.05}


def test_a_forecast_uses_nothing_that_came_later(releases):
    """Planted: releases after a case are multiplied by ten; its forecasts stay."""
    some = sorted(releases["immigrants"], key=lambda one: one.end)
    place = len(some) - 6
    last = some[place].start
    later = [one if one.start <= last else Release(one.start, one.end, 10 * one.value, one.rounding) for one in some]
    before = scored(some)
    changed = scored(later)
    same = [k for k, one in enumerate(before) if one.year <= last.year]
    assert all(before[k].forecasts == changed[k].forecasts for k in same)
    assert before[-1].forecasts != changed[-1].forecasts


def test_the_rival_is_the_same_months_of_the_year_before():
    made = list(steady(np.random.default_rng(5)))
    found = scored(made)
    last, year_before = increments(made)[-1], increments(made)[-5]
    assert found[-1].forecasts[RIVAL][0] == pytest.approx(np.log(year_before.value / year_before.months))
    assert last.months == year_before.months


def test_limits_of_steady_series_hold_about_their_share():
    """Simulated without change: the monitor's 95 % limits hold at least 93 %, unlike on the real series."""
    cases = [one for seed in range(6) for one in scored(list(steady(np.random.default_rng(seed))))]
    held = np.mean([one.quantile(LEVEL, 0.025) <= one.actual <= one.quantile(LEVEL, 0.975) for one in cases])
    assert held >= 0.93


def test_the_explanation_tells_the_figures_of_the_command(releases):
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "monitor.md").read_text(encoding="utf-8")
    rows = alarm_scores(releases).filter(pl.col("indicator") == "all").to_dicts()
    told = {
        "held by the 95 % limits": [f"{100 * row['held_95']:.0f} %" for row in rows],
        "pinball at 2.5 and 97.5 %, hundredths of the logarithm": [f"{row['pinball_low']:.1f}, {row['pinball_high']:.1f}" for row in rows],
        "Brier score": [f"{row['brier']:.3f}" for row in rows],
        "true of one warning a year": [f"{100 * row['precision_1']:.0f} %" for row in rows],
    }
    for name, cells in told.items():
        assert f"| {name} | {' | '.join(cells)} |" in page
    ours = rows[0]
    ends = [[round(100 * ours[f"gain_{what}{end}"]) for end in ("", "_low", "_high")] for what in ("pinball", "brier")]
    (a, b, c), (d, e, f) = ends
    assert f"the gain is {a} % (95 %: {b} to {c}) in the limits and {d} % ({e} to {f}) in" in page


def test_gains_have_an_interval_and_say_so_where_they_cannot(releases):
    table = alarm_scores(releases)
    ours = table.filter((pl.col("indicator") == "all") & (pl.col("model") == LEVEL)).row(0, named=True)
    assert ours["gain_pinball_low"] < ours["gain_pinball"] < ours["gain_pinball_high"]
    assert table.filter(pl.col("model") == RIVAL)["gain_pinball"].null_count() == 3


def test_score_by_the_command_line(capsys, tmp_path):
    code, out, _ = asked(capsys, "score", "--format", "csv")
    assert code == 0
    assert set(pl.read_csv(out.encode())["model"]) == set(MODELS)
    (tmp_path / "few.csv").write_text("year,months,value\n2023,6,300\n2023,12,650\n2024,6,310\n")
    code, out, err = asked(capsys, "score", tmp_path / "few.csv")
    assert (code, out) == (1, "")
    assert "too few to be scored" in err
    assert len(err.strip().splitlines()) == 1


def regional(rates):
    rates = np.asarray(rates, dtype=float)
    years = tuple(range(2000, 2000 + len(rates)))
    return RegionalRates(tuple(f"R{k}" for k in range(rates.shape[1])), years, rates, ("counts",) * len(rates))


def test_a_region_beside_its_three_years_by_hand():
    rng = np.random.default_rng(3)
    rates = rng.normal(-4, 1, (14, 1))
    rates[6] = np.nan
    found = watch_regions(regional(rates)).row(-1, named=True)
    known = [k for k in range(14) if k != 6]
    errors = [rates[known[k], 0] - rates[known[k - 3 : k], 0].mean() for k in range(3, len(known))]
    spread = np.sqrt(np.mean(np.square(errors[:-1])))
    low, high = rates[10:13, 0].mean() + np.array([-1, 1]) * stats.t(len(errors) - 1).ppf(0.975) * spread
    assert (found["low"], found["high"]) == (pytest.approx(low), pytest.approx(high))
    assert 2006 not in watch_regions(regional(rates))["year"].to_list()


def test_regions_without_change_are_seldom_red():
    found = watch_regions(regional(np.random.default_rng(7).normal(0, 1, (30, 200))))
    assert (found["light"] == "red").mean() <= 0.01
    assert (found["light"] == "yellow").mean() <= 0.07


def test_a_planted_exodus_is_red_and_the_others_are_not():
    rates = np.random.default_rng(8).normal(0, 1, (20, 5))
    rates[-1, 2] = -15
    last = watch_regions(regional(rates)).filter(pl.col("year") == 2019)
    assert dict(last.select("region", "light").iter_rows())["R2"] == "red"
    assert (last["light"] == "red").sum() == 1


def test_regional_rates_pass_over_recounts_and_go_on_by_the_register(pack):
    found = regional_rates(pack)
    assert np.isnan(found.rates[found.years.index(2021)]).all()
    assert found.basis[-1] == "register"
    assert found.basis[found.years.index(2022)] == "counts"
    whole = (found.rates[-1] > 0).sum()
    assert 0 < whole < len(found.regions)


def test_signposts_are_quantiles_of_the_draws():
    rng = np.random.default_rng(1)
    plain = rng.normal(100, 10, (4000, 3))
    shift = np.array([0.0, 5.0, -60.0])
    found = signposts((2030, 2031, 2032), {"net_migration": plain + shift}, {"net_migration": plain}).to_dicts()
    assert [row["fails"] for row in found] == ["", "below", "above"]
    assert found[0]["limit"] is None
    assert found[1]["limit"] == pytest.approx(np.quantile(plain[:, 1] + 5, 0.025))
    assert found[1]["beyond_without"] == pytest.approx(stats.norm.cdf((105 - 1.96 * 10 - 100) / 10), abs=0.02)
    assert [row["tells"] for row in found] == [False, False, True]


def test_draws_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        signposts((2030,), {"a": np.zeros((3, 2))}, {"a": np.zeros((3, 2))})


def test_signposts_of_a_scenario(capsys, tmp_path):
    path = tmp_path / "mix.toml"
    path.write_text("since = 2027\nnet_add = 50000\n")
    code, out, err = asked(
        capsys, "signposts", "--scenario", path, "--draws", 200, "--horizon", 2029, "--format", "csv"
    )
    assert code == 0, err
    frame = pl.read_csv(out.encode())
    assert set(frame["year"]) == {2027, 2028, 2029}
    net = frame.filter(pl.col("indicator") == "net_migration")
    assert set(net["fails"]) == {"below"}
    assert (net["expected"] - net["without_scenario"]).to_numpy() == pytest.approx(50_000, rel=0.15)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ((), "changes nothing"),
        (("--set", "since=2030"), "changes nothing"),
        (("--set", "net_add=1000", "--draws", "50"), "too few for 95% limits"),
        (("--set", "net_ad=1000"), "net_ad"),
    ],
)
def test_signposts_refuse_in_one_sentence(capsys, line, said):
    code, out, err = asked(capsys, "signposts", *line)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_country_without_regions_is_told():
    bare = SimpleNamespace(country={"code": "XX"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qonys.study.analyses.regional_lights.inputs.available", lambda pack, names: names)
        with pytest.raises(BadInput) as caught:
            regional_rates(bare)
    assert caught.value.key == "monitor.no_regions"


def test_a_country_of_whole_years_alone_has_lights_too():
    from qonys.study.chapters.monitor import compute
    from qonys.study.runs.results import Results

    results = Results("")
    compute(open_pack("georgia"), results)
    lights = results.table("monitor_releases").frame
    assert set(lights["months"]) == {12.0}
    assert (lights["false_alarm"].drop_nulls() < 0.006).all()
    assert results.table("monitor_regions").frame["region"].n_unique() > 5
