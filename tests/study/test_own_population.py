"""`qonys project --population` as a user calls it, with the files of the documentation."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from qonys import words

from .test_flow_commands import run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FILES = ("--population", "own-population.csv", "--fertility", "own-fertility.csv", "--mortality", "own-mortality.csv")
ALL = (*FILES, "--migration", "own-migration.csv", "--horizon", "2050", "--sex-ratio", "1.062")


def table(*arguments: str, cwd=EXAMPLES) -> list[dict[str, str]]:
    done = run("project", *arguments, "--format", "csv", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_print_has_whole_persons_and_rows_that_close(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    done = run("project", *ALL, cwd=EXAMPLES)
    assert done.returncode == 0, done.stderr
    rows = [line.replace(",", "").replace("−", "-").split() for line in done.stdout.splitlines() if line[:2] == "20"]
    assert len(rows) == 6
    for row in rows:
        start, births, deaths, net, end = map(int, row[2:])
        assert start + births - deaths + net == end
    assert rows[-1][-1] == "26539607"
    for language in words.LANGUAGES:
        assert "--format csv" in run("project", *ALL, "--lang", language, cwd=EXAMPLES).stdout


def test_csv_has_every_figure_and_the_accounts_close() -> None:
    rows = pl.DataFrame(table(*ALL)).with_columns(pl.col("value").cast(pl.Float64))
    assert set(rows["measure"]) == {"population", "births", "deaths", "net_migration"}
    assert rows.filter(measure="population").height == 7 * 2 * 21
    whole = rows.group_by("measure", "year").agg(pl.col("value").sum()).pivot("measure", index="year", values="value").sort("year")
    change = whole["population"].diff().drop_nulls()
    events = (whole["births"] - whole["deaths"] + whole["net_migration"]).drop_nulls()
    assert (change - events).abs().max() < 1e-6
    accounts = table(*ALL, "--table", "accounts")
    assert float(accounts[-1]["population_end"]) == pytest.approx(whole["population"][-1])


def test_years_measures_and_single_tables_are_chosen() -> None:
    assert {row["year"] for row in table(*ALL, "--table", "population", "--year", "2030")} == {"2030"}
    assert {row["measure"] for row in table(*ALL, "--measure", "births")} == {"births"}
    assert len(table(*FILES, "--horizon", "2025", "--table", "accounts")) == 1


def test_files_of_any_form_are_read(tmp_path) -> None:
    """Sexes across in Russian, thousands, rates per 1,000, total fertility beside its pattern: the same population."""
    people = pl.read_csv(EXAMPLES / "own-population.csv").pivot("sex", index="age", values="value")
    ages = people["age"].str.replace(r"100\+", "100 лет и старше")
    lines = ["Численность населения, тыс. человек;;", "Возраст;женщины;мужчины"]
    lines += [f"{a};{f / 1000:.3f};{m / 1000:.3f}".replace(".", ",") for a, f, m in zip(ages, people["female"], people["male"], strict=True)]
    (tmp_path / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    births = pl.read_csv(EXAMPLES / "own-fertility.csv")
    births.with_columns(pl.col("asfr") * 1000).write_csv(tmp_path / "per1000.csv")
    births.group_by("year").agg(tfr=5 * pl.col("asfr").sum()).write_csv(tmp_path / "tfr.csv")
    rest = ("--mortality", str(EXAMPLES / "own-mortality.csv"), "--start", "2020", "--horizon", "2040", "--table", "accounts")
    expected = float(table(*FILES, "--horizon", "2040", "--table", "accounts")[-1]["population_end"])
    for fertility in (("per1000.csv", "--per", "fertility=1000"), ("per1000.csv", "--tfr", "tfr.csv")):
        found = table("--population", "people.csv", "--fertility", *fertility, *rest, cwd=tmp_path)
        assert float(found[-1]["population_end"]) == pytest.approx(expected, rel=1e-6)


def regions(folder: Path) -> tuple[str, ...]:
    people = pl.read_csv(EXAMPLES / "own-population.csv")
    pl.concat([people.with_columns(region=pl.lit(name)) for name in ("North", "South")]).write_csv(folder / "people.csv")
    ages = [5 * i for i in range(21)]
    moves = [(a, b, s, x, 0.01 if a == "North" else 0.005) for a, b in (("North", "South"), ("South", "North"))
             for s in ("F", "M") for x in ages]  # fmt: skip
    pl.DataFrame(moves, schema=["from", "to", "sex", "age", "rate"], orient="row").write_csv(folder / "moves.csv")
    rest = [str(EXAMPLES / f"own-{name}.csv") for name in ("fertility", "mortality")]
    return ("--population", "people.csv", "--fertility", rest[0], "--mortality", rest[1], "--migration", "moves.csv",
            "--migration-kind", "rates", "--horizon", "2030")  # fmt: skip


def test_regions_exchange_people(tmp_path) -> None:
    rows = table(*regions(tmp_path), "--regions", "all", "--table", "accounts", cwd=tmp_path)
    assert [row["region"] for row in rows] == ["North", "South"] * 2
    assert float(rows[0]["net_migration"]) == pytest.approx(-float(rows[1]["net_migration"]))
    assert float(rows[0]["departures"]) == pytest.approx(float(rows[1]["arrivals"]))
    alone = table(*regions(tmp_path), "--regions", "South", "--table", "accounts", cwd=tmp_path)
    assert alone == rows[1::2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (FILES[:2], "needs a file in --fertility"),
        (FILES[2:], "give --population FILE too"),
        (("--mortality-kind", "lived"), "--mortality-kind belong"),
        (("--map", "a=b"), "--map belong"),
        ((*FILES, "--draws", "50"), "--draws have no effect"),
        ((*FILES, "--set", "net_add=5"), "--set have no effect"),
        ((*FILES, "--longevity", "double_logistic"), "--longevity have no effect"),
        ((*FILES, "--table", "crises"), "choose one of accounts"),
        ((*FILES, "--regions", "North"), "--regions"),
        ((*FILES, "--measure", "births", "--table", "accounts"), "--measure"),
        ((*FILES, "--per", "fertility"), "TABLE=NUMBER"),
        ((*FILES, "--per", "population=5"), "TABLE=NUMBER"),
        ((*FILES, "--mortality-kind", "l"), "--mortality-kind"),
        ((*FILES, "--horizon", "2032"), "no end of a step"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments, said) -> None:
    done = run("project", *arguments, cwd=EXAMPLES)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_negative_count_is_refused_with_its_row(tmp_path) -> None:
    text = (EXAMPLES / "own-population.csv").read_text(encoding="utf-8").splitlines()
    text[3] = "2020,female,10-14,-5"
    (tmp_path / "people.csv").write_text("\n".join(text))
    rest = [str(EXAMPLES / f"own-{name}.csv") for name in ("fertility", "mortality")]
    done = run("project", "--population", "people.csv", "--fertility", rest[0], "--mortality", rest[1], cwd=tmp_path)
    assert done.returncode == 1
    assert "row 4" in done.stderr
    assert "-5" in done.stderr
