"""What held on a day, the life of an act, values of parameters, coverage: through commands, Python and refusals."""

import csv
import io
import json
import time

import pytest

import qonys
from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.errors import BadInput, UnknownName
from qonys.law import day_of, frames, law_register, records

NO_REGISTER = {"en": "has no law register", "ru": "нет реестра права", "kk": "құқық тізілімі жоқ"}


def read(run, *arguments):
    code, out, err = run(*arguments, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize(
    ("day", "acts", "stay", "treaties"),
    [("2000-01-31", [], None, []), ("2000-02-01", ["law-1"], 90, []), ("2001-06-01", ["law-1"], 90, ["treaty"]),
     ("2010-05-31", ["law-1"], 90, ["treaty"]), ("2010-06-01", ["law-2"], 30, ["treaty"]),
     ("2011-12-30", ["law-2"], 30, ["treaty"]), ("2011-12-31", ["law-2", "order-3"], 30, ["treaty"]),
     ("2013-01-01", ["law-2"], 30, ["treaty"])],
)  # fmt: skip
def test_what_held_on_a_day(run, day, acts, stay, treaties):
    found = read(run, "on", day)
    assert [one["act"] for one in found["acts"]] == acts
    assert [one["value"] for one in found["parameters"] if one["parameter"] == "stay"] == (
        [] if stay is None else [stay]
    )
    assert [one["convention"] for one in found["conventions"]] == treaties
    assert all(one["source"] and one["status"] for part in found.values() for one in part)


@pytest.mark.parametrize(("day", "said"), [("1980-01-01", "from 2000 on"), ("2060-01-01", "up to ")])
def test_a_day_outside_of_the_years_of_the_register_is_said(run, day, said):
    code, out, err = run("on", day)
    assert (code, "There are no rows" in out) == (0, False)
    assert said in err
    assert day in err


def test_values_of_regions_are_asked_for(run):
    assert {one["region"] for one in read(run, "on", "2012-05-01")["parameters"]} == {"LL"}
    assert ("LL-1", 40) in {
        (one["region"], one["value"]) for one in read(run, "on", "2012-05-01", "--regions")["parameters"]
    }


def test_one_table_of_a_day_as_csv(run):
    code, out, _ = run("on", "2012-05-01", "--format", "csv")
    assert code == 0
    found = {(row["part"], row["act"] or row["convention"]) for row in csv.DictReader(io.StringIO(out))}
    assert found >= {("acts", "law-2"), ("parameters", "order-3"), ("conventions", "law-4")}


def test_the_life_of_an_act(run):
    found = read(run, "show", "1-I")
    assert (found["act"], found["valid_from"], found["valid_from_is"], found["valid_to"], found["ended_by"]) == (
        "law-1", "2000-02-01", "in_force", "2010-06-01", "law-2",
    )  # fmt: skip
    assert found["path"] == "/ll/act/law/2000-01-01/1-I"
    assert [one["act"] for one in found["changed_by"]] == ["law-2"]
    assert [one["target"] for one in read(run, "show", "law-2")["changed"]] == ["law-1"]
    assert [one["value"] for one in read(run, "show", "order-3")["sets"]] == [500]
    assert read(run, "show", "2")["act"] == "law-2"


def test_a_value_on_a_day_and_through_time(run):
    assert [one["value"] for one in read(run, "value", "stay", "--date", "2005-01-01")] == [90]
    assert [one["value"] for one in read(run, "value", "stay", "--date", "2012-01-01", "--region", "LL-1")] == [40]
    assert [(one["valid_from"], one["valid_to"]) for one in read(run, "value", "stay")][:2] == [
        ("2000-02-01", "2010-06-01"),
        ("2010-06-01", None),
    ]


REFUSED = [
    (("show", "law-11"), "no act “law-11”; the nearest: law-1"), (("on", "2011-02-30"), "There is no day “2011-02-30”"),
    (("on", "yesterday"), "There is no day “yesterday”"), (("value", "sta"), "no parameter “sta”; the nearest: stay"),
    (("value", "idle"), "No act of the register sets the parameter “idle”"), (("value", "stay", "--date", "1999-01-01"), "On 1999-01-01 no act"),
    (("value", "stay", "--date", "2005-01-01", "--region", "LL-1"), "no value for the region “LL-1”"),
    (("value", "stay", "--region", "LL-1"), "add --date"), (("timeline", "--topic", "labor"), "no topic “labor”; the nearest: labour"),
    (("diff", "2012-01-01", "2011-01-01"), "put the earlier day first"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_what_cannot_be_is_one_sentence(run, arguments, sentence):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1
    said = {run(*arguments, language=language)[2] for language in words.LANGUAGES}
    assert len(said) == len(words.LANGUAGES)


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(
    "command", ["on 2020-01-01", "check", "coverage", "timeline", "show x", "value x", "diff 2000-01-01 2001-01-01"]
)
def test_a_pack_without_a_register_says_so(capsys, command, language):
    assert main(["law", *command.split(), "--pack", "georgia", "--lang", language]) == 1
    said = capsys.readouterr()
    assert NO_REGISTER[language] in said.err
    assert said.err.count("\n") == 1


def test_the_timeline_is_in_order(run):
    found = read(run, "timeline")
    assert [one["date"] for one in found] == sorted(one["date"] for one in found)
    kinds = {(one["what"], one["id"]) for one in found}
    assert kinds >= {
        ("adopted", "law-1"),
        ("ended", "law-1"),
        ("changed", "law-1"),
        ("binding", "treaty"),
        ("signed", "treaty"),
    }
    assert {one["topic"] for one in read(run, "timeline", "--topic", "labour")} == {"labour"}


def test_coverage_names_the_articles(run):
    first, second = read(run, "coverage")
    assert (first["article"], first["act"], first["domestic_article"], first["cover"]) == ("33", "law-2", "7", "partly")
    assert (second["convention"], second["participation"], second["cover"]) == ("other", "not_party", "unknown")


def test_the_register_says_where_it_was_searched(run):
    found = {(one["topic"], one["year_start"]): one["search"] for one in read(run, "coverage", "--searched")}
    assert found["labour", 2000] == "searched"
    assert found["labour", 2010] == "found"
    assert found["citizenship", 2000] == "not_searched"


def test_what_moved_between_two_days(run):
    found = {
        (one["what"], one["id"], one["region"]): (one["before"], one["after"])
        for one in read(run, "diff", "2005-01-01", "2012-05-01")
    }
    assert ("gone", "law-1", None) in found
    assert ("come", "law-2", None) in found
    assert found["value", "stay", "LL"] == (90, 30)
    assert found["value", "quota", "LL"] == (None, 500)


def test_every_column_and_code_has_a_name(pack):
    found = law_register(pack)
    tables = [*frames.on_frames(found, day_of("2012-05-01"), "en").values(), frames.coverage_frame(found, "en"), frames.looked_for_frame(found),
              frames.timeline_frame(found, "en"), frames.diff_frame(found, day_of("2001-01-01"), day_of("2012-05-01"), "en"),
              frames.changes_frame(found.changes, "en")]  # fmt: skip
    columns = {f"cli.column.{name}" for table in tables for name in table.columns}
    codes = {"type": records.TYPES, "topic": records.TOPICS, "change": records.KINDS, "state": records.STATES, "cover": records.COVERS,
             "search": ("found", "searched", "not_searched"), "since": ("in_force", "adoption")}  # fmt: skip
    keys = columns | {f"law.code.{kind}.{code}" for kind, listed in codes.items() for code in listed}
    assert sorted(key for key in keys if not words.has(key)) == []
    shipped = law_register(open_pack("kazakhstan"))
    bodies, units = {one.body for one in shipped.conventions}, {one.unit for one in shipped.parameters}
    keys = {f"law.code.body.{code}" for code in bodies} | {f"law.code.unit.{code}" for code in units}
    assert sorted(key for key in keys if not words.has(key)) == []


def test_the_same_from_python(folder):
    law = qonys.country(str(folder)).law()
    assert law.value("stay", "2005-01-01") == 90
    assert law.on("2012-05-01")["acts"]["act"].to_list() == ["law-2", "order-3"]
    assert law.act("1-I")["changed_by"]["act"].to_list() == ["law-2"]
    assert law.values("quota")["value"].to_list() == [500]
    assert law.check() == []
    assert law.timeline().height > law.coverage().height > 0 < law.coverage(searched=True).height
    assert law.diff("2005-01-01", "2012-05-01").height > 0
    with pytest.raises(UnknownName, match="nearest"):
        law.act("law-9")
    with pytest.raises(BadInput, match="no law register"):
        qonys.country("georgia").law()


def test_the_law_of_kazakhstan_on_known_days(capsys):
    law = qonys.country("kazakhstan").law("ru")
    before, after = law.on("2011-07-21")["acts"]["act"].to_list(), law.on("2011-07-22")["acts"]["act"].to_list()
    assert ("law-204-i-1997" in before, "law-477-iv-2011" in before) == (True, False)
    assert ("law-204-i-1997" in after, "law-477-iv-2011" in after) == (False, True)
    assert law.value("quota.families", "2007-12-31", "KZ-61") == 2765  # the row of the pack's table, not a copy
    assert law.value("quota.kandas", "2024-05-01") == 2433
    assert law.value("quota.kandas", "2024-09-01") == 3033
    treaties = law.on("2014-12-31")["conventions"]["convention"].to_list()
    assert "ces_migrant_workers_2010" in treaties
    assert "ces_migrant_workers_2010" not in law.on("2015-01-01")["conventions"]["convention"].to_list()
    assert main(["law", "value", "allowance.moving", "--date", "2026-03-01"]) == 0
    assert "70 × 4,325 = 302,750 tenge" in capsys.readouterr().out


def test_a_day_is_answered_at_once(capsys):
    assert main(["law", "on", "2020-01-01"]) == 0  # what is imported once
    start = time.process_time()
    assert main(["law", "on", "2026-05-01"]) == 0
    assert time.process_time() - start < 1.5
    assert "quota.kandas" in capsys.readouterr().out
