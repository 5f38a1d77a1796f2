"""The whole way by the command line, as the page of the documentation shows it."""

import json
import re
import shlex
from pathlib import Path

import polars as pl
import pytest

import qonys
from qonys import words
from qonys.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "registers.md"


@pytest.fixture
def demo(here, monkeypatch, capsys):
    monkeypatch.chdir(here)
    assert (
        main(shlex.split("registers simulate --persons 4000 --from 2020 --to 2024 --errors --out simulated.csv")) == 0
    )
    assert main(shlex.split("registers import simulated.csv --as demo")) == 0
    capsys.readouterr()
    return here


def ran(line, capsys):
    code = main(shlex.split(line))
    said = capsys.readouterr()
    assert code == 0, said.err
    return said.out


@pytest.mark.long
def test_every_line_of_the_page_runs(here, monkeypatch, capsys):
    monkeypatch.chdir(here)
    shown = re.findall(r"^qonys (registers (?!import moves|remove).*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(shown) == 7
    for line in shown:
        ran(line.replace("100000", "3000"), capsys)


@pytest.mark.parametrize(
    "language", [pytest.param(one, marks=pytest.mark.long) if one != "kk" else one for one in words.LANGUAGES]
)
def test_what_is_simulated_says_so_in_every_language(demo, language, capsys):
    mark = words.text("registers.footer.simulated", language)
    for line in (
        "check demo",
        "spells demo",
        "flows demo --by year",
        "flows demo --by form",
        "stocks demo",
        "stocks demo --transitions",
    ):
        out = ran(f"registers {line} --lang {language}", capsys)
        assert mark in out
        assert "registers." not in out
    assert "simulated" in json.loads(ran("registers flows demo --by year --format json", capsys))[0]


@pytest.mark.long
def test_a_table_in_a_file_is_read_by_the_other_commands(demo, capsys):
    ran("registers flows demo --by origin,destination --places regions --out flows.csv", capsys)
    assert set(pl.read_csv(demo / "flows.csv")["simulated"]) == {"yes"}
    assert ran("indicators flows.csv --draws 0 --format csv", capsys).count("\n") > 3
    ran("registers flows demo --by year,origin,destination --places regions --out years.csv", capsys)
    assert ran("factors years.csv --effects origin,destination --plain year --format csv", capsys)


def test_the_same_numbers_by_command_and_by_function(demo, capsys):
    rows = json.loads(ran("registers flows demo --by year --months 12 --format json", capsys))
    found = qonys.registers.open("demo").flows(("year",), months=12)
    assert [row["value"] for row in rows] == pytest.approx(found.values.tolist())


@pytest.mark.long
def test_margins_and_spells_in_files(demo, capsys):
    margins = pl.read_csv(ran("registers flows demo --by sex,year --margins --format csv", capsys).encode())
    assert margins.filter((pl.col("sex") == "all") & (pl.col("year") == "all")).height == 1
    ran("registers spells demo --out spells.parquet", capsys)
    assert pl.read_parquet(demo / "spells.parquet").height == margins["value"].max()


REFUSED = [
    ("flows nobody", "demo"), ("flows demo --by colour", "origin"), ("flows demo --months 12 --by form", "--months"),
    ("flows demo --margins --months 3", "--margins"), ("stocks demo --days 2021-01-01", "two ascending"), ("spells demo --end x", "“x”"),
    ("flows demo --from 2023 --to 2021", "2023"), ("flows demo --vintage x", "pre2018"), ("import simulated.csv --as demo", "--replace"),
    ("simulate --persons 10 --out x.txt", ".csv"),
]  # fmt: skip


def test_refusals(demo, capsys):
    for line, part in REFUSED:
        assert main(shlex.split(f"registers {line}")) == 1
        assert part in capsys.readouterr().err.strip().splitlines()[-1]


def test_options_without_effect_are_said(demo, capsys):
    main(shlex.split("registers flows demo --by year --width 10 --end 2024-01-01"))
    err = capsys.readouterr().err
    assert "--width" in err
    assert "--end" in err


def test_a_register_is_listed_and_removed(demo, capsys):
    assert "demo" in ran("registers check", capsys)
    ran("registers remove demo", capsys)
    assert "demo" not in ran("registers check", capsys)
