"""`qonys survey` as a user calls it, on the simulated survey of the examples."""

from __future__ import annotations

import contextlib
import csv
import io
from pathlib import Path
from typing import NamedTuple

import pytest

from qonys.cli import main

pytest.importorskip("svy")
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "simulated-survey.csv"
DESIGN = ("--weight", "weight", "--strata", "stratum", "--cluster", "cluster")


class Done(NamedTuple):
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(("survey", *arguments))
    return Done(code, out.getvalue(), err.getvalue())


def rows(*arguments: str) -> list[dict[str, str]]:
    done = run(*arguments, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_a_table_gives_the_published_margin_with_its_error():
    found = rows("table", str(EXAMPLE), *DESIGN, "--var", "intention", "--by", "age_group")
    young = [row for row in found if row["age_group"] == "18-29" and row["answer"] != "does_not_intend"]
    assert sum(float(row["estimate"]) for row in young) == pytest.approx(0.25, abs=1e-4)
    assert all(float(row["se"]) > 0 for row in young)


@pytest.mark.parametrize(("language", "word"), [
    pytest.param("ru", "смоделировано", marks=pytest.mark.long), ("kk", "модельденген"),
    pytest.param("en", "simulated", marks=pytest.mark.long),
])  # fmt: skip
def test_every_answer_says_that_it_is_simulated(language, word):
    labels = EXAMPLE.with_name(f"simulated-survey-labels-{language}.csv")
    for command in (
        ("table", "--var", "reason"), ("test", "--var", "reason", "--by", "occupation"), ("map", "--var", "reason", "--var", "occupation"),
        ("classes", "--var", "motive_work", "--var", "motive_study", "--most", "2"),
    ):  # fmt: skip
        done = run(command[0], str(EXAMPLE), *DESIGN, *command[1:], "--labels", str(labels), "--lang", language)
        assert done.returncode == 0, done.stderr
        assert word in done.stderr.lower()


@pytest.mark.long
def test_tests_trend_and_pairs():
    tests = rows("test", str(EXAMPLE), *DESIGN, "--var", "intention", "--by", "ethnic_group", "--by", "occupation")
    assert len(tests) == 2
    assert all(float(row["p_holm"]) >= float(row["p"]) for row in tests)
    pairs = rows("test", str(EXAMPLE), *DESIGN, "--var", "intention", "--by", "ethnic_group", "--pairs")
    assert len(pairs) == 3 * 4
    waves = rows("trend", str(EXAMPLE), *DESIGN, "--var", "intention")
    assert all(abs(float(row["difference"])) < 1e-4 for row in waves), "both waves are weighted to one margin"


def test_models_and_effects():
    model = ("model", str(EXAMPLE), *DESIGN, "--var", "intention", "--on", "ethnic_group", "--on", "occupation")
    found = rows(*model, "--reference", "does_not_intend")
    assert {row["outcome"] for row in found} == {
        "intends_within_2_3_years",
        "plans_but_cannot_yet",
        "under_certain_circumstances",
    }
    effects = rows(*model, "--effects")
    total: dict[str, float] = {}
    for row in effects:
        total[row["term"]] = total.get(row["term"], 0.0) + float(row["effect"])
    assert all(abs(value) < 1e-9 for value in total.values())


def test_classes_by_group_and_map_axes():
    items = [part for name in ("work", "study", "family", "language", "safety") for part in ("--var", f"motive_{name}")]
    shares = rows("classes", str(EXAMPLE), *DESIGN, *items, "--count", "2", "--by", "ethnic_group")
    assert len(shares) == 6
    axes = rows("map", str(EXAMPLE), *DESIGN, *items, "--axes")
    assert sum(float(row["inertia"]) for row in axes) == pytest.approx(1.0)


def test_potential_by_age_with_published_and_own_rates():
    asked = (
        "potential",
        str(EXAMPLE),
        *DESIGN,
        "--var",
        "intention",
        "--by",
        "age_group",
        "--answer",
        "intends_within_2_3_years",
    )
    found = rows(*asked)
    whole = found[-1]
    assert whole["group"] == ""
    assert float(whole["low"]) < float(whole["middle"]) < float(whole["high"])
    own = rows(*asked, "--low", "0.5", "--high", "0.5", "--source", "mine")
    young = next(row for row in own if row["group"] == "18-29")
    assert float(young["middle"]) == pytest.approx(0.5 * float(young["share"]) * float(young["people"]), rel=0.02)
    assert run(*asked, "--low", "0.5", "--high", "0.5").returncode == 1, "no source, no number"


def test_adaptation_of_the_simulated_migrants():
    domains = ("--domain", "labour=labour_1,labour_2:1..5", "--domain", "housing=housing_1,housing_2:1..5")
    found = rows("adaptation", str(EXAMPLE), *DESIGN, *domains)
    index = {row["group"]: float(row["ratio"]) for row in found if not row["domain"]}
    assert index["native"] == 1
    assert index["migrant"] < 1
    assert len(rows("adaptation", str(EXAMPLE), *DESIGN, *domains, "--reliability")) == 3


def test_settling_of_records(tmp_path):
    path = tmp_path / "stays.csv"
    path.write_text("years,end,place\n1.5,return,a\n2.5,,a\n0.5,return,a\n3.5,move,b\n4,stay,b\n1.2,return,b\n4,,b\n")
    after = rows("settling", str(path), "--years", "1", "--years", "3")
    assert [float(row["settled"]) for row in after] == [pytest.approx(6 / 7), pytest.approx(4 / 7)]
    assert {row["end"] for row in rows("settling", str(path), "--table", "ends")} == {"return", "move"}
    assert len(rows("settling", str(path), "--table", "test", "--by", "place")) == 1
    assert run("settling", str(path), "--table", "test").returncode == 1


def test_made_up_stays_tell_what_was_put_in():
    stays = str(EXAMPLE.with_name("simulated-survey-stays.csv"))
    hazard = rows("settling", stays, "--table", "hazard", "--on", "kin", "--on", "place", "--most", "5")
    odds = {row["term"]: float(row["odds"]) for row in hazard}
    assert odds["kin=yes"] < 1
    assert odds["year=1"] > odds["year=5"]
    assert "simulated" in run("settling", stays).stderr.lower()


def test_published_results_are_searched_in_the_readers_language():
    done = run("published", "--search", "молодёжь", "--lang", "ru")
    assert done.returncode == 0, done.stderr
    assert "число опрошенных не указано" in done.stdout
    assert "слабо" in done.stdout
    assert len(rows("published", "--group", "KAZ")) == 1


def test_surveys_without_published_figures_are_listed_too():
    assert [row["n"] for row in rows("published", "--surveys", "--search", "remittances")] == ["2227"]
    assert run("published", "--surveys", "--search", "unicorn").returncode == 1


def test_an_example_is_written(tmp_path):
    done = run("example", str(tmp_path), "--respondents", "300")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {
        "simulated-survey.csv", "simulated-survey-stays.csv", "simulated-survey-mobility.csv", "simulated-survey-identity.csv",
        *(f"simulated-survey-labels-{language}.csv" for language in ("ru", "kk", "en")),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("table", str(EXAMPLE), "--var", "nothing"), "nothing"),
        (("table", str(EXAMPLE)), "--var"),
        (("table", str(EXAMPLE), "--var", "reason", "--weight", "years_here"), "years_here"),
        (("model", str(EXAMPLE), "--var", "intention", "--on", "age_group", "--kind", "probit"), "probit"),
        (("published", "--search", "unicorn"), "unicorn"),
    ],
)
def test_refusals_are_one_sentence(arguments, part):
    done = run(*arguments)
    assert done.returncode == 1
    assert part in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_calibrated_and_replicate_weights():
    totals = EXAMPLE.with_name("totals.csv")
    asked = ("table", str(EXAMPLE), *DESIGN, "--var", "intention")
    done = run(*asked, "--calibrate", str(totals), "--lang", "ru", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert "приведены (raking) к 5 итогам" in done.stderr
    people = rows(
        "table",
        str(EXAMPLE),
        *DESIGN,
        "--var",
        "wave",
        "--kind",
        "total",
        "--by",
        "age_group",
        "--calibrate",
        str(totals),
    )
    assert len(people) == 3
    by_kind = {
        kind: float(rows(*asked, "--replicate-type", kind, "--draws", "60")[0]["se"]) for kind in ("JKn", "bootstrap")
    }
    plain = float(rows(*asked)[0]["se"])
    assert by_kind["JKn"] == pytest.approx(plain, rel=0.02)
    assert by_kind["bootstrap"] == pytest.approx(plain, rel=0.4)
    for wrong, part in (
        (("--calibrate", str(totals), "--calibration", "logit", "--bounds", "a"), "a"),
        (("--replicates", "rep*"), "--replicate-type"),
        (("--replicate-type", "BRR"), "BRR"),
    ):
        refused = run(*asked, *wrong)
        assert refused.returncode == 1
        assert part in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1


def test_independence_of_other_answers():
    model = ("model", str(EXAMPLE), *DESIGN, "--var", "intention", "--on", "labour_1", "--reference", "does_not_intend")
    found = rows(*model, "--iia")
    assert len(found) == 9
    assert {row["test"] for row in found} == {"hausman", "wald", "small_hsiao"}
    assert run(*model, "--iia", "--kind", "ordered").returncode == 1
