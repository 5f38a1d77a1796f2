"""Help of a command that reads a file: its own options first, then how files are read, then examples, which run."""

import shlex
from math import exp
from pathlib import Path

import pytest

from qonys import words
from qonys.cli import main
from qonys.cli.app import build_app
from qonys.cli.examples import EXAMPLES
from qonys.cli.hyphens import with_joined_values

DOCUMENTED = Path(__file__).parents[2] / "docs" / "examples"
PLACES = "ABCD"
PAIRS = [(a, b) for a in PLACES for b in PLACES if a != b]
STARTS = range(0, 40, 5)
SEXES = ("female", "male")


def lines(head, rows):
    """A table as a text."""
    return "\n".join([head, *rows]) + "\n"


def schedule(age):
    """A rate of a model schedule of seven parameters."""
    return 0.02 * exp(-0.1 * age) + 0.06 * exp(-0.1 * (age - 20) - exp(-0.4 * (age - 20))) + 0.003


FILES = {
    "flows.csv": lines("origin,destination,value", [f"{a},{b},{10 + 7 * n}" for n, (a, b) in enumerate(PAIRS)]),
    "gravity.csv": lines("origin,destination,value,distance,year", [f"{a},{b},{9 + 5 * n * n},{100 + 37 * (n % 5)},2020" for n, (a, b) in enumerate(PAIRS)]),
    "population.csv": lines("region,population", [f"{place},{1000 + 100 * n}" for n, place in enumerate(PLACES)]),
    "departures.csv": lines("origin,value", [f"{place},{100 + 10 * n}" for n, place in enumerate(PLACES)]),
    "arrivals.csv": lines("destination,value", [f"{place},{130 - 10 * n}" for n, place in enumerate(PLACES)]),
    "net.csv": lines("region,value", ["A,5", "B,-2", "C,-3", "D,0"]),
    "stocks.csv": lines("time,birthplace,residence,value", [f"{t},{a},{b},{500 + 10 * n + (t - 2000) * (a == b)}" for t in (2000, 2005)
                        for n, (a, b) in enumerate((a, b) for a in PLACES for b in PLACES)]),
    "vital.csv": lines("time,residence,births,deaths", [f"2000,{place},12,7" for place in PLACES]),
    "counts.csv": lines("time,sex,age_start,population", [f"{t},{s},{age},{1000 - 10 * age - (t - 2000)}" for t in (2000, 2005) for s in SEXES for age in STARTS]),
    "rates.csv": lines("sex,age_start,value", [f"{s},{age},0.01" for s in SEXES for age in (0, 1, *STARTS[1:])]),
    "births.csv": lines("sex,value", ["female,250", "male,260"]),
    "series.csv": lines("Год,value", [f"{year},{10 if year < 2008 else 20 + year % 3}" for year in range(1995, 2021)]),
    "events.csv": lines("id,start,end", ["war,2008,2009", "law,2001,2001"]),
    "ages.csv": lines("age_start,value", [f"{age},{schedule(age + 2.5):.6f}" for age in range(0, 80, 5)]),
    "groups.csv": lines("region,group,value", [*(f"{a},{g},{10 + 3 * n}" for n, (a, g) in enumerate((a, g) for a in PLACES for g in "xyz")), "A,Total,39"]),
    "table.csv": lines("region,year,sex,area,value", ["KZ-61,2019,both,total,1983500", "KZ-63,2019,both,total,1378500"]),
}  # fmt: skip
FILES["balance-answers.csv"] = lines("exercise,answer", ["balance-1,184551", "balance-2,\"12,5\"", "balance-3,"])
FILES["stocks-by-code.csv"] = FILES["stocks.csv"].replace("birthplace", "born")
SURVEYS = ("own-population.csv", "own-fertility.csv", "own-mortality.csv", "moves.csv", "simulated-survey.csv", "simulated-survey-stays.csv",
           "simulated-survey-mobility.csv", "simulated-survey-identity.csv", "simulated-texts.csv", "simulated-codebook.csv",
           "simulated-texts-flow.csv", "simulated-months.csv", "simulated-release.csv")  # fmt: skip
SHOWN = [line for command in EXAMPLES for line in EXAMPLES[command]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with every file that the examples name."""
    place = tmp_path_factory.mktemp("examples")
    for name, text in FILES.items():
        (place / name).write_text(text, encoding="utf-8")
    for name in SURVEYS:
        (place / name).write_text((DOCUMENTED / name).read_text(encoding="utf-8"), encoding="utf-8")
    return place


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    """Nothing of the person's own is touched."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def ran(line):
    """Whether nothing is wrong with a line."""
    name, *arguments = shlex.split(line)
    return name == "qonys" and main(arguments) == 0


@pytest.mark.long
@pytest.mark.parametrize("line", SHOWN)
def test_every_example_runs(line, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path if "example ." in line else folder)
    assert ran(line), capsys.readouterr().err
    assert "nothing in the file meets" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["flows components", "indicators"])
def test_some_examples_run(command, folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert all(ran(line) for line in EXAMPLES[command])


def test_every_example_is_a_command_line():
    app = build_app()
    for line in SHOWN:
        *_, left = app.parse_known_args(shlex.split(line)[1:])[:3]
        assert left == [], line


def test_every_command_that_reads_a_file_has_an_example(capsys):
    from tests.cli.test_hyphens import commands

    reading = [" ".join(path) for path, app in commands(build_app()) if "--sheet" in options(app)]
    assert set(reading) <= set(EXAMPLES)
    assert len(reading) > 15


def options(app):
    """Names of the options of a command."""
    return {name for argument in app.assemble_argument_collection() for name in argument.names}


def help_of(capsys, command, language):
    """The help page of a command."""
    assert main([*command.split(), "--help", "--lang", language]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("command", EXAMPLES)
def test_a_page_fits_and_has_its_own_options_first(command, language, capsys):
    page = help_of(capsys, command, language)
    assert max(map(len, page.splitlines())) <= 100
    own, reading, shown = (page.find(words.text(f"cli.help.{key}", language) + ":") for key in ("parameters", "reading", "examples"))
    assert -1 < own < shown
    if "--sheet" in page:
        assert own < reading < page.index("--sheet") < shown
    told = " ".join(part.strip().removesuffix("\\").strip() for part in page[shown:].splitlines())
    assert all(line in told for line in EXAMPLES[command])


def test_a_group_of_commands_has_no_examples(capsys):
    assert words.text("cli.help.examples", "en") not in help_of(capsys, "survey", "en")


def test_examples_are_written_as_they_are_read():
    assert [line for line in SHOWN if with_joined_values(shlex.split(line)) != shlex.split(line)] == []
