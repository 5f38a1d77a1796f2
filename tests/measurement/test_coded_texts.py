"""Agreement of coders against Krippendorff's example, his package (output written here), statsmodels; frames by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

import qonys
from qonys.cli import main
from qonys.errors import BadInput
from qonys.kernels.indices import agreement as kernel
from qonys.kernels.indices.agreement import (
    LEVELS,
    block_draws,
    cohen_kappa,
    coincidences,
    krippendorff_alpha,
    rank_correlation,
)
from qonys.measurement.coded_texts import (
    LagOptions,
    agreement,
    coded_once,
    coder_pairs,
    corpus_of,
    frames_and_flow,
    frames_by_year,
)

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
# Krippendorff (2011), C: four observers, twelve units, missing values
OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
PUBLISHED = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849}
# package krippendorff 0.9.0 on `made_up()`
PEER = {"nominal": 0.4867413082, "ordinal": 0.8458184178, "interval": 0.8682498866}


def rows_of(observers):
    cells = [(f"u{unit}", f"c{coder}", value) for coder, line in enumerate(observers) for unit, value in enumerate(line) if value != "."]
    return pl.DataFrame(cells, schema=["document", "coder", "code"], orient="row")


def made_up():
    """Ratings 1 to 4 of three coders of thirty units, a fifth missing."""
    rng = np.random.Generator(np.random.Philox(key=16))
    truth = rng.integers(1, 5, 30)
    lines = np.clip(truth + rng.integers(-1, 2, (3, 30)) * (rng.random((3, 30)) < 0.6), 1, 4)
    return ["".join("." if gone else str(value) for value, gone in zip(line, rng.random(30) < 0.2, strict=True)) for line in lines]


@pytest.mark.parametrize("level", LEVELS)
def test_krippendorffs_example(level):
    found = agreement(corpus_of(rows_of(OBSERVERS)), level, draws=50).row(0, named=True)
    assert round(found["krippendorff"], 3) == PUBLISHED[level]
    assert (found["documents"], found["values"]) == (11, 40)


@pytest.mark.parametrize("level", LEVELS)
def test_the_package_of_others(level):
    assert agreement(corpus_of(rows_of(made_up())), level, draws=20)["krippendorff"][0] == pytest.approx(PEER[level], abs=1e-7)


@pytest.mark.parametrize(("level", "weights"), [("nominal", None), ("ordinal", "linear"), ("interval", "quadratic")])
def test_kappa_in_statsmodels(level, weights):
    table = np.array([[20.0, 5, 1], [4, 30, 6], [2, 3, 9]])
    assert float(cohen_kappa(table, np.arange(3.0), level)) == pytest.approx(cohens_kappa(table, wt=weights).kappa)


def test_alpha_of_two_coders_and_many_units_is_nearly_scotts_pi():
    """Scott's pi (1955) uses the pooled margins as alpha does; the difference is of order 1 / units."""
    rng = np.random.Generator(np.random.Philox(key=2))
    truth = rng.integers(0, 3, 4000)
    two = [np.where(rng.random(4000) < 0.7, truth, rng.integers(0, 3, 4000)) for _ in range(2)]
    counts = np.stack([(two[0] == k).astype(float) + (two[1] == k) for k in range(3)], axis=1)
    p = counts.sum(axis=0) / counts.sum()
    pi = ((two[0] == two[1]).mean() - (p**2).sum()) / (1 - (p**2).sum())
    assert float(krippendorff_alpha(coincidences(counts).sum(axis=0), np.arange(3.0))) == pytest.approx(pi, abs=1e-3)


def test_intervals_hold_the_truth():
    """Two coders who are right with probability q and guess otherwise: alpha is q squared in the long run."""
    inside = 0
    for seed in range(60):
        rng = np.random.Generator(np.random.Philox(key=seed))
        truth = rng.integers(0, 2, 150)
        lines = ["".join(map(str, np.where(rng.random(150) < 0.8, truth, rng.integers(0, 2, 150)))) for _ in range(2)]
        corpus = corpus_of(rows_of(lines))
        low, high = agreement(corpus, draws=300, seed=seed).select("low", "high").row(0)
        inside += low < 0.64 < high
    assert 50 <= inside <= 60


def test_pairs_by_hand():
    corpus = corpus_of(rows_of(["aabb", "abbb", "...b"]))
    row = coder_pairs(corpus, draws=50).row(0, named=True)
    assert (row["documents"], row["agreement"]) == (4, 0.75)
    assert row["kappa"] == pytest.approx((0.75 - 0.5) / 0.5)
    assert coder_pairs(corpus, draws=50).height == 3
    assert coder_pairs(corpus, draws=50)["kappa"].to_list()[1] is None, "one value alone tells nothing"


def test_several_codes_are_taken_one_by_one():
    rows = pl.concat([rows_of(["aabb", "abbb"]), pl.DataFrame({"document": ["u0"], "coder": ["c0"], "code": ["b"]})])
    found = agreement(corpus_of(rows), draws=50)
    assert found["code"].to_list() == ["a", "b"]
    yes = np.array([[0, 2], [1, 1], [2, 0], [2, 0]], dtype=float)
    assert found["krippendorff"][0] == pytest.approx(float(krippendorff_alpha(coincidences(yes).sum(axis=0), np.arange(2.0))))
    with pytest.raises(BadInput, match="1 document has several codes"):
        coder_pairs(corpus_of(rows))


def test_documents_of_one_coder_are_known():
    assert coded_once(corpus_of(rows_of(OBSERVERS))) == ("u11",)


def test_shares_by_hand_and_coders_have_equal_parts():
    rows = rows_of(["aab", "ab."]).with_columns(pl.Series("year", [2001, 2001, 2002, 2001, 2001]))
    found = frames_by_year(corpus_of(rows))
    assert found.filter(code="a").select("year", "documents", "share").rows() == [(2001, 2, 0.75), (2002, 1, 0.0)]
    low, high = found.filter(year=2002, code="b").select("low", "high").row(0)
    assert (low, high) == pytest.approx((1 / (1 + stats.norm.ppf(0.975) ** 2), 1.0))  # Wilson, one of one


def shares(values, first=1990):
    return pl.DataFrame({"year": range(first, first + len(values)), "code": ["x"] * len(values), "share": values})


def test_a_flow_that_follows_is_found_at_its_lag():
    rng = np.random.Generator(np.random.Philox(key=4))
    values = rng.random(30)
    flow = {1990 + year + 2: float(value) for year, value in enumerate(values)}
    found = frames_and_flow(shares(values), flow, LagOptions(3))
    best = found.sort("rho", descending=True).row(0, named=True)
    assert (best["lag"], best["years"]) == (2, 30)
    assert best["rho"] == pytest.approx(1)
    other = found.filter(lag=0).row(0, named=True)
    later = [flow[year] for year in range(1992, 2020)]
    assert other["rho"] == pytest.approx(stats.spearmanr(values[2:], later).statistic)
    assert frames_and_flow(shares(values[:7]), flow, LagOptions(0))["rho"].to_list() == [None]


def test_independent_series_are_seldom_told_to_go_together():
    outside = 0
    for seed in range(100):
        rng = np.random.Generator(np.random.Philox(key=seed))
        flow = {1990 + year: float(value) for year, value in enumerate(rng.normal(size=40))}
        row = frames_and_flow(shares(rng.random(40)), flow, LagOptions(0, draws=400, seed=seed)).row(0, named=True)
        outside += not row["low"] < 0 < row["high"]
    assert outside <= 16  # 5 expected, a little more with short blocks


def test_blocks_are_runs_of_consecutive_places():
    places = block_draws(20, 5, 50, 1)
    assert places.shape == (50, 20)
    assert (np.diff(places.reshape(50, 4, 5), axis=2) == 1).all()
    assert np.isnan(rank_correlation(np.ones(5), np.arange(5.0)))


def test_the_commands(capsys):
    texts = str(EXAMPLES / "simulated-texts.csv")
    assert main(["texts", "code", texts, "--codebook", str(EXAMPLES / "simulated-codebook.csv"), "--format", "csv", "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert "integration,0,0,0" in told.out
    assert "42 of 240" in told.err
    assert "fictitious" in told.err
    assert main(["texts", "frames", texts, "--flows", str(EXAMPLES / "simulated-texts-flow.csv"), "--lags", "1", "--lang", "kk"]) == 0
    assert "рангтік корреляция" in capsys.readouterr().out


def test_other_names_and_dates(tmp_path, capsys):
    path = tmp_path / "texts.csv"
    path.write_text("текст,дата,эксперт,фрейм\n1,01.03.2014,А,угроза\n1,01.03.2014,Б,угроза\n2,2015-04,А,ресурс\n2,2015-04,Б,угроза\n", encoding="utf-8")
    assert main(["texts", "frames", str(path), "--format", "csv"]) == 0
    assert "2015,ресурс,1,0.5" in capsys.readouterr().out


def test_the_face():
    rows = rows_of(["aab", "ab."]).with_columns(date=pl.Series(["2001", "2001", "2002", "2001", "2001"]))
    found = qonys.coder_agreement(rows, codes=["a", "b", "c"])
    assert found.table("codes").rows() == [("a", 2, 3, 2), ("b", 2, 2, 2), ("c", 0, 0, 0)]
    flow = {"year": range(2000, 2005), "value": range(5)}
    assert qonys.coded_frames(rows, flows=flow, lags=1).table("lags").height == 2 * 3
    assert qonys.coded_frames(rows).plot().spec


@pytest.mark.parametrize(
    ("rows", "options", "part"),
    [
        (rows_of(["ab", "ax"]), {"codes": ["a", "b"]}, "x .first in the document u1"),
        (pl.concat([rows_of(["ab"]), rows_of(["ab"])]), {}, "u0"),
        (rows_of(["ab", ".."]), {}, "No document was coded by two"),
        (rows_of(["ab", "ab"]), {"level": "interval"}, "a is no number"),
        (rows_of(["ab", "ab"]), {"level": "ratio"}, "ratio"),
    ],
)
def test_refusals(rows, options, part):
    with pytest.raises(BadInput, match=part):
        qonys.coder_agreement(rows, **options)


@pytest.mark.parametrize(("date", "part"), [(["spring"] * 4, "says no year"), (["2001", "2002", "2001", "2001"], "two years")])
def test_dates_that_cannot_be(date, part):
    with pytest.raises(BadInput, match=part):
        qonys.coded_frames(rows_of(["ab", "ab"]).with_columns(pl.Series("date", date)).sort("document"))


def test_one_code_twice_is_refused_whatever_its_date():
    rows = pl.concat([rows_of(["ab"]), rows_of(["ab"])])
    with pytest.raises(BadInput, match="twice to the document u0"):
        corpus_of(rows)


def test_planted_faults_ring(monkeypatch):
    monkeypatch.setattr("qonys.measurement.coded_texts.coincidences", lambda counts: counts[:, :, None] * counts[:, None, :])
    assert round(agreement(corpus_of(rows_of(OBSERVERS)), draws=20)["krippendorff"][0], 3) != PUBLISHED["nominal"]
    monkeypatch.undo()
    whole = kernel.distances
    monkeypatch.setattr(kernel, "distances", lambda values, numbers, level: whole(values, numbers, "interval"))
    assert round(agreement(corpus_of(rows_of(OBSERVERS)), "ordinal", draws=20)["krippendorff"][0], 3) != PUBLISHED["ordinal"]
