"""`schedule fit` takes a model whose parameters the ages identify; any other only where it is asked for alone."""

import csv
import io
import json
import warnings

import numpy as np
import pytest

import qonys
from qonys import words
from qonys.errors import BadInput
from qonys.kernels.schedules import curves
from qonys.study.chapters.ages import _fitted

TRUE = {"a1": 0.02, "alpha1": 0.09, "a2": 0.07, "alpha2": 0.11, "mu2": 21.0, "lambda2": 0.35, "c": 0.003}
STARTS = np.arange(0, 85, 5)
# rates that begin low, rise to age 45 and fall: no schedule of seven parameters or more is identified by them
FLAT = [12, 16, 17, 18, 17, 16, 17, 20, 22, 21, 15, 13, 15, 16, 16, 11, 4]


def simulated(seed=2):
    """Rates of a known schedule in five-year groups with noise of 12 %: simulated."""
    ages, means = curves.group_means(STARTS, STARTS + 4)
    noise = np.exp(np.random.default_rng(seed).normal(0, 0.12, len(STARTS)))
    return {"age_start": STARTS.tolist(), "value": np.round(means @ curves.curve(TRUE, ages) * noise, 4).tolist()}


def flat():
    """Rates that identify no model: simulated."""
    return {"age_start": STARTS.tolist(), "value": [rate / 1000 for rate in FLAT]}


@pytest.fixture
def fit(tmp_path, command):
    def call(table, *arguments):
        rows = zip(*table.values(), strict=True)
        text = "\n".join([",".join(table), *(",".join(map(str, row)) for row in rows)])
        (tmp_path / "ages.csv").write_text(text, encoding="utf-8")
        return command(tmp_path, "schedule", "fit", "ages.csv", *arguments, "--format", "csv", "--lang", "en")

    return call


def rows(out):
    return list(csv.DictReader(io.StringIO(out)))


def test_the_best_identified_model_is_taken_and_what_was_passed_over_is_said(fit):
    code, out, err = fit(simulated())
    assert (code, len(rows(out))) == (0, 7), err
    assert all(row["error"] for row in rows(out))
    assert "The model with 7 parameters is the best by BIC of those that the ages identify" in err
    assert "11, 13 parameters" in err
    assert "Series" not in err
    models = rows(fit(simulated(), "--table", "models")[1])
    best = min(models, key=lambda row: float(row["bic"]))
    assert (best["parameters"], best["identified"]) == ("11", "false")
    assert [row["parameters"] for row in models if row["chosen"] == "true"] == ["7"]


def test_a_model_asked_for_alone_is_taken_and_said(fit):
    code, out, err = fit(simulated(), "--sizes", "11")
    assert (code, len(rows(out))) == (0, 11)
    assert "The model with 11 parameters, asked for alone, is taken, but the ages do not identify" in err
    indices = {row["index"] for row in rows(fit(simulated(), "--sizes", "11", "--table", "indices")[1])}
    assert indices == {"gmr", "peak_age"}


def test_none_identified_is_refused(fit):
    code, out, err = fit(flat())
    assert (code, out) == (1, "")
    assert "identify none of the models" in err
    assert "sizes" in err
    assert fit(flat(), "--sizes", "7")[0] == 0


def test_of_several_series_the_one_that_identifies_none_is_named(fit):
    both = [{**table, "region": [name] * len(STARTS)} for name, table in (("A", simulated()), ("B", flat()))]
    code, out, err = fit({key: [*both[0][key], *both[1][key]] for key in both[0]})
    assert (code, {row["region"] for row in rows(out)}) == (0, {"A"})
    assert "Series A: the model with 7 parameters" in err
    assert "B: The 17 age groups identify none" in err


def test_the_same_in_python():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = qonys.age_schedule(simulated())
    assert found.frame.height == 7
    assert "11, 13" in " ".join(found.notes)
    assert found.table("models").filter(chosen=True)["identified"].to_list() == [True]
    with pytest.warns(UserWarning, match="asked for alone"):
        alone = qonys.age_schedule(simulated(), sizes=[11])
    assert "asked for alone" in " ".join(alone.notes)
    assert alone.table("models")["identified"].to_list() == [False]
    with pytest.raises(BadInput, match="identify none of the models"):
        qonys.age_schedule(flat())


def test_a_study_keeps_the_curve_where_the_ages_identify_none():
    import polars as pl

    data = pl.DataFrame(flat()).with_columns(start=1990, age_end=pl.col("age_start") + 4)
    found = _fitted(data)
    assert found["models"].select("parameters", "identified", "chosen").rows() == [(7, False, True)]
    assert found["curves"].height == 85
    assert found["indices"]["index"].to_list() == ["gmr", "peak_age"]


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("key", ["asked", "passed_over"])
def test_all_languages_name_the_series_where_it_has_a_name(language, key):
    values = {"series": "SERIES", "chosen": 7, "others": "11"}
    assert "SERIES" in words.text(f"schedules.{key}_of", language, **values)
    assert "–:" not in json.dumps(words.text(f"schedules.{key}", language, **values), ensure_ascii=False)


def test_rates_that_a_curve_meets_nearly_exactly_identify_it(fit):
    known = qonys.model_schedule("fundamental").frame["rate"].to_list()
    code, out, err = fit({"age_start": range(101), "value": [round(rate, 6) for rate in known]}, "--sizes", "7,9")
    assert (code, len(rows(out))) == (0, 7), err
    assert all(0 < float(row["error"]) < 0.01 for row in rows(out))
