"""Units are units, methods are functions: of every stored result, of results stored by earlier versions too."""

from importlib import import_module

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.report.context import Context
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult
from qonys.study.runs.units import DISPLAYS, MIXED, UNITS


def function_of(method):
    """The function that a method names."""
    parts = method.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(("qonys", *parts[:count])))
        except ModuleNotFoundError:
            continue
        for name in parts[count:]:
            found = getattr(found, name)
        return found
    raise LookupError(method)


def check_units(results):
    for number in results.numbers.values():
        assert number.unit in UNITS, number
        assert number.display in DISPLAYS, number
    for table in results.tables.values():
        assert table.unit in UNITS or table.unit in MIXED, table.name


def check_methods(results):
    for item in (*results.numbers.values(), *results.tables.values()):
        assert callable(function_of(item.method)), item.name


def test_every_result_has_a_true_unit_and_a_function(study):
    check_units(study)
    check_methods(study)


def test_planted_faults_ring():
    wrong = Results("r")
    wrong.add(Number("a", 1.0, "per_kazakh"))
    with pytest.raises(AssertionError):
        check_units(wrong)
    tables = Results("r")
    tables.add(TableResult("a", pl.DataFrame(), "display", 1, (), PUBLISHED))
    with pytest.raises(AssertionError):
        check_units(tables)
    for method in ("measurement.indicators.indicators", "no.such.module", "catalog"):
        stale = Results("r")
        stale.add(Number("a", 1.0, "count", method=method))
        with pytest.raises((AssertionError, LookupError, AttributeError)):
            check_methods(stale)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Number("a", 41.27, "years"), "41.3"),
        (Number("a", 41.27, "per_1000"), "41.3"),  # as earlier versions wrote it
        (Number("a", 2.347, "ratio"), "2.35"),
        (Number("a", 2.347, "ratio", shown="one"), "2.3"),
        (Number("a", 0.1234, "share"), "12.3%"),
        (Number("a", 2023, "year"), "2023"),
        (Number("a", 12345.6, "persons"), "12,346"),
    ],
)
def test_a_number_is_shown_by_its_unit_or_as_it_says(number, shown):
    results = Results("r")
    results.add(number)
    found = Context(results, open_pack("kazakhstan"), "en").value("a").shown
    assert found.replace("\u202f", "\u00a0") == shown
