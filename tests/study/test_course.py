"""What the course asks: every name of an answer is in the shipped study, every answer in words."""

import re

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.course import BOUND, NAMES, NONE, course
from qonys.report.absences import missing_pages
from qonys.report.chapters import CHAPTERS
from qonys.report.chapters.course import answer_text
from qonys.report.context import Context


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def test_every_answer_is_in_the_study(study, pack):
    """Chapters that are laid out, numbers, tables and claims that are stored."""
    absent = {one.chapter for one in missing_pages(study)}
    held = {
        "chapters": set(CHAPTERS) - absent,
        "results": {*study.numbers, *study.tables},
        "claims": set(study.table("claims").frame["id"]),
    }
    wanted = [(one.id, kind, name) for one in course(pack).statements for kind in held for name in one.names[kind]]
    assert len(wanted) > 200
    assert [entry for entry in wanted if entry[2] not in held[entry[1]]] == []
    assert study.number("course.statements").value == len(course(pack).statements)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_answers_in_words(study, pack, language):
    context = Context(study, pack, language)
    for one in course(pack).statements:
        text = answer_text(context, one)
        assert not re.search(r"[{}\[\]]", text), text
        assert (one.answer == NONE) == (bool(one.figure) and one.figure[language].rstrip(".") in text)
        assert one.answer != BOUND or one.limit[language] in text
        assert any(one.names[name] for name in NAMES) == (one.answer != NONE)
