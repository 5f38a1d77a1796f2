"""Where a chapter shows another value of a notion than the leading one, it says why."""

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.report.chapters import CHAPTERS, section_of
from qonys.report.context import Context
from qonys.report.document import Paragraph, Section, Value
from qonys.report.notions import APART, Values, values_of, with_other_values


def unexplained(context, sections) -> list[tuple[str, str]]:
    """Numbers of the sentences that another variant leads, in sections that do not say so: section, name."""
    values, start = Values.of(context), words.text("notions.other", context.language).split(".")[0]
    found = []
    for section in sections:
        paragraphs = [block for block in section.blocks if isinstance(block, Paragraph)]
        texts = ["".join(run for run in one.runs if isinstance(run, str)) for one in paragraphs]
        if section.key in APART or any(text.startswith(start) for text in texts):
            continue
        named = (run.name for one in paragraphs for run in one.runs if isinstance(run, Value))
        found += [(section.key, name) for name in named if any(apart(context, row) for row in values.apart(name))]
    return found


def apart(context, row) -> bool:
    return len(set(values_of(context, row))) > 1


@pytest.fixture(scope="module")
def context(study):
    return Context(study, open_pack("kazakhstan"), "en")


@pytest.fixture(scope="module")
def sections(context):
    return [section_of(name, context) for name in CHAPTERS]


def test_no_second_value_stands_without_the_reason(context, sections) -> None:
    assert unexplained(context, sections)  # without the paragraphs it rings
    assert unexplained(context, with_other_values(context, sections)) == []


def test_the_reason_names_both_values(context) -> None:
    value = context.value("consequences.schedule.1991")
    (section,) = with_other_values(context, [Section("any", "Any", (Paragraph((value,)),))])
    text = str(section.blocks[-1].runs[-1])
    lead = context.results.number("consequences.start.1991")
    assert text.index(context.rounded(context.results.number(value.name))) < text.index(context.rounded(lead))
    assert words.text("notion.effect_since.schedule", "en") in text


def test_the_appendix_lists_every_notion_that_has_a_value(context, sections) -> None:
    appendix = next(section for section in sections if section.key == "notions")
    tables = {block.key: block for block in appendix.blocks if not isinstance(block, Paragraph)}
    assert len(tables["notions"].rows) == context.frame("notions").height
    rows = context.frame("notion_pairs").to_dicts()
    assert len(tables["notion_pairs"].rows) == sum(apart(context, row) for row in rows) > 20


def test_statements_of_the_course_bear_their_number_within_their_part(document):
    tables = [one for one in document.tables() if one.key.startswith("course_") and one.key != "course_counts" and one.data is not None]
    numbered = [[row[0] for row in one.rows] for one in tables if "answer_text" in one.data.columns]
    assert sum(map(len, numbered)) > 100
    assert all(numbers == [str(number) for number in range(1, len(numbers) + 1)] for numbers in numbered)
