"""The mark of secondary figures stands on every number, table and chart that rests on them, and on no other."""

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.inputs import secondary_sources
from qonys.report.context import MARK, Context
from qonys.study.runs.results import Number, Results

PACK = open_pack("kazakhstan")
QUOTED = 3  # rank of evidence


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(("sources", "marked"), [(("wpp2024",), False), (("wpp2024", "wiki_demographics_kz"), True), ((), False)])
def test_numbers_and_source_lines_are_marked_by_what_they_rest_on(language, sources, marked):
    """Whatever the rank: a result computed from a quoted figure rests on it all the same."""
    results = Results("test")
    results.add(*(Number(f"number.of.{rank}", 1000.0, "persons", rank=rank, sources=sources) for rank in (1, 3, 4, 5)))
    context = Context(results, PACK, language)
    for rank in (1, 3, 4, 5):
        assert (MARK in context.value(f"number.of.{rank}").shown) == marked
    assert (MARK in context.origin(sources, "kernels.any")) == marked


def test_a_source_is_secondary_by_its_rows():
    found = secondary_sources(PACK)
    assert {"wiki_demographics_kz", "gh_census_ethnic"} <= found
    assert not {"wpp2024", "bns_births", "bns_ethnic_2025"} & found


def unsourced(numbers) -> list[str]:
    """Names of numbers that rest on quoted figures and name no source: they would be shown without the mark."""
    free = ("count", "rows", "text", "year")
    return [one.name for one in numbers if one.rank == QUOTED and not one.sources and one.unit not in free]


def test_a_quoted_number_without_a_source_rings():
    good, bad = (Number(f"a.{name}", 1.0, "persons", rank=3, sources=sources) for name, sources in (("b", ("wpp2024",)), ("c", ())))
    assert unsourced([good, bad]) == ["a.c"]


def test_every_quoted_number_of_the_study_names_a_source(study):
    assert unsourced(study.numbers.values()) == []


def test_every_result_of_the_study_is_marked(study):
    """Every number in a sentence and every table with a quoted source says so."""
    context = Context(study, PACK, "en")
    quoted = secondary_sources(PACK)
    for number in study.numbers.values():
        assert (MARK in context.value(number.name).shown) == (number.value is not None and bool(quoted & set(number.sources)))
    for table in study.tables.values():
        assert (MARK in context.origin(table.sources, table.method)) == bool(quoted & set(table.sources))
