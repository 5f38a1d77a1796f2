"""Names that are not known are told at once, up to five, and what is offered can be pasted into a shell."""

import shlex

import pytest

from qonys import words
from qonys.cli import main

FLOWS = "\n".join(["origin,destination,value,year", *(f"{a},{b},{n + 5},2019" for n, (a, b) in enumerate((a, b) for a in "ABC" for b in "ABC"))])
SURVEY = "age group,intent to go,weight\n" + "".join(f"{n % 3},{n % 2},{1 + n % 2}\n" for n in range(30))
PEOPLE = "sex,age,value\n" + "".join(f"{s},{age},{1000 - 10 * age}\n" for s in ("female", "male") for age in range(0, 40, 5))
MOTHERS = "age,value\n" + "".join(f"{age},0.1\n" for age in (15, 20, 25, 30))
DYING = "sex,age_start,value\n" + "".join(f"{s},{age},0.01\n" for s in ("female", "male") for age in (0, *range(5, 40, 5)))
ADD = ("catalog", "add", "add.csv", "--as", "population_regional", "--dry-run")


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Run a command: exit code and what was said."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("QONYS_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
    files = {"flows.csv": FLOWS, "survey.csv": SURVEY, "people.csv": PEOPLE, "mothers.csv": MOTHERS, "dying.csv": DYING}
    for name, text in (files | {"moves.csv": "cause,date,person\nlabour,2020-01-01,1\n"}).items():
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")

    def call(*arguments):
        code = main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


UNKNOWN = {
    "columns of the file": (("flows", "components", "flows.csv", "--map", "orign=origin", "--map", "dest=destination"), "orign, dest"),
    "names of the command": (("flows", "components", "flows.csv", "--map", "origin=from_place", "--map", "value=moved"), "from_place, moved"),
    "columns of conditions": (("flows", "components", "flows.csv", "--where", "yaer=2019", "--where", "sx=1"), "yaer, sx"),
    "columns of moves": (("flows", "classify", "moves.csv", "--map", "reason=cause", "--map", "who=person"), "reason, who"),
    "variables": (("survey", "table", "survey.csv", "--var", "intend", "--by", "age", "--weight", "wt"), "intend, age, wt"),
    "regressors": (("survey", "model", "survey.csv", "--var", "intend", "--on", "age"), "intend, age"),
    "codes of no answer": (("survey", "table", "survey.csv", "--var", "weight", "--missing", "intend=1", "--missing", "age=2"), "intend=1, age=2"),
    "items": (("survey", "adaptation", "survey.csv", "--by", "weight", "--domain", "work=intend,age:0..2"), "intend, age"),
    "groupings": (("survey", "settling", "survey.csv", "--by", "kin", "--on", "sex"), "kin, sex"),
    "regions": (("project", "--population", "people.csv", "--fertility", "mothers.csv", "--mortality", "dying.csv", "--horizon", "2030",
                 "--start", "2020", "--regions", "East,West"), "East, West"),
    "columns of an addition": ((*ADD, "--map", "regoin=region", "--map", "vlaue=value"), "regoin, vlaue"),
    "columns of a table": ((*ADD, "--map", "region=regoin", "--set", "yaer=2019", "--set", "sexx=both"), "yaer, sexx, regoin"),
}  # fmt: skip


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("kind", UNKNOWN)
def test_all_unknown_names_are_told_at_once(said, tmp_path, kind, language):
    (tmp_path / "add.csv").write_text("region,year,sex,area,value\nKZ-61,2019,both,total,5\n", encoding="utf-8")
    arguments, names = UNKNOWN[kind]
    code, _, err = said(*arguments, "--lang", language)
    assert (code, names in err) == (1, True), err


def test_no_more_than_five_are_named(said):
    asked = [word for name in "abcdefg" for word in ("--var", name)]
    code, _, err = said("survey", "table", "survey.csv", *asked, "--lang", "en")
    assert (code, "a, b, c, d, e (+2)" in err) == (1, True), err


def offered(err):
    """The options that a sentence offers."""
    return shlex.split(err.rpartition("erhaps: ")[2])


def test_what_is_offered_for_a_survey_works(said):
    asked = ("survey", "table", "survey.csv")
    code, _, err = said(*asked, "--var", "intent to", "--by", "age grp", "--lang", "en")
    assert code == 1
    assert offered(err) == ["--var", "intent to go", "--by", "age group"]
    assert said(*asked, *offered(err))[0] == 0


def test_what_is_offered_for_columns_works(said):
    code, _, err = said("flows", "components", "flows.csv", "--map", "orign=origin", "--map", "valu=value", "--lang", "en")
    assert code == 1
    assert offered(err) == ["--map", "origin=origin", "--map", "value=value"]
    assert said("flows", "components", "flows.csv", *offered(err), "--where", "year=2019")[0] == 0


@pytest.mark.parametrize(("text", "option"), [("n/a?", "--missing"), ("9e30", "--missing")])
def test_the_value_that_is_no_answer_can_be_pasted(said, tmp_path, text, option):
    (tmp_path / "own.csv").write_text("income, tenge;g\n" + "".join(f"{n % 7};{n % 2}\n" for n in range(20)) + f"{text};1\n", encoding="utf-8")
    asked = ("survey", "table", "own.csv", "--var", "income, tenge", "--kind", "mean")
    code, _, err = said(*asked, "--lang", "en")
    assert code == 1
    pasted = shlex.split(err[err.index(option) :].rstrip().rstrip("."))
    assert pasted[0] == option
    assert said(*asked, *pasted)[0] == 0


LACKING = "Облыс коды;Саны, адам\nKZ-61;1983500\nKZ-63;1378500\n"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_all_that_an_addition_lacks_is_told_in_one_run(said, tmp_path, language):
    (tmp_path / "add.csv").write_text(LACKING, encoding="utf-8")
    code, _, err = said(*ADD, "--lang", language)
    assert code == 1
    for part in ("year", "sex", "area", "source", "status", "both, female, male", "official", "--set year=…", "--source-title …", "--status …"):
        assert part in err


def test_what_is_offered_for_an_addition_works_when_it_is_filled_in(said, tmp_path):
    (tmp_path / "add.csv").write_text("name;figure\nKZ-61;1983500\nKZ-63;1378500\n", encoding="utf-8")
    code, _, err = said(*ADD, "--lang", "en")
    assert code == 1
    pasted = err.partition("Run it again with ")[2].partition(" (… is")[0]
    for name, value in {"year=…": "year=2019", "sex=…": "sex=both", "area=…": "area=total", "--source-title …": '--source-title "Yearbook, 2019"', "--status …": "--status official"}.items():
        pasted = pasted.replace(name, value)
    assert "figure=value" in pasted
    code, _, err = said(*ADD, *shlex.split(pasted))
    assert code == 0, err


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_source_and_status_are_asked_for_together(said, tmp_path, language):
    (tmp_path / "add.csv").write_text("region,year,sex,area,value\nKZ-61,2019,both,total,5\n", encoding="utf-8")
    code, _, err = said(*ADD, "--lang", language)
    assert code == 1
    assert "--source-title" in err
    assert "--status" in err
    code, _, err = said(*ADD, "--source-title", "T", "--lang", language)
    assert (code, "--status" in err, "--source-title" in err) == (1, True, False)
