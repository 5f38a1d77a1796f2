"""The report reads as a person wrote it: no phrase of a machine, no command, no other term, no number in a wrong case."""

import re

import pytest
from tests.house.test_phrases import betrayed
from tests.house.test_terms import NOTIONS, rings

from qonys import words
from qonys.catalog import open_pack
from qonys.report.context import Context
from qonys.report.document import Bullets, Figure, Note, Paragraph, Table, Value
from qonys.report.intervals import told_once
from qonys.study.runs.results import Number, Results

# titles of sources and words of claims are those of their authors
OTHERS = {"sources", "claims", "claim_answers", "glossary", "bibliography"}
# what a reader of the report does not need: commands, options, files and settings of the program, places not filled
INSIDE = re.compile(
    r"\bqonys [a-z]+|(?<!\w)--\w|\b\w+\.(csv|yaml|toml|py|parquet)\b|\[\w+\] draws|[{}`]|\[[^\[\]]*\||\.\.(?!\.)|[^\W\d_]\.\."
    r"|N = P\(|\bпакет|\bдесте"
)


def texts(document):
    """Each text of a report that is read, with the key of its chapter or block."""
    for section in document.sections:
        yield section.key, section.title
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield section.key, "".join(run if isinstance(run, str) else getattr(run, "shown", "") for run in block.runs)
            elif isinstance(block, Note):
                yield section.key, block.text
            elif isinstance(block, Bullets):
                yield from ((section.key, item) for item in block.items)
            elif isinstance(block, Figure | Table):
                yield block.key, block.caption
                if isinstance(block, Figure):
                    yield block.key, block.alt
                elif block.key not in OTHERS:
                    yield from ((block.key, cell) for row in (block.head, *block.rows) for cell in row)


def faults(place, text, language):
    """What is wrong with a text of the report."""
    found = [*betrayed(text, language)]
    found += [one.group() for one in [INSIDE.search(text)] if one]
    found += [f"{name}: {one}" for name, notion in NOTIONS.items() for one in rings(notion, language, f"report/{place}", text)]
    return [f"{place}: {one} in {text!r}" for one in found]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_report_reads_as_a_person_wrote_it(built, language):
    said = list(texts(built(language)))
    assert len(said) > 1000
    assert [fault for place, text in said for fault in faults(place, text, language)] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_chapter_names_the_kind_of_its_intervals_once(built, language):
    for section in built(language).sections:
        runs = [run for block in section.blocks if isinstance(block, Paragraph) for run in block.runs]
        told = [(run.told, run.shown != run.brief) for run in runs if isinstance(run, Value) and run.told]
        named = [kind != before for before, (kind, _) in zip(["", *(kind for kind, _ in told)], told, strict=False)]
        assert [whole for _, whole in told] == named, section.key
        assert told_once(section) == section


@pytest.mark.parametrize(("fair", "said"), [(0, "no result is fair evidence"), (1, "1 result is"), (2, "2 results are")])
def test_no_case_is_another_sentence(fair, said):
    results = Results("release")
    for name, count in (("fair", fair), ("weak", 4), ("unusable", 9)):
        results.add(Number(f"motives.{name}", count, "count"))
    places = {name: f"motives.{name}" for name in ("fair", "weak", "unusable")}
    runs = Context(results, open_pack("kazakhstan"), "en").paragraph("motives.grades", **places).runs
    assert said in "".join(run if isinstance(run, str) else run.shown for run in runs)


@pytest.mark.parametrize(
    ("language", "planted"),
    [("ru", "Узнать их можно по записям (qonys flows classify)."), ("ru", "строки есть в forms.csv"), ("ru", "N = P(t+n) − P(t)"),
     ("en", "a run with more draws ([account] draws in the study file)"), ("ru", "на 17 марта 2026 г.."), ("ru", "{n} человек"),
     ("ru", "чистая миграция"), ("en", "0 persons"), ("ru", "22 [стран|страны"), ("kk", "пакетте жоқ")],
)  # fmt: skip
def test_a_planted_fault_rings(language, planted):
    assert faults("retrospective", planted, language)


@pytest.mark.parametrize(("language", "fair"), [("ru", "от 0,1 до 2 … 3 человек"), ("en", "In 2024 2,000 people moved.")])
def test_a_fair_sentence_does_not(language, fair):
    assert not faults("retrospective", fair, language)
