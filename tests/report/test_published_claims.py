"""What the report and the site say of claims: from what a pack has, not of one country's course."""

import re

import polars as pl
import pytest

from qonys import inputs, words
from qonys.catalog import open_pack
from qonys.report.chapters.claims import range_text
from qonys.report.context import Context
from qonys.study.claims.reading import claims_source

COURSE = {
    "en": re.compile(r"\b[Tt]he course\b(?! of)"),
    "ru": re.compile("[Кк]урс(?!ив)"),
    "kk": re.compile("[Кк]урс(?!ив)"),
}
OF_LABS = ("labs.", "web.lead.labs")
SAID = ("summary.claims", "claims.intro", "web.lead.claims", "web.doors.student_text", "forms.intro")


def sentence(key, language):
    """The text under a key; empty where it has plural forms."""
    try:
        return words.template(key, language)
    except KeyError:
        return ""


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_general_texts_name_no_course(language):
    """The labs are those of a course and may say so."""
    keys = (key for key in words.keys(language) if not key.startswith(OF_LABS))
    single = {key: text for key in keys if (text := sentence(key, language))}
    told = [key for key, text in single.items() if COURSE[language].search(text)]
    assert told == []


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("key", SAID)
def test_only_a_pack_with_a_course_speaks_of_it(key, language):
    assert COURSE[language].search(inputs.template(open_pack("kazakhstan"), key, language))
    assert not COURSE[language].search(inputs.template(open_pack("georgia"), key, language))


def test_the_text_that_the_claims_are_taken_from():
    assert claims_source(open_pack("georgia"), "en") == "Georgia's shrinking population"
    assert "university course" in claims_source(open_pack("kazakhstan"), "en")


def contradicted(claims, answers):
    """Claims whose printed range, count or agreement is not that of the answers that count, recomputed row by row."""
    found = []
    for row in claims.iter_rows(named=True):
        for when, end in (("then", ""), ("now", "_now")):
            own = [one for one in answers.iter_rows(named=True) if (one["id"], one["asof"]) == (row["id"], when)]
            if not own:
                continue
            counted = [one for one in own if one["weight"] == "counts"]
            ends = [one[name] for one in counted for name in (("low", "high") if one["bounds"] else ("value",)) if one[name] is not None]
            told = (row[f"low{end}"], row[f"high{end}"], row[f"answers{end}"], row[f"agree{end}"])
            due = (min(ends, default=None), max(ends, default=None), len(counted), sum(bool(one["agrees"]) for one in counted))
            if told != due:
                found.append((row["id"], when, told, due))
    return found


def test_printed_ranges_are_those_of_the_answers_that_count(study):
    claims, answers = (study.table(name).frame for name in ("claims", "claim_answers"))
    assert contradicted(claims, answers) == []
    assert {"counts", "unfit"} <= set(answers["weight"]), "some answers do not count, and the range leaves them out"
    place = answers["weight"].to_list().index("unfit")
    planted = answers.with_columns(weight=pl.Series(["counts" if i == place else w for i, w in enumerate(answers["weight"])]))
    assert contradicted(claims, planted), "an unfit answer that counted would be seen"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_claim_without_a_range_says_why_or_has_a_dash(study, language):
    context = Context(study, open_pack("kazakhstan"), language)
    for row in study.table("claims").frame.iter_rows(named=True):
        text = range_text(context, row)
        if row["low"] is not None:
            assert any(sign.isdigit() for sign in text)
        else:
            assert text == (words.text(f"claims.outside.{row['outside']}", language) if row["outside"] else "–")
