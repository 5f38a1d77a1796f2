"""`qonys flows` as a user calls it: answers on standard output, notes and refusals on standard error."""

from __future__ import annotations

import contextlib
import csv
import io
from typing import NamedTuple

import pytest

from qonys.cli import main

PLACES = "ABCD"
START = [[1000, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]]
END = [[1060, 60, 10, 10], [45, 540, 40, 0], [70, 75, 770, 70], [30, 30, 20, 230]]


class Done(NamedTuple):
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, cwd=None) -> Done:
    """The command in this process, standing in a folder: exit code and both streams."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd or "."), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture
def folder(tmp_path):
    lines = ["year;pob;country;persons"]
    for year, table in ((2000, START), (2005, END)):
        lines += [f"{year};{PLACES[k]};{PLACES[i]};{table[k][i]}" for k in range(4) for i in range(4)]
    (tmp_path / "stocks.csv").write_text("\n".join(lines))
    (tmp_path / "vital.csv").write_text(
        "year,country,births,deaths\n2000,A,80,70\n2000,B,20,30\n2000,C,60,50\n2000,D,60,10\n"
    )
    (tmp_path / "od.csv").write_text("from,to,n\nA,B,5\nA,C,3\nB,A,2\nB,C,4\nC,A,1\nC,B,9\n")
    (tmp_path / "rows.csv").write_text("origin,value\nA,10\nB,12\nC,14\n")
    (tmp_path / "columns.csv").write_text("destination,value\nA,12\nB,13\nC,11\n")
    (tmp_path / "net.csv").write_text("region,value\nA,3\nB,-1\nC,-2\n")
    return tmp_path


def table(done) -> list[dict[str, str]]:
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_estimate_closes_the_accounts(folder) -> None:
    rows = table(
        run(
            "flows",
            "estimate",
            "stocks.csv",
            "--vital",
            "vital.csv",
            "--table",
            "balance",
            "--format",
            "csv",
            cwd=folder,
        )
    )
    assert {row["place"]: round(float(row["net"])) for row in rows} == {"A": 40, "B": -5, "C": -50, "D": 15}
    assert max(abs(float(row["difference"])) for row in rows) < 1e-6


def test_split_adds_up_to_the_flows(folder) -> None:
    common = ("stocks.csv", "--vital", "vital.csv", "--method", "pseudo_bayes", "--format", "csv")
    flows, parts = (table(run("flows", verb, *common, cwd=folder)) for verb in ("estimate", "split"))
    assert sum(float(r["value"]) for r in parts) == pytest.approx(sum(float(r["value"]) for r in flows))
    done = run("flows", "estimate", *common, "--lang", "ru", cwd=folder)
    assert "вес минимума 0,87" in done.stderr


def test_balance_to_margins_and_to_net_totals(folder) -> None:
    rows = table(run("flows", "balance", "od.csv", "rows.csv", "columns.csv", "--format", "csv", cwd=folder))
    assert sum(float(r["value"]) for r in rows if r["origin"] == "C") == pytest.approx(14)
    rows = table(run("flows", "balance", "od.csv", "--net", "net.csv", "--format", "csv", cwd=folder))
    arrived = sum(float(r["value"]) for r in rows if r["destination"] == "A")
    left = sum(float(r["value"]) for r in rows if r["origin"] == "A")
    assert arrived - left == pytest.approx(3)
    done = run("flows", "balance", "od.csv", "--net", "net.csv", "--criterion", "absolute", "--format", "csv", cwd=folder)
    assert "Other flows are as near" in done.stderr
    near = table(done)
    arrived, left = (sum(float(r["value"]) for r in near if r[side] == "A") for side in ("destination", "origin"))
    assert arrived - left == pytest.approx(3)
    assert [r["value"] for r in near] != [r["value"] for r in rows]


def test_births_above_the_natives_are_said(folder) -> None:
    (folder / "many.csv").write_text((folder / "vital.csv").read_text().replace("D,60,10", "D,240,190"))
    done = run("flows", "estimate", "stocks.csv", "--vital", "many.csv", "--format", "csv", cwd=folder)
    assert "than were born in D." in done.stderr


def test_components_multiply_back(folder) -> None:
    rows = table(run("flows", "components", "od.csv", "--format", "csv", cwd=folder))
    assert float(rows[0]["value"]) == 24


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("estimate", "od.csv"), "no column for birthplace, residence"),
        (("estimate", "stocks.csv", "--where", "year=2000"), "stocks of one time only"),
        (("estimate", "stocks.csv", "--method", "best"), "method is 'best'"),
        (("estimate", "stocks.csv", "--vital", "vital.csv", "--table", "x"), "--table is 'x'"),
        (("balance", "od.csv"), "No margins were given"),
        (("balance", "od.csv", "rows.csv", "--criterion", "squares"), "squares is for net totals"),
        (("balance", "od.csv", "--net", "net.csv", "--criterion", "best"), "criterion is 'best'"),
        (("balance", "od.csv", "rows.csv", "bad.csv"), "Two margins disagree"),
        (("balance", "od.csv", "rows.csv", "gap.csv"), "margin 2 table has no row for C"),
        (("reconcile", "--draws", "3"), "at least 40"),
    ],
)
def test_refusals_are_one_sentence(folder, arguments, sentence) -> None:
    (folder / "bad.csv").write_text("destination,value\nA,12\nB,13\nC,15\n")
    (folder / "gap.csv").write_text("destination,value\nA,12\nB,13\n")
    done = run("flows", *arguments, cwd=folder)
    assert done.returncode == 1
    assert sentence in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_reconcile_prints_one_posterior_table() -> None:
    rows = table(run("flows", "reconcile", "--draws", "40", "--format", "csv"))
    net = {int(r["year"]): float(r["median"]) for r in rows if r["quantity"] == "net_migration"}
    assert set(range(1950, 2025)) == set(net)
    assert net[1994] < -100_000 < 0
