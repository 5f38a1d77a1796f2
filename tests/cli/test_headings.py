"""Every column of every result that a command prints has a name in each language."""

import shlex

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.pack import shipped_packs
from qonys.cli import main, printing
from qonys.cli.examples import EXAMPLES

from .test_examples import DOCUMENTED, FILES, SURVEYS

SURVEY = "survey {} simulated-survey.csv "
MODEL = SURVEY.format("model") + "--on age_group "
QUICK = (
    "flows components flows.csv", "flows balance flows.csv --net net.csv", "flows estimate stocks.csv --table balance",
    "flows estimate stocks.csv --table birthplaces", "flows split stocks.csv", "segregation groups.csv --draws 20",
    "segregation groups.csv --kind groups --draws 20", "segregation groups.csv --kind places --draws 20", "indicators",
    "indicators flows.csv --scale 2,3 --draws 0", "indicators flows.csv --pairs --draws 0", "schedule family",
    "flows classify", "flows classify moves.csv", "flows classify moves.csv --table mix",
    "flows residual counts.csv --rates rates.csv --births births.csv --draws 0",
    EXAMPLES["project"][0].removeprefix("qonys "), EXAMPLES["project"][0].removeprefix("qonys ") + " --table population",
    "law timeline", "law diff 2011-07-01 2012-07-01", "law on 2026-05-01", "law coverage", "law value mci",
    "law effect law-477-iv-2011", "monitor status",
    SURVEY.format("table") + "--var intention", SURVEY.format("table") + "--var labour_1 --kind mean --by settler",
)  # fmt: skip
SLOW = (
    *(
        line.removeprefix("qonys ").replace("example .", "example made")  # the files of the tests are here already
        for lines in EXAMPLES.values() for line in lines if "catalog add" not in line
    ),
    *(f"breaks series.csv --table {table}" for table in ("segments", "selection", "tests", "years", "effects", "shares")),
    *(f"schedule fit ages.csv --sizes 7 --table {table}" for table in ("models", "indices")),
    *(f"factors gravity.csv --log distance --effects origin --table {table}" for table in ("fit", "parts --group space=distance")),
    *(f"survey settling simulated-survey-stays.csv --table {table}" for table in ("curve", "ends", "hazard --most 4 --on kin")),
    *(MODEL + line for line in ("--var settler --effects", "--var intention --iia", "--var labour_1 --kind linear", "--var labour_1 --kind ordered")),
    SURVEY.format("table") + "--var intention --by settler --kind cross", SURVEY.format("test") + "--var intention --by age_group --pairs",
    SURVEY.format("table") + "--var labour_1 --kind ratio --over labour_2", SURVEY.format("map") + "--var intention --var age_group --axes",
    SURVEY.format("classes") + "--var motive_work --var motive_study --var motive_family --most 2",
    *(EXAMPLES["survey mobility"][0].removeprefix("qonys ") + f" --table {table}" for table in ("inflow", "rates", "odds", "models")),
    *(EXAMPLES["survey identity"][0].removeprefix("qonys ").replace("--table invariance", f"--table {table}")
      for table in ("reliability", "items", "means", "functioning", "outcome --outcome would_move --answer yes")),
    *(f"texts code simulated-texts.csv --table {table}" for table in ("coders", "single")),
    SURVEY.format("adaptation") + "--domain work=labour_1,labour_2:1..5 --reliability",
    "flows classify moves.csv --table confusion --truth form_by_hand", "survey published", "survey published --surveys",
    "catalog list", "catalog sources", "catalog conflicts", "pack countries kaz", "claims",
)  # fmt: skip


@pytest.fixture
def unnamed(tmp_path, monkeypatch):
    """Printed columns without a name, or named alike in one table: the list is filled while commands run."""
    found = []
    whole = printing.print_aligned

    def spy(frame, label, footer, own=()):
        shown = [name for name in frame.columns if name not in own]
        found.extend(sorted(nameless(set(shown))))
        found.extend(sorted(alike(shown)))
        whole(frame, label, footer, own)

    monkeypatch.setattr(printing, "print_aligned", spy)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in SURVEYS:
        (tmp_path / name).write_text((DOCUMENTED / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return found


def nameless(columns):
    """Those of the columns that lack a heading in a language."""
    return {name for name in columns if name != "rank" and not all(words.has(f"cli.column.{name}", one) for one in words.LANGUAGES)}


def alike(columns):
    """Those of a table's columns that have the heading of another one in some language."""
    shown = [name for name in columns if name != "rank"]
    found = set()
    for language in words.LANGUAGES:
        heads = [printing.heading(name, language).lower() for name in shown]
        found |= {name for name, head in zip(shown, heads, strict=True) if heads.count(head) > 1 and name.lower() != head}
    return found


@pytest.mark.parametrize("line", QUICK)
def test_headings_of_results(line, unnamed, capsys):
    assert main([*shlex.split(line), "--lang", "ru"]) == 0, capsys.readouterr().err
    assert unnamed == []


@pytest.mark.long
@pytest.mark.parametrize("line", SLOW)
def test_headings_of_results_that_take_longer(line, unnamed, capsys):
    assert main([*shlex.split(line), "--lang", "ru"]) == 0, capsys.readouterr().err
    assert unnamed == []


@pytest.mark.parametrize("name", shipped_packs())
def test_headings_of_the_tables_of_a_pack(name):
    pack = open_pack(name)
    columns = {column for table in pack.tables() for column in pack.table(table).columns}
    assert {table: found for table in pack.tables() if (found := alike(pack.table(table).columns))} == {}
    assert len(columns) > 30
    assert nameless(columns) == set()


def test_a_planted_column_rings():
    assert nameless({"value", "nameless_column", "rank"}) == {"nameless_column"}


def test_columns_that_are_headed_alike_ring():
    """Planted fault: the headings of both are one word in Russian."""
    assert alike(["date", "name", "title", "lx", "Lx"]) == {"name", "title"}


def test_a_variable_of_a_file_keeps_its_name(tmp_path, capsys):
    rows = [f"{1 + n % 3},{'ab'[n % 2]}" for n in range(40)]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(["answer,size", *rows]), encoding="utf-8")
    assert main(["survey", "table", str(path), "--var", "answer", "--by", "size", "--lang", "ru"]) == 0
    assert "величина" not in capsys.readouterr().out
