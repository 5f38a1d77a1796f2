"""`qonys law check` through the person's door: a whole register passes, every planted fault rings."""

from pathlib import Path

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.law import law_findings, law_register

FAULTS = {
    "two values at once": ("values", None, dict(parameter="stay", value="60", act="law-2", **{"from": "2010-06-01"}), "two values for LL on 2010-06-01"),
    "two values overlap": ("values", 0, {"to": "2011-01-01"}, "stay has two values for LL on 2010-06-01"),
    "a value outlives its act": ("values", 0, {"to": "2011-01-01"}, "outlives its act, law-1"),
    "an act not in force": ("values", 0, {"from_": "1999-01-01"}, "by law-1, which is not in force on that day"),
    "an act that has ended": ("values", 3, {"from_": "2014-01-01", "to": "2015-01-01"}, "by order-3, which is not in force on that day"),
    "a bill sets nothing": ("values", 0, {"act": "bill-5", "from_": "2003-01-01"}, "by bill-5, which is not in force on that day"),
    "an end without an act": ("acts", 0, {"ended_by": ""}, "law-1 ends on 2010-06-01, but no act that ended it is named"),
    "an end without a day": ("acts", 0, {"in_force_to": ""}, "law-1 is ended by law-2, but has no day of end"),
    "ended before it began": ("acts", 0, {"in_force_to": "1999-01-01"}, "law-1 ends on 1999-01-01, before it comes into force"),
    "ended by a later act": ("acts", 1, {"adopted": "2010-08-01", "in_force_from": "2010-08-01"}, "law-2, which ended it, was adopted later"),
    "an act that ends nothing": ("changes", 0, {"act": "law-4"}, "law-4 ends law-1 on 2010-06-01, but law-1 is not ended by it"),
    "an end that no change has": ("changes", 0, {"kind": "amends"}, "law-1 is ended by law-2, but changes.csv has no such repeal"),
    "a change after the end": ("changes", None, {"act": "law-2", "target": "law-1", "date": "2012-01-01", "kind": "amends"}, "law-2 changes law-1 on 2012-01-01"),
    "treaty days out of order": ("conventions", 0, {"binding": "2001-01-01"}, "the day 2001-01-01 stands after 2001-03-01"),
    "signed before it was made": ("conventions", 0, {"signed": "1950"}, "the day 1950 stands after 1951-07-28"),
    "deposited before the act": ("conventions", 0, {"since": "2000-12-01"}, "before the domestic act law-4 was adopted"),
    "a treaty ended by nothing": ("conventions", 0, {"ended": "2020-01-01"}, "treaty ends on 2020-01-01, but what ended it is not named"),
    "an unknown act": ("values", 0, {"act": "law-9"}, "values.csv names “law-9”"),
    "an unknown parameter": ("values", 0, {"parameter": "stays"}, "values.csv names “stays”"),
    "an unknown treaty": ("obligations", 0, {"convention": "pact"}, "obligations.csv names “pact”"),
    "an act that stands twice": ("acts", None, {"act": "law-2", "type": "law", "adopted": "2010-05-01", "role": "base", "topic": "entry"}, "“law-2” stands twice"),
    "a missing language": ("conventions", 0, {"reservation_en": "Only here"}, "treaty lacks a text in kk, ru"),
    "an unknown source": ("acts", 0, {"source": "nowhere"}, "The source “nowhere” is not in sources.csv"),
    "a figure without rows": ("values", 3, {"value": "", "figure": "none_such"}, "none_such"),
}  # fmt: skip
CELLS = {
    "type": ("acts", {"type": "ukase"}, "acts.csv, row 2, column “type”: “ukase” is none of the known words"),
    "date": ("acts", {"adopted": "2000-02-30"}, "acts.csv, row 2, column “adopted”: “2000-02-30” is no date"),
    "state": ("conventions", {"state": "partly"}, "conventions.csv, row 2, column “state”: “partly” is none"),
    "number": ("values", {"value": "many"}, "values.csv, row 2, column “value”: “many” is no number"),
    "neither": ("values", {"value": ""}, "values.csv, row 2: a value of a parameter has either"),
    "empty": ("changes", {"target": ""}, "changes.csv, row 2, column “target”: the cell is empty"),
}  # fmt: skip


def test_a_whole_register_passes(run):
    code, out, err = run("check")
    assert (code, err) == (0, "")
    assert out == "The register has no faults (acts: 5, changes: 1, values of parameters: 4, treaties: 2).\n"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_rings(spoiled, fault):
    file, place, cells, sentence = FAULTS[fault]
    code, out, err = spoiled(file, place, **cells)
    assert code == 1
    assert sentence in out + err


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_that_cannot_be_read_is_named(spoiled, cell):
    file, cells, sentence = CELLS[cell]
    code, out, err = spoiled(file, 0, **cells)
    assert (code, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_a_column_that_lacks_is_named(folder, run):
    path = folder / "law" / "acts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("ended_by", "ended"), encoding="utf-8")
    assert run("check")[2] == "lawland/law/acts.csv lacks the columns ended_by.\n"


def test_an_event_has_the_day_of_its_act(folder, run):
    (folder / "events.csv").write_text("id,date,act\nx,2000-01-02,law-1\ny,2000-02-01,law-1\n", encoding="utf-8")
    code, out, _ = run("check")
    assert code == 1
    assert out.splitlines()[0] == "The event x has the day 2000-01-02, its act law-1 has another."
    assert "event y" not in out


def test_the_check_of_a_pack_holds_the_register(spoiled, folder, capsys):
    spoiled("acts", 0, ended_by="")
    assert main(["pack", "check", str(folder)]) == 1
    assert "law-1 ends on 2010-06-01" in capsys.readouterr().out


def test_the_shipped_register_has_no_faults():
    found = law_register(open_pack("kazakhstan"))
    assert [one.sentence() for one in law_findings(found)] == []
    counts = f"{len(found.acts)} acts, {len(found.conventions)} treaties and {len(found.parameters)} dated parameters"
    assert counts in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert {one.status for one in found.acts} == {"official", "secondary", "to_check"}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_faults_are_said_in_every_language(spoiled, run, language):
    spoiled("acts", 0, ended_by="")
    out = run("check", language=language)[1]
    assert "law-1" in out
    assert {"en": "no act that ended it", "ru": "прекративший его акт не назван", "kk": "оны тоқтатқан акт аталмаған"}[
        language
    ] in out
