"""What the answers do not determine has no number, and a sentence says why: layer effects and omega, through the command."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl
import pytest

from qonys.cli import main
from qonys.kernels.structure.mobility_models import fit_table, open_layers
from qonys.surveys import mobility
from qonys.surveys.design import Design
from qonys.surveys.reading import respondents

MOBILITY = ["survey", "mobility", "x.csv", "--origin", "origin", "--destination", "destination", "--layer", "layer"]
PSI = np.array([[1.6, 0.3, -0.6, 0.2], [0.2, 1.0, 0.1, -0.2], [-0.5, 0.4, 1.4, 0.1], [0.3, -0.3, 0.2, 1.2]])
UNMOVED = {"en": "nobody has moved", "ru": "никто не переместился", "kk": "ешкім ауыспаған"}
IMPROPER = {"en": "Heywood", "ru": "Хейвуда", "kk": "Хейвуд"}


def counts(*kinds, seed=1, n=1500):
    """A table of layers of one association; `still`: nobody moved there, `apart`: no margin of movers of one origin."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    layers = []
    for kind in kinds:
        share = np.exp(PSI)
        drawn = rng.multinomial(n, (share / share.sum()).ravel()).reshape(share.shape).astype(float)
        layers.append(drawn * np.eye(4) if kind == "still" else drawn)
    return np.stack(layers, axis=2)


def written(path, table):
    rows = [(str(i), str(j), "abc"[k]) for i, j, k in np.ndindex(table.shape) for _ in range(int(table[i, j, k]))]
    pl.DataFrame(rows, schema=["origin", "destination", "layer"], orient="row").write_csv(path)


def answer(capsys, arguments):
    assert main(arguments) == 0
    told = capsys.readouterr()
    return list(csv.DictReader(io.StringIO(told.out))), told.err


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(("kinds", "none"), [(("", "still"), "b"), (("", "", "still"), "c"), (("still", "", ""), "abc")])
def test_a_layer_without_movers_has_no_effect(tmp_path, monkeypatch, capsys, kinds, none, language):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "x.csv", counts(*kinds))
    rows, said = answer(capsys, [*MOBILITY, "--table", "layers", "--format", "csv", "--lang", language])
    empty = {row["layer"] for row in rows if not row["effect"]}
    assert empty >= set(none)
    assert all(not row[name] for row in rows if row["layer"] in none for name in ("effect", "low", "high", "p"))
    assert UNMOVED[language] in said
    if "a" not in none:
        assert {row["layer"] for row in rows if row["effect"]} >= {"a"}


def test_a_layer_that_all_determine_has_its_effect_and_an_endless_one_none():
    assert open_layers(fit_table(counts("", "", n=9000), "uniform")) == ()
    assert open_layers(fit_table(counts("", "", n=9000), "uniform_movers")) == ()
    flat = np.stack([np.outer([10.0, 20, 30], [5.0, 5, 5]), np.exp(PSI[:3, :3]).round(2) * 50], axis=2)
    assert open_layers(fit_table(flat, "uniform")) == (1,)


def test_a_layer_in_which_nobody_answered_is_left_out_and_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "x.csv", counts("", "", n=200))
    with (tmp_path / "x.csv").open("a") as file:
        file.write(",1,z\n,2,z\n")
    for shown in ("rates", "models", "layers", "odds"):
        rows, said = answer(capsys, [*MOBILITY, "--table", shown, "--format", "csv", "--lang", "en"])
        assert "nan" not in str(rows).lower()
        assert "z" not in {row.get("layer") for row in rows}
        assert "destination: z" in said


def twelve(seed, n=12):
    """Items of one factor, the first almost the factor itself: with a dozen answers often a Heywood case."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    factor = rng.normal(size=n)
    return pl.DataFrame({f"q{j}": loading * factor + rng.normal(0, own, n) for j, (loading, own) in
                         enumerate([(1.0, 0.1), (0.5, 0.9), (0.6, 0.8), (0.4, 0.9)])})  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_an_improper_factor_has_no_interval(tmp_path, monkeypatch, capsys, language):
    monkeypatch.chdir(tmp_path)
    items = ["survey", "identity", "x.csv", "--items", "q0,q1,q2,q3", "--format", "csv", "--lang", language]
    found = 0
    for seed in range(8):
        twelve(seed).write_csv(tmp_path / "x.csv")
        rows, said = answer(capsys, items)
        row = rows[0]
        assert row["alpha"]
        assert row["alpha_low"]
        if row["omega_low"]:
            assert float(row["omega_high"]) - float(row["omega_low"]) > 0.01
            assert IMPROPER[language] not in said
        elif row["omega"]:
            assert IMPROPER[language] in said
            found += 1
    assert found


def test_alpha_stands_where_the_factor_does_not_converge(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    twelve(1, 60).with_columns(q3=pl.col("q0") + pl.col("q1")).write_csv(tmp_path / "x.csv")
    for shown in ("reliability", "items"):
        rows, said = answer(capsys, ["survey", "identity", "x.csv", "--items", "q0,q1,q2,q3", "--table", shown,
                                     "--format", "csv", "--lang", "en"])  # fmt: skip
        assert "cannot be fitted to all respondents" in said
        assert all(row.get("alpha") or row.get("alpha_without") for row in rows)
        assert not any(row.get("omega") or row.get("loading") for row in rows)


def test_planted_faults_ring(monkeypatch, tmp_path):
    written(tmp_path / "x.csv", counts("", "still"))
    data = respondents(pl.read_csv(tmp_path / "x.csv"))
    table = mobility.mobility_table(data, Design(), "origin", "destination", "layer")
    assert mobility.layer_effects(table).filter(layer="b")["effect"].null_count() == 2
    monkeypatch.setattr(mobility, "open_layers", lambda fit: ())
    assert mobility.layer_effects(table).filter(layer="b")["effect"].null_count() < 2
