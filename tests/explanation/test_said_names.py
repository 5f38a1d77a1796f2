"""Columns in the options of a command: by the method's name, by the file's own, with commas in a name or without."""

from __future__ import annotations

import re

import pytest

import qonys
from qonys.cli import main
from qonys.errors import BadInput

HEAD = ("страна выезда", "страна въезда", "Мигранты, чел.", "Расстояние, км", "Население, чел.", "год")
ROWS = [("A", "B", 5, 10, 100), ("B", "A", 6, 12, 200), ("A", "C", 7, 20, 100), ("C", "A", 8, 30, 300), ("B", "C", 9, 31, 200),
        ("C", "B", 12, 34, 300)]  # fmt: skip
MAPPED = ["страна выезда=origin", "страна въезда=destination", "Мигранты, чел.=value"]
PLAIN = {"origin": 0, "destination": 1, "value": 2, "dist": 3, "pop": 4, "year": 5}


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Run a command on the file with long names, or with short ones: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    rows = [",".join(map(str, (*row, 2019))) for row in ROWS]
    (tmp_path / "long.csv").write_text(
        "\n".join([",".join(f'"{name}"' for name in HEAD), *rows]) + "\n", encoding="utf-8"
    )
    (tmp_path / "short.csv").write_text("\n".join([",".join(PLAIN), *rows]) + "\n", encoding="utf-8")

    def call(*arguments):
        language = () if "--lang" in arguments else ("--lang", "en")
        code = main([*arguments, "--format", "csv", *language])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return call


def mapped(*names):
    return [word for item in names for word in ("--map", item)]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (("--log", "dist"), ("--log", "Расстояние, км")),
        (("--log", "dist"), ("--log", '"Расстояние, км"', "--outcome", "Мигранты, чел.")),
        (("--log", "dist,pop"), ("--log", "Расстояние, км,Население, чел.")),
        (("--log", "dist", "--log", "pop"), ("--log", '"Расстояние, км","Население, чел."')),
        (("--log", "dist", "--plain", "pop"), ("--log", "Расстояние, км", "--plain", "Население, чел.")),
        (("--log", "dist", "--effects", "origin"), ("--log", "Расстояние, км", "--effects", "страна выезда")),
        (("--log", "dist", "--clusters", "origin"), ("--log", "Расстояние, км", "--clusters", "страна выезда")),
        (("--log", "dist", "--effects", "origin^year"), ("--log", "Расстояние, км", "--effects", "страна выезда^год")),
        (
            ("--log", "dist,pop", "--group", "far=dist", "--group", "size=pop", "--table", "parts", "--draws", "40", "--year", "year"),
            ("--log", "Расстояние, км", "--log", "Население, чел.", "--group", "far=Расстояние, км", "--group", 'size="Население, чел."',
             "--table", "parts", "--draws", "40", "--year", "год"),
        ),
    ],
)  # fmt: skip
def test_factors_takes_either_name(said, short, long):
    own = ("--engine", "own")
    plain = said("factors", "short.csv", *short, *own)
    assert plain[0] == 0, plain[2]
    used = {word for text in short for word in re.split("[,^=]", text)}
    for more in ([], [f"{HEAD[place]}={name}" for name, place in PLAIN.items() if name in used and place > 2]):
        names = [item for item in (*MAPPED, *more) if "--clusters" not in short or "destination" not in item]
        found = said("factors", "long.csv", *mapped(*names), *long, *own)
        assert found[0] == 0, found[2]
        assert numbers(found[1]) == numbers(plain[1])


def numbers(printed):
    """Cells of the printed table that are numbers."""
    return [
        cell
        for line in printed.splitlines()[1:]
        for cell in line.split(",")
        if cell.strip('"').replace(".", "").lstrip("-")[:1].isdigit()
    ]


def test_a_usual_name_and_the_name_of_the_method_are_one_column(said, tmp_path):
    text = (tmp_path / "short.csv").read_text(encoding="utf-8")
    (tmp_path / "usual.csv").write_text(
        text.replace("origin,", "откуда,").replace("destination,", "куда,"), encoding="utf-8"
    )
    code, _, err = said("factors", "usual.csv", "--log", "dist", "--effects", "откуда", "--engine", "own")
    assert code == 0, err


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_what_gives_a_regressor_is_named(said, language):
    code, _, err = said("factors", "long.csv", *mapped(*MAPPED), "--lang", language)
    assert code == 1
    assert "--log" in err
    assert "--plain" in err
    assert "Население, чел." in err


def test_all_columns_that_lack_are_named(said):
    code, _, err = said("factors", "short.csv", "--log", "dist,gdp", "--plain", "wage", "--effects", "border")
    assert code == 1
    assert all(name in err for name in ("gdp", "wage", "border"))


def test_a_group_of_unknown_columns_is_refused(said):
    code, _, err = said(
        "factors", "short.csv", "--log", "dist", "--group", "a=dist,far", "--table", "parts", "--engine", "own"
    )
    assert (code, "a=dist, far" in err) == (1, True), err


def test_the_same_in_python():
    flows = {name: [(*row, 2019)[place] for row in ROWS] for place, name in enumerate(HEAD)}
    columns = {
        "origin": "страна выезда",
        "destination": "страна въезда",
        "value": "Мигранты, чел.",
        "dist": "Расстояние, км",
    }
    either = [qonys.gravity(flows, log=log, effects=effects, columns=columns, engine="own").frame["estimate"].to_list()
              for log, effects in (("dist", "origin"), ("Расстояние, км", "страна выезда"))]  # fmt: skip
    assert either[0] == either[1]
    groups = {"far": "Расстояние, км", "size": ["Население, чел."]}
    found = qonys.contributions(flows, groups, log=["dist", "Население, чел."], columns=columns, engine="own", draws=40)
    assert found.frame["group"].to_list() == ["far", "size"]
    with pytest.raises(BadInput, match="--plain"):
        qonys.gravity(flows, columns=columns)


def test_other_commands_take_either_name(said, tmp_path):
    rows = "".join(
        f"{a},{b},{s},{10 + n}\n"
        for n, (a, b, s) in enumerate((a, b, s) for a in "ABC" for b in "ABC" if a != b for s in ("male", "female"))
    )
    for name, head in (("short.csv", "origin,destination,sex,value"), ("long.csv", '"из, код","в, код","пол, код",n')):
        (tmp_path / name).write_text(f"{head}\n{rows}", encoding="utf-8")
    names = [
        word for item in ("из, код=origin", "в, код=destination", "пол, код=sex", "n=value") for word in ("--map", item)
    ]
    plain = said("indicators", "short.csv", "--by", "sex", "--draws", "0")
    for by in ("sex", "пол, код", '"пол, код"'):
        assert said("indicators", "long.csv", *names, "--by", by, "--draws", "0")[:2] == plain[:2]
    code, _, err = said("indicators", "short.csv", "--by", "sex,wave,colour", "--draws", "0")
    assert (code, "wave, colour" in err) == (1, True), err
    (tmp_path / "margin.csv").write_text("origin,value\nA,40\nB,60\nC,80\n")
    (tmp_path / "cells.csv").write_text(
        '"из, код","в, код",n\n' + "".join(f"{a},{b},1\n" for a in "ABC" for b in "ABC"), encoding="utf-8"
    )
    plain = said("flows", "balance", "cells.csv", "margin.csv", *names[:4], *names[6:])
    assert plain[0] == 0, plain[2]
    for axes in (("--axes", "из, код,в, код"), ("--axes", "из, код", "--axes", "destination")):
        assert said("flows", "balance", "cells.csv", "margin.csv", *names[:4], *names[6:], *axes) == plain


def test_life_tables_by_either_name(said, tmp_path):
    rows = "".join(f"{s},{x},{0.01 if x < 80 else 0.3}\n" for s in ("male", "female") for x in (0, 1, *range(5, 85, 5)))
    (tmp_path / "short.csv").write_text(f"sex,age_start,value\n{rows}")
    (tmp_path / "long.csv").write_text(f'"пол, код",age_start,value\n{rows}', encoding="utf-8")
    plain = said("lifetable", "short.csv", "--by", "sex")
    assert plain[0] == 0, plain[2]
    for by in ("sex", "пол, код"):
        assert said("lifetable", "long.csv", "--map", "пол, код=sex", "--by", by)[:2] == plain[:2]
    code, _, err = said("lifetable", "short.csv", "--by", "wave", "--by", "colour")
    assert (code, "wave, colour" in err) == (1, True), err


def test_items_of_a_domain_may_have_commas(said, tmp_path):
    rows = "".join(f"{'native' if n % 2 else 'settler'},{n % 5 + 1},{n % 4 + 1}\n" for n in range(40))
    (tmp_path / "short.csv").write_text(f"settler,a,b\n{rows}")
    (tmp_path / "long.csv").write_text(f'settler,"Труд: да, нет","b"\n{rows}', encoding="utf-8")
    plain = said("survey", "adaptation", "short.csv", "--domain", "work=a,b:1..5")
    assert plain[0] == 0, plain[2]
    for items in ("Труд: да, нет,b", '"Труд: да, нет",b'):
        assert said("survey", "adaptation", "long.csv", "--domain", f"work={items}:1..5")[:2] == plain[:2]


def test_the_truth_by_its_own_name(said, tmp_path):
    rows = "labour,2020-01-01,1\nother,2020-02-01,2\n"
    for name, head in (("moves.csv", "причина,date,person"), ("plain.csv", "cause,date,person")):
        (tmp_path / name).write_text(f"{head}\n{rows}", encoding="utf-8")
    plain = said("flows", "classify", "plain.csv", "--table", "confusion", "--truth", "cause")
    assert plain[0] == 0, plain[2]
    for truth in ("cause", "причина"):
        found = said("flows", "classify", "moves.csv", "--map", "причина=cause", "--table", "confusion", "--truth", truth)
        assert found[:2] == plain[:2]
