"""The year under way: hind-nowcasts of known years, coverage on simulated series, the plain rule, the command."""

import numpy as np
import polars as pl
import pytest
from tests.monitor.test_monitor import asked, steady

from qonys import words
from qonys.catalog import open_pack
from qonys.monitor.nowcast import nowcast, past_nowcasts, plain_rule
from qonys.monitor.releases import Release
from qonys.study.analyses import monitoring


@pytest.fixture(scope="module")
def past():
    found = monitoring.past_nowcasts(monitoring.releases_of_pack(open_pack("kazakhstan")))
    return found.filter(pl.col("year").is_between(2017, 2024))


def test_past_years_lay_in_their_intervals_but_for_two_surprises(past):
    """31 of 37 cases (84 %): the rest are releases of 2021, after closed borders, and of 2022, before the autumn."""
    assert past.height == 37
    assert past["inside"].sum() == 31
    assert set(past.filter(~pl.col("inside"))["year"]) == {2021, 2022}


def test_past_years_are_nearer_than_by_the_plain_rule(past):
    both = past.drop_nulls("plain")
    ours, plain = (np.abs(np.log(both[name] / both["value"])).mean() for name in ("expected", "plain"))
    assert both.height >= 15
    assert ours < 0.7 * plain


@pytest.mark.parametrize("count", [3, pytest.param(60, marks=pytest.mark.long)])
def test_intervals_hold_the_years_of_series_without_a_change(count):
    inside, cases = 0, 0
    for place in range(count):
        made = list(steady(np.random.default_rng(place), (0.05, 0.15)[place % 2], 3))
        found = [(one.low <= value <= one.high) for one, value in past_nowcasts(made) if one.year >= 2019]
        inside, cases = inside + sum(found), cases + len(found)
    assert inside / cases >= 0.95


def test_a_planted_month_counted_twice_leaves_the_interval():
    made = list(steady(np.random.default_rng(7), 0.05, 3))
    before = nowcast(made[:-2])
    twice = [*made[:-2], Release(made[-2].start, made[-2].end, made[-2].value + 4500)]
    assert nowcast(made[:-1]).low <= made[-1].value <= nowcast(made[:-1]).high
    assert not nowcast(twice).low <= made[-1].value <= nowcast(twice).high
    assert before.share == pytest.approx(0.5, abs=0.1)


def test_what_is_seen_narrows_the_interval():
    made = list(steady(np.random.default_rng(9), 0.1, 3))
    widths = [(one.high - one.low) / one.expected for one in map(nowcast, (made[:-4], made[:-3], made[:-2], made[:-1]))]
    assert widths == sorted(widths, reverse=True)
    assert nowcast(made[:-4]).months == 0
    assert nowcast(made[:1]) is None


def test_the_plain_rule_is_the_figure_over_its_mean_share():
    made = list(steady(np.random.default_rng(2), 0.1, 6))
    shares = [half.value / year.value for half, year in zip(made[:-2:2], made[1:-2:2], strict=True)]
    found, years = plain_rule(made[:-2], made[-2])
    assert (found, years) == (pytest.approx(made[-2].value / np.mean(shares)), 7)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_command(capsys, language):
    code, out, _ = asked(capsys, "nowcast", "--as-of", "2025-09-01", "--lang", language)
    assert code == 0
    assert words.text("monitor.nowcast_rule", language) in out
    code, out, _ = asked(capsys, "nowcast", "--as-of", "2025-09-01", "--format", "csv")
    row = pl.read_csv(out.encode()).filter(pl.col("indicator") == "immigrants").row(0, named=True)
    assert (row["year"], row["months"]) == (2025, 6)
    assert row["low"] < 23761 < row["high"]
    assert row["share_error"] < 2


def test_the_command_says_how_often_it_was_right(capsys):
    code, out, _ = asked(capsys, "nowcast", "--past")
    assert code == 0
    assert "37 of 43" in out


def test_an_indicator_with_one_release_has_no_estimate_and_the_command_says_why(capsys, tmp_path):
    (tmp_path / "one.csv").write_text("year,months,value\n2024,3,300\n")
    for command, key in (("nowcast", "monitor.no_nowcast"), ("status", "monitor.no_light")):
        code, out, _ = asked(capsys, command, tmp_path / "one.csv")
        assert code == 0
        assert words.text(key, "en", names=words.text("monitor.unnamed", "en")) in out
