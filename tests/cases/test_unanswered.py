"""Codes of no answer and texts for none in every survey command: whom each leaves out is said."""

import pytest

from qonys.cli import main

from .sampled import sampled

pytest.importorskip("svy")
PEOPLE = range(60)
COMMANDS = {
    "table": ("--var", "a"),
    "test": ("--var", "a", "--by", "sex"),
    "test of pairs": ("--var", "a", "--by", "sex", "--pairs"),
    "trend": ("--var", "a", "--wave", "wave"),
    "model": ("--var", "a", "--on", "sex"),
    "linear model": ("--var", "a", "--on", "sex", "--kind", "linear"),
    "classes": ("--var", "a", "--var", "b", "--count", "1"),
    "map": ("--var", "a", "--var", "b"),
    "potential": ("--var", "a", "--answer", "1", "--by", "sex"),
    "adaptation": ("--domain", "labour=a:1..2", "--by", "sex", "--native", "f"),
}


@pytest.fixture
def asked(tmp_path, capsys):
    """Run a survey command on a table whose question `a` has no answer in some rows: exit code, output, what was said."""

    def call(name, none, *arguments):
        path = tmp_path / "own.csv"
        rows = [[none if n % 10 == 4 else 1 + n * n // 7 % 2, "" if n % 10 == 4 else 1 + n // 3 % 2, "fm"[n % 2], 1 + n // 30, 2]
                for n in PEOPLE]  # fmt: skip
        text = "".join(";".join(map(str, row)) + "\n" for row in [["a", "b", "sex", "wave", "w"], *rows])
        path.write_text(text, encoding="utf-8")
        code = main(("survey", name.removeprefix("linear ").split()[0], str(path), *COMMANDS[name],
                     "--weight", "w", "--format", "csv", *arguments))  # fmt: skip
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


NONE = ("NA", "97", "#NULL!", "97.0", "N/A")


CASES = [(name, NONE[(n + m) % 5]) for m in (0, 1) for n, name in enumerate(COMMANDS)]


@pytest.mark.parametrize(("name", "none"), sampled(CASES, 5))
def test_every_command_leaves_out_and_says_so(asked, name, none):
    plain = asked(name, "")
    given = ("--missing", "a=97,0") if none.startswith("97") else ()
    code, out, err = asked(name, none, *given)
    assert (plain[0], code) == (0, 0), err
    assert out == plain[1]
    assert all("6 respondents" in text or "left out of the table: 6" in text or "left out: 6" in text for text in (plain[2], err))


TEXTS = [("test", "нет ответа"), ("trend", "-"), ("model", "999"), ("potential", "x"), ("classes", "жоқ")]


@pytest.mark.parametrize(("name", "text"), sampled(TEXTS, 2))
def test_a_text_for_none_is_an_answer_until_it_is_named(asked, name, text):
    assert asked(name, text)[1] != asked(name, "")[1]
    assert asked(name, text, "--missing", f"a={text}")[1] == asked(name, "")[1]
    assert f"a={text}" in asked(name, "", "--missing", f"a={text}")[2]


@pytest.mark.parametrize("none", ["NA", "N/A", "", "NULL", "<NA>"])
def test_who_answered_some_of_the_items_is_kept_and_said(tmp_path, capsys, none):
    rows = "".join(f"{none if n % 10 == 4 else 1 + n % 2},{none if n % 20 == 4 else 1 + n // 3 % 2},1\n" for n in PEOPLE)
    (tmp_path / "own.csv").write_text("a,b,w\n" + rows)
    assert main(("survey", "classes", str(tmp_path / "own.csv"), "--var", "a", "--var", "b", "--count", "1")) == 0
    err = capsys.readouterr().err
    assert "answered none of the variables, left out: 3." in err
    assert "answered some of the variables but not all, kept: 3." in err


@pytest.mark.parametrize("none", ["NA", "N/A", "", "NaN", "9"])
@pytest.mark.parametrize("shown", [("--by", "a"), ("--by", "a", "--table", "test"), ("--table", "hazard", "--on", "a")])
def test_stays_of_no_group_are_said(tmp_path, capsys, none, shown):
    rows = "".join(f"{1 + n % 5};{n % 3 % 2};{none if n % 10 == 4 else 'xy'[n % 4 // 2]}\n" for n in PEOPLE)
    (tmp_path / "own.csv").write_text("years;end;a\n" + rows)
    given = ("--missing", "a=9") if none == "9" else ()
    assert main(("survey", "settling", str(tmp_path / "own.csv"), *shown, *given)) == 0
    assert "without an answer to a, who are in none of its groups: 6." in capsys.readouterr().err
