"""Effects of dated events: sizes of tests, refusals, closed forms, and the command."""

import numpy as np
import polars as pl
import pytest

from qonys import words
from qonys.cli import main
from qonys.errors import BadInput
from qonys.explanation.evaluation.cohorts import NEVER, event_study
from qonys.explanation.evaluation.interrupted import InterruptedModel, interrupted_series
from qonys.explanation.evaluation.synthetic import synthetic_control


def factor_panel(rng, outside=0.0, times=25, donors=19, noise=0.3):
    """Two factors; the loadings of the treated unit, the first, are those of a donor or lie outside of all."""
    loadings = rng.uniform(size=(donors + 1, 2))
    if outside:
        loadings[0] = 1 + outside
    return 5 + rng.normal(size=(times, 2)).cumsum(axis=0) / 2 @ loadings.T + rng.normal(0, noise, (times, donors + 1))


def verdict(values, at=20):
    try:
        return synthetic_control(values[:, 0], values[:, 1:], at).placebos.p()[0]
    except BadInput as error:
        return error.key


def share(outcomes, of):
    return sum(map(of, outcomes)) / len(outcomes)


@pytest.mark.long
def test_an_exchangeable_unit_is_rejected_as_often_as_said():
    rng = np.random.default_rng(5)
    found = [verdict(factor_panel(rng, noise=1.0)) for _ in range(1200)]
    numbers = [one for one in found if not isinstance(one, str)]
    assert len(numbers) > 0.97 * len(found)
    assert 0.03 <= share(numbers, lambda p: p <= 0.05) <= 0.07


@pytest.mark.parametrize("count", [20, pytest.param(300, marks=pytest.mark.long)])
def test_a_unit_outside_of_the_donors_is_refused(count):
    rng = np.random.default_rng(6)
    refused = ("effect.outside_hull", "effect.beyond_donors")
    assert share([verdict(factor_panel(rng, 1.0)) for _ in range(count)], lambda one: one in refused) >= 0.95


def test_a_planted_effect_is_found_and_its_set_holds_it():
    values = factor_panel(np.random.default_rng(7))
    values[20:, 0] += 3.0
    found = synthetic_control(values[:, 0], values[:, 1:], 20)
    assert found.placebos.p() == (1 / 20, 20)
    assert found.least_p == 1 / 20
    assert found.level == 0.95
    assert found.low < 3.0 < found.high
    assert np.nanmin(found.omitted) > 2.0
    assert max(abs(one) for one in found.earlier.values()) < 1.0
    assert found.spread == pytest.approx((found.effect, found.effect))


def test_the_set_inverts_the_test():
    """An effect inside the set, taken away, is not rejected; one outside is: the slow way, unit by unit."""
    values = factor_panel(np.random.default_rng(8))
    values[20:, 0] += 2.0
    found = synthetic_control(values[:, 0], values[:, 1:], 20)
    for effect, kept in ((found.low + 0.01, True), (found.high - 0.01, True), (found.low - 0.01, False), (found.high + 0.01, False)):
        less = values.copy()
        less[20:, 0] -= effect
        assert (verdict(less) > 0.05) == kept


def test_few_units_have_no_set():
    values = factor_panel(np.random.default_rng(9), donors=4)
    values[:, 0] = values[:, 1:].mean(axis=1) + np.random.default_rng(1).normal(0, 0.1, 25)
    found = synthetic_control(values[:, 0], values[:, 1:], 20)
    assert (found.level, found.least_p) == (0.8, 0.2)


def test_a_step_is_recovered_with_its_interval():
    rng, times = np.random.default_rng(1), np.arange(1990.0, 2024.0)
    inside = 0
    for _ in range(200):
        values = 100 + 2 * (times - 1990) + rng.normal(0, 3, len(times)) + 10 * (times >= 2010)
        found = interrupted_series(values, times, 2010, InterruptedModel("autoregressive", slope=False))
        inside += found.step.low <= 10 <= found.step.high
    assert 0.88 <= inside / 200 <= 0.99


def test_without_a_unit_never_touched_the_last_cohort_is_the_comparison():
    rng, times = np.random.default_rng(2), np.arange(14)
    starts = np.array([5] * 6 + [8] * 6 + [11] * 6)
    values = rng.normal(0, 0.1, (18, 14)) + rng.normal(size=(18, 1)) + times * 0.3 + 2.0 * (times >= starts[:, None])
    found = event_study(values, starts, times)
    assert not found.never
    assert found.mean[0] == pytest.approx(2.0, abs=0.15)
    assert found.parallel > 0.001


@pytest.mark.parametrize(
    ("starts", "key"),
    [([0] * 5 + [NEVER] * 5, "effect.always"), ([NEVER] * 10, "effect.nobody"), ([4] * 10, "effect.no_comparison"), ([4, NEVER], "effect.few_units")],
)
def test_panels_that_cannot_answer(starts, key):
    with pytest.raises(BadInput) as caught:
        event_study(np.zeros((len(starts), 8)), np.array(starts), np.arange(8))
    assert caught.value.key == key


@pytest.fixture
def files(tmp_path):
    """One series, a panel with a treated unit, a panel with starts."""
    rng, years = np.random.default_rng(4), range(1994, 2024)
    one = pl.DataFrame({"year": years, "value": [100 + 2 * (y - 1994) + rng.normal() * 4 + 30 * (y >= 2012) for y in years]})
    values = factor_panel(rng, times=30, donors=12)
    values[18:, 0] += 3
    panel = [{"year": y, "series": f"unit {u}", "value": float(values[t, u])} for t, y in enumerate(years) for u in range(13)]
    starts = {u: {0: 2005, 1: 2010}.get(u % 4) for u in range(12)}
    staggered = [
        {"year": y, "series": f"unit {u}", "value": rng.normal() + 3.0 * (s is not None and y >= s), "start": s}
        for u, s in starts.items() for y in years
    ]  # fmt: skip
    for name, frame in (("one", one), ("panel", pl.DataFrame(panel)), ("staggered", pl.DataFrame(staggered)),
                        ("few", pl.DataFrame([row for row in panel if row["series"] in ("unit 0", "unit 1", "unit 2")]))):  # fmt: skip
        frame.write_csv(tmp_path / f"{name}.csv")
    return tmp_path


def asked(capsys, files, *words_of):
    code = main(["effect", str(files / words_of[0]), *words_of[1:]])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("table", ["effect", "path", "curve", "rivals"])
def test_one_series(capsys, files, table):
    code, out, _ = asked(capsys, files, "one.csv", "--at", "2012", "--table", table)
    assert code == 0
    assert words.text("effect.assumes.interrupted", "en") in out
    if table == "effect":
        frame = pl.read_csv(asked(capsys, files, "one.csv", "--at", "2012", "--format", "csv")[1].encode())
        assert frame.filter(pl.col("effect") == "step")["value"][0] == pytest.approx(30, abs=6)


@pytest.mark.parametrize("table", ["effect", "path", "donors", "placebos", "earlier", "curve", "rivals"])
def test_a_panel_with_a_treated_unit(capsys, files, table):
    code, out, _ = asked(capsys, files, "panel.csv", "--at", "2012", "--treated", "unit 0", "--table", table)
    assert code == 0
    assert words.text("effect.assumes.synthetic", "en") in out


def test_rivals_of_the_pack_stand_beside_the_effect(capsys, files):
    _, out, _ = asked(capsys, files, "one.csv", "--at", "2021", "--lang", "ru")
    assert "Соперники этого объяснения" in out
    _, out, _ = asked(capsys, files, "one.csv", "--at", "2021", "--table", "rivals", "--format", "csv")
    assert all(abs(row["distance"]) <= 2 or row["end"] >= 2021 for row in pl.read_csv(out.encode()).iter_rows(named=True))


@pytest.mark.parametrize("table", ["effect", "since"])
def test_starts_that_differ(capsys, files, table):
    code, out, _ = asked(capsys, files, "staggered.csv", "--table", table)
    assert code == 0
    assert words.text("effect.assumes.staggered", "en") in out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("one.csv",), "--at"),
        (("one.csv", "--at", "1999"), "5 times lie before"),
        (("one.csv", "--at", "2022"), "2 times lie"),
        (("one.csv", "--at", "2012", "--table", "donors"), "donors is not one"),
        (("panel.csv", "--at", "2012"), "13 units"),
        (("panel.csv", "--at", "2012", "--treated", "nowhere"), "no unit nowhere"),
        (("panel.csv", "--at", "2000", "--treated", "unit 0"), "6 times lie"),
        (("few.csv", "--at", "2012", "--treated", "unit 0"), "2 donors"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(capsys, files, line, said):
    code, out, err = asked(capsys, files, *line)
    assert code == 1
    assert out == ""
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_series_that_never_changes_is_refused():
    with pytest.raises(BadInput) as caught:
        interrupted_series(np.full(20, 7.0), np.arange(2000.0, 2020.0), 2010)
    assert caught.value.key == "effect.constant"


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_a_line_without_scatter_is_refused(scale) -> None:
    times = np.arange(1990.0, 2020.0)
    line = scale * (3.0 + 0.7 * times + (times >= 2008) * 5.0)
    with pytest.raises(BadInput) as caught:
        interrupted_series(line, times, 2008.0)
    assert caught.value.key == "effect.exact"
    noise = np.random.default_rng(1).normal(0, 0.1 * scale, 30)
    assert np.isfinite(interrupted_series(line + noise, times, 2008.0).step.low)


def test_a_unit_that_lacks_a_year_is_named(capsys, files):
    text = (files / "panel.csv").read_text().splitlines()
    (files / "panel.csv").write_text("\n".join(line for line in text if not line.startswith("2003,unit 5,")))
    code, _, err = asked(capsys, files, "panel.csv", "--at", "2012", "--treated", "unit 0")
    assert code == 1
    assert "unit 5" in err
    assert "2003" in err


def test_options_without_effect_are_said(capsys, files):
    _, _, err = asked(capsys, files, "staggered.csv", "--at", "2008", "--errors", "autoregressive")
    assert "--at, --errors: no effect here" in err


def rows_by_part(part: str, per: int) -> str:
    rng = np.random.default_rng(5)
    lines = [f"year,{part},value"]
    for t in range(10 * per):
        level = 100 + 10 * np.cos(2 * np.pi * t / per) + 20 * (t >= 6 * per + 1) + rng.normal(0, 1)
        lines.append(f"{2010 + t // per},{t % per + 1},{level:.2f}")
    return "\n".join(lines)


@pytest.mark.parametrize(("part", "per", "at", "first"), [("month", 12, "2016-02", "2010-01"), ("quarter", 4, "2016-Q2", "2010-Q1")])
def test_months_and_quarters_are_times_with_a_season(tmp_path, capsys, part, per, at, first) -> None:
    path = tmp_path / "own.csv"
    path.write_text(rows_by_part(part, per), encoding="utf-8")
    assert main(["effect", str(path), "--at", at, "--format", "csv", "--lang", "en"]) == 0
    found = pl.read_csv(capsys.readouterr().out.encode())
    step = found.filter(pl.col("effect") == "step").row(0, named=True)
    assert abs(step["value"] - 20) < 2
    assert step["high"] - step["low"] < 5, "the season is taken out unasked"
    assert main(["effect", str(path), "--at", at, "--table", "path", "--format", "csv", "--lang", "en"]) == 0
    assert pl.read_csv(capsys.readouterr().out.encode())["time"][0] == first
    assert main(["effect", str(path), "--at", "2016", "--lang", "en"]) == 1
    assert "written as" in capsys.readouterr().err
    path.write_text(path.read_text().replace(f"2010,{per},", f"2010,{per + 1},"), encoding="utf-8")
    assert main(["effect", str(path), "--at", at, "--lang", "en"]) == 1
    assert f"1 to {per}" in capsys.readouterr().err
