"""Days, ids and numbers however a person writes them; the own term of an act; two days between which nothing changed."""

import json

import pytest

from qonys import words
from qonys.cli import main
from qonys.study.analyses import act_outcomes

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    ("plain", "odd"),
    [
        (("on", "2012-05-01"), ("on", f" {'2012-05-01'.translate(WIDE)} ")),
        (("show", "law-1"), ("show", " LAW-1 ")),
        (("show", "1-I"), ("show", f"{'1'.translate(WIDE)}-i ")),
        (("value", "stay"), ("value", " Stay ")),
        (
            ("value", "stay", "--date", "2012-01-01", "--region", "LL-1"),
            ("value", "STAY", "--date", " 2012-01-01", "--region", "ll-1 "),
        ),
        (("timeline", "--topic", "labour"), ("timeline", "--topic", " Labour ")),
        (("diff", "2005-01-01", "2012-01-01"), ("diff", " 2005-01-01", "2012-01-01 ".translate(WIDE))),
    ],
)
def test_capitals_blanks_and_width_say_the_same(run, plain, odd):
    assert run(*odd) == run(*plain)
    assert run(*plain)[0] == 0


@pytest.mark.parametrize(
    ("line", "nearest"),
    [(("show", "LAW_1"), "law-1"), (("value", "STAYS"), "stay"), (("timeline", "--topic", "Labor"), "labour"),
     (("value", "stay", "--date", "2012-01-01", "--region", "LL1"), "LL-1"), (("effect", "LAW_2"), "law-2")],
)  # fmt: skip
def test_a_wrong_name_gives_the_nearest(run, line, nearest):
    code, out, err = run(*line)
    assert (code, out) == (1, "")
    assert f"nearest: {nearest}" in err


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_an_act_that_ran_out_is_not_ended_by_itself(run, language):
    own = words.text("law.code.ended_by.own_term", language)
    code, out, _ = run("show", "order-3", language=language)
    assert code == 0
    assert f"{words.text('cli.column.ended_by', language)}: {own}" in out
    assert own in run("on", "2012-05-01", language=language)[1]
    assert own not in run("show", "law-1", language=language)[1]
    assert json.loads(run("show", "order-3", "--format", "json")[1])["ended_by"] == "order-3"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_days_without_a_change_between_them_are_said(run, language):
    code, out, err = run("diff", "2005-01-01", " 2005-01-01", language=language)
    assert (code, out.strip(), err) == (0, words.text("law.diff.same", language, day="2005-01-01"), "")
    code, out, err = run("diff", "2005-01-01", "2005-01-02", language=language)
    said = words.text("law.diff.nothing", language, first="2005-01-01", second="2005-01-02")
    assert (code, out.strip(), err) == (0, said, "")
    assert run("diff", "2005-01-01", "2005-01-01", "--format", "json")[1].strip() == "[]"


def test_figures_too_short_are_counted_only_where_there_are_any(capsys, monkeypatch):
    line = ["law", "effect", "law-477-iv-2011", "--lang", "en"]
    told = words.text("law.effect.too_short", "en", n="", year="").partition(":")[0].split("  ")[0]
    assert main(line) == 0
    assert told in capsys.readouterr().out
    monkeypatch.setattr(act_outcomes, "long_enough", lambda one, first: True)
    assert main(line) == 0
    assert told not in capsys.readouterr().out
