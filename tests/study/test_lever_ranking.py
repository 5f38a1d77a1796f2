"""Rankings of measures on a made-up country: surfaces follow the lab, slopes are those of two runs, bad costs are refused."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.study.test_lab import MEASURES, made_up

from qonys.cli import main
from qonys.errors import BadInput
from qonys.kernels.sensitivity import chaos
from qonys.policy.measures import Cost
from qonys.study.analyses.levers import costs_of_file
from qonys.study.lab import lever_ranking, surface
from qonys.study.lab.lever_ranking import rank_levers
from qonys.study.lab.session import OUTCOMES, Lab, usual_arrivals, worlds_of

RANGES = {"come": (0, 4000), "work": (0, 4000), "stay": (0, 900), "border": (0, 900), "houses": (50, 300)}
STAGES = {"come": "plan", "work": "move", "stay": "intention", "border": "move", "houses": "plan"}
SMALL = tuple(
    replace(one, low=RANGES[one.id][0], high=RANGES[one.id][1], stage=STAGES[one.id],
            cost=Cost(2e5, "KZT", 2026, ("s",)) if one.id == "come" else None)
    for one in MEASURES
)  # fmt: skip


@pytest.fixture(scope="module")
def lab():
    world = made_up.world(groups=3)
    return Lab(SMALL, worlds_of(world, SMALL), usual_arrivals(world), ("R2",), 2026, 2032, 4)


@pytest.fixture(scope="module")
def ranking(lab):
    return rank_levers(lab, 2032, points=64)


def test_the_surface_follows_fresh_runs(lab):
    found = surface.surface(lab, 2032, points=48)
    assert found.poor() == ()
    rng = np.random.default_rng(9)
    points = rng.uniform(-1, 1, (12, len(SMALL)))
    runs = np.stack([surface.difference_of(lab, surface.settings_at(SMALL, one), 2032, 0) for one in points])
    span = found.runs.max(axis=(0, 1)) - found.runs.min(axis=(0, 1))
    assert (np.abs(found.fit.at(points) - runs).max(axis=(0, 1)) <= 0.02 * span).all()


def test_slopes_are_those_of_two_runs(ranking):
    """One step of each measure by the surface and by the lab itself."""
    rows = ranking.levers.filter(pl.col("outcome") == "population")
    for row in rows.iter_rows(named=True):
        near = {"houses": 0.25}.get(row["measure"], 0.1)  # a power: a step of half the usual is no slope
        assert row["slope"] == pytest.approx(row["step_middle"], rel=near, abs=20), row["measure"]


def test_what_a_measure_does_not_touch_has_no_index(ranking):
    """Temporary workers are no residents."""
    row = ranking.levers.filter((pl.col("outcome") == "population") & (pl.col("measure") == "work")).row(0, named=True)
    assert (row["step_low"], row["step_middle"], row["step_high"]) == (0, 0, 0)
    assert abs(row["total_order"]) < 1e-3
    assert row["total_order_low"] <= row["total_order"] <= row["total_order_high"]
    last = ranking.above.filter((pl.col("outcome") == "population") & (pl.col("measure") == "work"))
    assert not last["surely"].any()


def test_indices_lie_in_their_intervals_and_shares_sum_to_one(ranking):
    frame = ranking.levers
    assert (frame["total_order_low"] <= frame["total_order"]).all()
    assert (frame["total_order"] <= frame["total_order_high"]).all()
    assert frame.group_by("outcome").agg(pl.col("shapley").sum())["shapley"].to_list() == pytest.approx(
        [1.0] * len(OUTCOMES)
    )
    stages = ranking.stages.filter(pl.col("outcome") == "population")
    assert set(stages["stage"]) == {"intention", "plan", "move"}
    assert dict(stages.select("stage", "measures").iter_rows()) == {"intention": 1, "plan": 2, "move": 2}


def test_only_what_has_a_cost_is_ordered_by_it(ranking, lab):
    rows = {
        row["measure"]: row for row in ranking.levers.filter(pl.col("outcome") == "population").iter_rows(named=True)
    }
    assert [name for name, row in rows.items() if row["bought_middle"] is not None] == ["come"]
    spent = 2e5 * rows["come"]["one_step"] * 7 / 1e6
    assert rows["come"]["bought_middle"] == pytest.approx(rows["come"]["step_middle"] / spent)


def test_chances_of_a_pair_sum_to_one(ranking):
    frame = ranking.above.filter(pl.col("outcome") == "population")
    both = {(row["measure"], row["other_measure"]): row["chance"] for row in frame.iter_rows(named=True)}
    assert all(chance + both[other, one] == pytest.approx(1) for (one, other), chance in both.items())
    assert set(frame.filter(pl.col("rank") == 1)["measure"]) <= {"come", "border", "stay"}


def test_what_polynomials_do_not_follow_is_run(lab, monkeypatch):
    """An outcome below the limit gets its indices from runs; the points are doubled first, and it is said."""
    monkeypatch.setattr(surface, "ENOUGH", 1.01)
    monkeypatch.setattr(surface, "MOST", 64)
    monkeypatch.setattr(lever_ranking, "direct", lambda *given, tell: surface.direct(*given, points=8, tell=tell))
    told = []
    few = lab.fewer(2)
    found = rank_levers(few, 2032, points=32, tell=lambda done, total: told.append(total))
    assert set(found.fit["way"]) == {"runs"}
    assert found.fit["points"].to_list() == [64] * len(OUTCOMES)
    assert set(told) == {32, 64, 8 * (len(SMALL) + 2)}
    assert found.levers["shapley"].null_count() == found.levers.height


@pytest.mark.long
def test_measures_in_another_order_have_the_same_effects(lab, ranking):
    turned = tuple(reversed(SMALL))
    other = Lab(turned, lab.worlds, lab.usual, lab.receiving, lab.since, lab.until, lab.draws)
    again = rank_levers(other, 2032, points=64).levers
    both = ranking.levers.join(again, on=["outcome", "measure"])
    assert both["step_middle"].to_list() == pytest.approx(both["step_middle_right"].to_list())
    assert both["total_order"].to_list() == pytest.approx(both["total_order_right"].to_list(), abs=0.05)


def table(tmp_path, *rows):
    path = tmp_path / "costs.csv"
    path.write_text("\n".join(["measure,value,year,source", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_users_costs_are_read(tmp_path):
    found = costs_of_file(table(tmp_path, "border,2.5,2025,Ministry", "housing,7,2024,Budget"), ("border", "housing"))
    assert found["border"] == Cost(2.5, "", 2025, ("Ministry",))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("border,2.5,2025,",), "column 'source' is empty"),
        (("borders,2.5,2025,M",), "There is no measure borders"),
        (("border,-1,2025,M",), "the cost of the measure border is -1"),
        (("border,0,2025,M",), "the cost of the measure border is 0"),
        (("border,x,2025,M",), "x"),
    ],
)
def test_bad_costs_are_refused_before_anything_runs(tmp_path, rows, said, capsys):
    path = table(tmp_path, *rows)
    with pytest.raises(BadInput) as caught:
        costs_of_file(path, ("border", "housing"))
    assert said in caught.value.sentence("en")
    assert main(["policy", "levers", "--costs", str(path), "--results", str(tmp_path / "none")]) != 0
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--outcome", "wealth"), "wealth"),
        (("--table", "best"), "best"),
        (("--draws", "1"), "1"),
        (("--year", "9"), "9"),
    ],
)
def test_bad_options_are_refused_in_a_sentence(option, said, tmp_path, capsys):
    assert main(["policy", "levers", *option, "--results", str(tmp_path)]) != 0
    assert said in capsys.readouterr().err


def drawn_surface(rng, draws=40, points=128):
    """A made-up surface: a polynomial whose terms differ by draw, and a rest that no term follows."""
    terms = chaos.total_degree(3, 2)
    mean, spread = np.array([0, 3, 2, 0.5, 0.5, 1, 0, 0.3, 0, 0.0]), np.array([1, 0.8, 0.4, 0, 0.2, 0.2, 0, 0, 0, 0.0])
    coefficients = mean[:, None] + spread[:, None] * rng.normal(size=(len(terms), draws))
    design = rng.uniform(-1, 1, (points, 3))
    runs = (chaos.basis(design, terms) @ coefficients)[..., None] + rng.normal(0, 0.3, (points, draws, 1))
    fit = chaos.fitted(design, runs, terms)
    one = np.ones(1)
    whole, luck = mean**2 + spread**2, spread[0] ** 2
    variance = whole[1:].sum() + luck
    total = [whole[terms[:, i] > 0].sum() / variance for i in range(3)]
    found = surface.LeverSurface(
        measures=SMALL[:3],
        outcomes=("y",),
        year=2032,
        since=2026,
        points=design,
        runs=runs,
        fit=fit,
        left_out=one,
        worst=one,
    )
    return found, np.array(total)


@pytest.mark.long
def test_intervals_over_runs_and_draws_cover():
    hits = []
    for seed in range(200):
        found, total = drawn_surface(np.random.default_rng(seed))
        low, high = lever_ranking._Sobol(found).total[:, :, 0]
        hits.append((low <= total) & (total <= high))
    assert 0.9 <= np.mean(hits) <= 0.98
