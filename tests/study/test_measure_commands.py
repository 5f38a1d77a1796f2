"""`qonys indicators`, `breaks`, `schedule`, `flows residual` and `flows classify` as a user calls them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from qonys.cli import main


class Done(NamedTuple):
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


def run(folder, *arguments: str) -> Done:
    """The command in this process, standing in a folder: exit code and both streams."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder or "."), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return Done(code, out.getvalue(), err.getvalue())


def table(done) -> list[dict[str, str]]:
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "od.csv").write_text("von;nach;faelle\nA;B;100\nA;C;50\nB;A;40\nB;C;10\nC;A;30\nC;B;70\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("region,population\nA,1000\nB,2000\nC,3000\n")
    rng = np.random.Generator(np.random.Philox(key=3))
    level = np.where(np.arange(1960, 2020) < 1991, 10.0, -60.0)
    lines = [f"{year},{value:.2f}" for year, value in zip(range(1960, 2020), level + rng.normal(0, 5, 60), strict=True)]
    (tmp_path / "series.csv").write_text("year,net\n" + "\n".join(lines) + "\n")
    ages = np.arange(0, 85)
    rate = 0.02 * np.exp(-0.1 * ages) + 0.06 * np.exp(-0.1 * (ages - 20) - np.exp(-0.4 * (ages - 20))) + 0.003
    moved = rng.poisson(rate * 50_000)
    rows = [f"{age},{count},50000" for age, count in zip(ages, moved, strict=True)]
    (tmp_path / "ages.csv").write_text("x,movers,persons\n" + "\n".join(rows) + "\n")
    (tmp_path / "moves.csv").write_text(
        "id,from_country,destination_country,citizenship,cause,stay_months,date,known\n"
        "1,UZB,KAZ,UZB,labour,5,2020-05-01,labour\n2,CHN,KAZ,CHN,family,36,2020-06-01,social\n"
        "3,RUS,KAZ,,,,2021-02-01,labour\n"
    )
    return tmp_path


def test_indicators_with_mapped_columns(folder) -> None:
    rows = table(
        run(
            folder, "indicators", "od.csv", "--population", "people.csv", "--map", "von=origin", "--map", "nach=destination",
            "--map", "faelle=value", "--format", "csv",
        )
    )  # fmt: skip
    values = {(row["indicator"], row["variant"]): float(row["value"]) for row in rows if not row["region"]}
    assert values["cmi", "crude"] == pytest.approx(100 * 300 / 6000)
    assert values["mei", "system"] == pytest.approx(100 * (80 + 120 + 40) / 2 / 300)


def test_definitions_without_a_file(folder) -> None:
    done = run(folder, "indicators", "--lang", "ru", "--format", "json")
    text = json.dumps(json.loads(done.stdout), ensure_ascii=False)
    assert "результативност" in text
    assert "Рыбаковск" in text


def test_breaks_and_the_event_that_fits(folder) -> None:
    found = table(run(folder, "breaks", "series.csv", "--map", "net=value", "--format", "csv"))
    assert [row["date"] for row in found] == ["1991"]
    events = table(run(folder, "breaks", "series.csv", "--map", "net=value", "--table", "events", "--format", "csv"))
    assert "event_independence_1991" in {row["event"] for row in events}
    (folder / "own.csv").write_text("id,start\nmine,1991\n")
    own = table(
        run(folder, "breaks", "series.csv", "--map", "net=value", "--table", "effects", "--events", "own.csv", "--format", "csv")
    )
    assert {row["event"] for row in own} == {"mine"}


def test_schedule_of_ages(folder) -> None:
    arguments = ("--map", "x=age_start", "--map", "movers=value", "--map", "persons=exposure", "--format", "csv")
    rows = table(run(folder, "schedule", "fit", "ages.csv", *arguments))
    peak = next(row for row in rows if row["parameter"] == "mu2")
    assert float(peak["low"]) < 20.5 < float(peak["high"])  # age 20 last birthday is 20.5 exact
    models = table(run(folder, "schedule", "fit", "ages.csv", *arguments, "--table", "models"))
    assert [row["parameters"] for row in models if row["chosen"] == "true"] == ["7"]


def test_classify_explains_and_compares(folder) -> None:
    arguments = ("flows", "classify", "moves.csv", "--map", "from_country=origin_country", "--format", "csv")
    rows = table(run(folder, *arguments))
    assert [(row["id"], row["form"], row["form_rule"], row["un_class"]) for row in rows] == [
        ("1", "labour", "F13", "temporary_in"),
        ("2", "social", "F15", "immigrant_foreign"),
        ("3", "unknown", "", "mobility"),
    ]
    assert rows[0]["form_why"] == "the cause is work"
    mix = table(run(folder, *arguments, "--table", "mix"))
    assert {(row["year"], row["label"]): row["count"] for row in mix}["2021", "unknown"] == "1"
    known = table(run(folder, *arguments, "--table", "confusion", "--truth", "known"))
    assert ("labour", "unknown", "1") in {(row["true"], row["given"], row["count"]) for row in known}
    agreement = {row["measure"]: row["value"] for row in table(run(folder, *arguments, "--table", "agreement", "--truth", "known"))}
    assert float(agreement["accuracy"]) == pytest.approx(2 / 3)
    assert len(table(run(folder, "flows", "classify", "--table", "forms", "--format", "csv"))) == 16


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("flows", "classify", "moves.csv", "--table", "mixture"), "mixture"),
        (("flows", "classify", "moves.csv", "--table", "confusion"), "--truth"),
        (("flows", "classify", "none.csv"), "none.csv"),
        (("flows", "classify", "moves.csv", "--rules", "none.toml"), "none.toml"),
        (("flows", "classify", "moves.csv", "--home", "kazakhstan"), "kazakhstan"),
        (("breaks", "series.csv", "--map", "net=value", "--table", "dates"), "dates"),
        (("indicators", "series.csv"), "origin"),
        (("schedule", "fit", "series.csv"), "age_start"),
    ],
)
def test_refusals_are_one_sentence(folder, arguments, part) -> None:
    done = run(folder, *arguments)
    assert done.returncode == 1, done.stderr
    assert part in done.stderr
    assert not done.stdout
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_example_of_the_docs(tmp_path) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "moves.csv"
    arguments = ("flows", "classify", str(example), "--truth", "form_by_hand", "--table", "confusion", "--format", "csv")
    off = [row for row in table(run(tmp_path, *arguments)) if row["true"] != row["given"]]
    assert off == [{"true": "stress", "given": "unknown", "count": "1"}]


def test_projection_with_a_scenario(tmp_path, study_cache, monkeypatch) -> None:
    monkeypatch.setenv("QONYS_CACHE", str(study_cache))
    (tmp_path / "s.toml").write_text("net_add = 50000\n")
    arguments = ("project", "--draws", "60", "--horizon", "2030", "--measure", "population", "--format", "csv")
    base = table(run(tmp_path, *arguments))
    more = table(run(tmp_path, *arguments, "--scenario", "s.toml"))
    assert [row["year"] for row in base] == [str(year) for year in range(2024, 2031)]
    assert float(more[-1]["q50"]) - float(base[-1]["q50"]) == pytest.approx(6 * 50_000, rel=0.2)  # and their children
    for given, part in (("net_ad=1", "net_ad"), ("no_migration=1", "no_migration"), ("net_add", "KEY=VALUE")):
        done = run(tmp_path, *arguments, "--set", given)
        assert done.returncode == 1
        assert part in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert run(tmp_path, "backtest", "--origins", "1800").returncode == 1
