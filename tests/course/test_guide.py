"""The teacher's guide: every statement of the text has its week, labs, chapters and pages; one source for all."""

import re
from pathlib import Path

import pytest

from qonys import inputs, words
from qonys.cli import main
from qonys.course.guide import PARTS, places, week_of, weeks
from qonys.course.opened import pack_of
from qonys.course.registry import labs
from qonys.errors import BadInput
from qonys.report.chapters import CHAPTERS
from qonys.web.pages.menu import PAGES

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
TERM = 15


def test_no_statement_of_the_text_is_unmapped():
    statements = [one.id for one in inputs.course(pack_of("kazakhstan")).statements]
    named = [name for week in weeks() for name in week.statements]
    assert sorted(named) == sorted(statements)
    assert len(set(named)) == len(named)
    assert [one.statement.id for one in places(pack_of("kazakhstan"))] == statements


def test_every_place_is_there():
    pages, known = {page.id for page in PAGES}, {lab.id for lab in labs()}
    for one in places(pack_of("kazakhstan")):
        assert set() < set(one.labs) <= known, one.statement.id
        assert set() < set(one.chapters) <= set(CHAPTERS), one.statement.id
        assert set() < set(one.pages) <= pages, one.statement.id


def test_every_lab_has_its_week():
    assert len(weeks()) == TERM
    assert sorted(lab.id for week in weeks() for lab in week.labs) == sorted(lab.id for lab in labs())
    for week in weeks():
        taught = {name for lab in week.labs for name in lab.statements}
        elsewhere = {name for other in weeks() if other is not week for name in other.statements}
        assert taught & set(week.statements) or taught <= elsewhere, week.number


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_week_says_all(language):
    for week in weeks():
        texts = [week.phrase(part, language) for part in ("title", *PARTS)]
        assert len(set(texts)) == len(texts)
        assert week.phrase("discuss", language).endswith("?"), week.number
        paragraphs = week.paragraphs(language)
        assert len(paragraphs) == 1 + len(PARTS)
        assert not any(re.search(r"[{}\[\]]", text) for text in paragraphs)


def test_a_week_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match="15"):
        week_of(TERM + 1)


def test_a_pack_without_a_text_has_weeks_but_no_places():
    assert places(pack_of("georgia")) == ()


def test_the_command_tells_a_week_and_the_mapping(capsys):
    assert main(["course", "guide", "--lang", "en"]) == 0
    assert weeks()[0].phrase("title", "en") in capsys.readouterr().out
    assert main(["course", "guide", "--week", "3", "--lang", "ru"]) == 0
    assert week_of(3).phrase("plan", "ru") in capsys.readouterr().out
    assert main(["course", "guide", "--mapping", "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) == 1 + len(places(pack_of("kazakhstan")))
    assert main(["course", "guide", "--week", str(TERM + 1)]) == 2
    assert str(TERM) in capsys.readouterr().err


def test_the_how_to_has_the_weeks_of_the_guide():
    text = (DOCS / "teaching.md").read_text(encoding="utf-8")
    for week in weeks():
        taken = week.lecture + week.discussion + sum(lab.minutes for lab in week.labs)
        names = ", ".join(lab.id for lab in week.labs)
        assert f"| {week.number} | {week.phrase('title', 'en')} | {names} | {taken} |" in text
