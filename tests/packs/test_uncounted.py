"""Forms that no register counts: the newest published numbers with their weakness, or the word that there are none."""

import shutil
from pathlib import Path

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.uncounted import uncounted_findings, uncounted_forms
from qonys.report.chapters import section_of
from qonys.report.context import Context
from qonys.study.chapters import forms
from qonys.study.runs.results import Results

WITHOUT = {"shuttle", "demographic_boom", "stress", "divided_families", "recruitment"}


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def results(pack):
    found = Results("r")
    forms.compute(pack, found)
    return found


def test_each_form_has_its_numbers_or_none(results, pack):
    frame = results.table("forms_uncounted").frame
    assert set(frame["form"]) == {one.id for one in uncounted_forms(pack)}
    assert set(frame.filter(frame["value"].is_null())["form"]) == WITHOUT
    assert frame["weakness"].is_null().sum() == len(WITHOUT)
    assert results.number("forms.no_figure").value == len(WITHOUT)
    expelled = frame.filter(frame["code"] == "irregular_expelled")
    assert expelled["value"].to_list() == [4245]  # of 2025; those of 2001 and 2022 are older


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_table_says_what_would_count_them(results, pack, language):
    table = next(one for one in section_of("forms", Context(results, pack, language)).blocks
                 if getattr(one, "key", "") == "forms_uncounted")  # fmt: skip
    for one in uncounted_forms(pack):
        rows = [row for row in table.rows if row[0] == one.name[language]]
        assert rows
        assert all(one.needed[language] in row[-1] and one.agency[language] in row[-1] for row in rows)
        assert (words.text("forms.no_figure", language) in rows[0]) == (one.id in WITHOUT)


def test_another_pack_has_no_such_table():
    found = Results("r")
    forms.compute(open_pack("georgia"), found)
    assert not found.has_table("forms_uncounted")
    assert found.has_table("forms_latest")


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("codes: [transit,", "codes: [transits,", "transit: no label of the axis “form” has the code “transits”"),
        ("en: \"stress\"", "en: \" \"", "stress: “name” lacks the language “en”"),
        ("  codes: [irregular_present", "  kodes: [irregular_present", "kodes"),
    ],
)  # fmt: skip
def test_planted_faults_ring(pack, tmp_path, before, after, sentence):
    folder = Path(shutil.copytree(pack.path, tmp_path / "own"))
    text = (folder / "uncounted.yaml").read_text(encoding="utf-8")
    assert before in text
    (folder / "uncounted.yaml").write_text(text.replace(before, after, 1), encoding="utf-8")
    found = [one.sentence("en") for one in uncounted_findings(open_pack(folder))]
    assert any(sentence in one for one in found), found
