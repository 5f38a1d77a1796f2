"""`catalog example` writes small tables of a pack's figures on which the examples of the help run."""

import shlex

import pytest

from qonys import words
from qonys.cli import main
from qonys.cli.examples import EXAMPLES, MADE_UP, OF_PACK, OF_SURVEY
from qonys.study.analyses.example_tables import NAMES

MADE = [line for lines in EXAMPLES.values() for line in lines
        if (files := {part for part in line.split() if part.endswith(".csv")}) and files <= OF_PACK | OF_SURVEY | MADE_UP and "simulated" not in line]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("made")
    assert main(["catalog", "example", str(place), "--lang", "ru"]) == 0
    return place


def test_the_pack_writes_what_the_help_says(folder):
    assert {path.name for path in folder.iterdir()} == {*OF_PACK, *MADE_UP} == set(NAMES)
    assert "Павлодарская" in (folder / "flows.csv").read_text(encoding="utf-8")


def test_there_is_an_example_of_several_commands():
    commands = {" ".join(line.split()[1:3]) for line in MADE}
    assert {
        "flows components",
        "flows balance",
        "breaks series.csv",
        "indicators flows.csv",
        "segregation groups.csv",
        "flows classify",
        "flows estimate",
        "flows residual",
        "flows split",
        "lifetable own-mortality.csv",
        "project --population",
        "schedule fit",
        "catalog add",
    } <= commands


@pytest.mark.parametrize("line", MADE)
def test_the_examples_run_on_the_tables_of_the_pack(line, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    arguments = shlex.split(line)[1:]
    assert main([*arguments, *(("--draws", "0") if arguments[0] == "indicators" else ())]) == 0, capsys.readouterr().err


def test_nothing_of_the_person_is_overwritten(folder, capsys):
    assert main(["catalog", "example", str(folder), "--lang", "en"]) == 1
    assert "already has flows.csv" in capsys.readouterr().err


def test_a_pack_without_such_figures_writes_what_it_has(tmp_path):
    assert main(["catalog", "example", str(tmp_path), "--pack", "georgia"]) == 0
    assert {path.name for path in tmp_path.iterdir()} <= set(NAMES)
    assert (tmp_path / "series.csv").exists()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_help_says_where_the_files_come_from(language, capsys):
    for command, said in (
        ("breaks", "catalog example"),
        ("survey table", "survey example"),
        ("schedule fit", "ages.csv."),
    ):
        assert main([*command.split(), "--help", "--lang", language]) == 0
        assert said in " ".join(capsys.readouterr().out.split())
