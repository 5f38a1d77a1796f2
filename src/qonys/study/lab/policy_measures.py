"""Reading of `measures.yaml`: measures with their numbers taken from the pack's tables and the study's results."""

from __future__ import annotations

from qonys.catalog import Pack
from qonys.catalog.filters import filtered, split_conditions
from qonys.catalog.reading.formats.settings import named_values
from qonys.catalog.reading.numbers.bounds import BOUNDS, YEAR
from qonys.catalog.reading.numbers.entries import Entry
from qonys.errors import BadInput, UnknownName
from qonys.inputs import rows
from qonys.policy.measures import BASES, DECIDERS, FORMS, STAGES, Cost, Effect, Estimate, Measure
from qonys.projection.scenarios import KEYS
from qonys.study.lab.seen import FLOWS, range_of, seen_of
from qonys.study.runs.results import Number, Results

FILE = "measures.yaml"
MULTIPLIED = ("factor", "share")


def read_measures(pack: Pack, results: Results | None = None) -> tuple[Measure, ...]:
    """Measures of the pack, those whose numbers all exist; empty where the pack has no file.

    A measure that rests on a result which `results` lacks is left out.

    Raises
    ------
    BadInput
        The file is not YAML, or a measure lacks a field or gives it a value that it cannot have; names both.
    """
    if not (pack.path / FILE).is_file():
        return ()
    path = f"{pack.path.name}/{FILE}"
    document = Entry(path, "", named_values(pack.document(FILE), path))
    found = (_measure(pack, results, entry) for entry in document.entries("measures"))
    return _with_wholes(tuple(measure for measure in found if measure is not None))


def names_of_measures(pack: Pack) -> tuple[str, ...]:
    """Names of all measures of the pack, also of those whose numbers are results that are not there."""
    if not (pack.path / FILE).is_file():
        return ()
    path = f"{pack.path.name}/{FILE}"
    return tuple(one.text("id") for one in Entry(path, "", named_values(pack.document(FILE), path)).entries("measures"))


def _with_wholes(found: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """The measures; that of which another one is a part has to be one of them.

    Raises
    ------
    BadInput
        A measure is part of one that there is not.

    """
    known = {one.id for one in found}
    for one in found:
        if one.within and one.within not in known - {one.id}:
            raise BadInput("policy.within", name=one.id, found=one.within, known=", ".join(sorted(known - {one.id})))
    return found


def _measure(pack: Pack, results: Results | None, item: Entry) -> Measure | None:
    name, now = item.text("id"), item.entry("now")
    effects = []
    for part in item.entries("effects"):
        unit = _estimate(pack, results, name, part.entry("per_unit"))
        if unit is None:
            return None
        effects.append(_effect(part, unit))
    stands = _estimate(pack, results, name, now)
    if stands is None:
        raise now.refuse("number", "value")
    low, high, step = (item.number(limit) for limit in ("low", "high", "step"))
    year = now.whole("year", BOUNDS[YEAR])
    seen = seen_of(results, item.choice("seen", FLOWS), year) if "seen" in item else ()
    if step > 0:
        low, high = range_of(seen, low, high, step)
    if not low <= stands.value <= high:
        raise BadInput("policy.value", name=name, value=stands.value, low=low, high=high)
    if step <= 0:
        raise item.refuse("positive", "step")
    return Measure(
        name, item.texts("name"), item.text("unit"), stands, year, low, high, step,
        item.choice("decided_by", DECIDERS), tuple(effects), now.texts("text", {}), seen,
        item.choice("stage", STAGES, ""), item.text("within", ""), _cost(pack, name, item),
    )  # fmt: skip


def _cost(pack: Pack, measure: str, item: Entry) -> Cost | None:
    """What one unit costs in a year; None where nothing is said.

    Raises
    ------
    BadInput
        The cost has no source, or is not above zero.

    """
    if "cost" not in item:
        return None
    said = item.entry("cost")
    value, sources = _sum(pack, measure, said.entries("over"))
    if value <= 0:
        raise said.refuse("positive", "over")
    return Cost(value, said.text("unit"), said.whole("year", BOUNDS[YEAR]), tuple(sorted(sources)), said.texts("text"))


def _effect(part: Entry, unit: Estimate) -> Effect:
    form = part.choice("form", FORMS)
    named = part.words("groups") or ((part.text("group"),) if "group" in part else ())
    key = part.choice("key", KEYS) if form in MULTIPLIED else part.text("key", "")
    return Effect(form, unit, part.texts("text"), key, named, part.words("regions"))


def _estimate(pack: Pack, results: Results | None, measure: str, item: Entry) -> Estimate | None:
    """An estimate; None where it rests on a result that is not there."""
    if "result" in item:
        number = _result(results, item.text("result"))
        if number is None:
            return None
        value = float(number.value or 0.0)
        ends = (value if number.low is None else number.low, value if number.high is None else number.high)
        return Estimate(value, *ends, "estimated", number.sources)
    value, sources = _number(pack, measure, item)
    low, more = _side(pack, measure, item, "low", value)
    high, most = _side(pack, measure, item, "high", value)
    basis = item.choice("basis", BASES, "figures")
    return Estimate(value, min(low, high, value), max(low, high, value), basis, tuple(sorted({*sources, *more, *most})))


def _result(results: Results | None, name: str) -> Number | None:
    """A number of the study; None where it was not computed."""
    try:
        return None if results is None else results.number(name)
    except UnknownName:
        return None


def _side(pack: Pack, measure: str, item: Entry, field: str, value: float) -> tuple[float, set[str]]:
    if field not in item:
        return value, set()
    if isinstance(item.values[field], dict):
        return _number(pack, measure, item.entry(field))
    return item.number(field), set()


def _number(pack: Pack, measure: str, item: Entry) -> tuple[float, set[str]]:
    """A plain number, a sum of rows, or a ratio of two, with its sources."""
    if "value" in item:
        return item.number("value"), set()
    if "over" not in item:
        raise item.refuse("number", "value")
    over, sources = _sum(pack, measure, item.entries("over"))
    if "under" not in item:
        return over, sources
    under, more = _sum(pack, measure, item.entries("under"))
    if under == 0:
        raise item.refuse("nothing", "under")
    return over / under, sources | more


def _sum(pack: Pack, measure: str, terms: tuple[Entry, ...]) -> tuple[float, set[str]]:
    """Sum of rows, each term one row times a number.

    Raises
    ------
    BadInput
        A filter meets no row or several.

    """
    total, sources = 0.0, set()
    for term in terms:
        where, figure = term.text("where", ""), term.text("figure")
        found = filtered(rows(pack, figure), split_conditions(where))
        if found.height != 1:
            raise BadInput("policy.rows", id=measure, table=figure, where=where, found=found.height)
        total += float(found["value"].item()) * term.number("times", 1.0)
        sources |= set(found["source"])
    return total, sources
