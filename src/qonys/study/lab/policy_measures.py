"""Reading of `measures.yaml`: measures with their numbers taken from the pack's tables and the study's results."""

from __future__ import annotations

from typing import Any

from qonys.catalog import Pack
from qonys.catalog.filters import filtered, split_conditions
from qonys.errors import BadInput
from qonys.inputs import rows
from qonys.policy.measures import BASES, DECIDERS, FORMS, Effect, Estimate, Measure
from qonys.study.runs.results import Results

FILE = "measures.yaml"


def read_measures(pack: Pack, results: Results | None = None) -> tuple[Measure, ...]:
    """Measures of the pack, those whose numbers all exist; empty where the pack has no file.

    A measure that rests on a result which `results` lacks is left out.
    """
    if not (pack.path / FILE).is_file():
        return ()
    found = []
    for item in pack.document(FILE)["measures"]:
        try:
            measure = _measure(pack, results, item)
        except (KeyError, TypeError) as error:
            where, name = str(pack.path / FILE), item.get("id", "?")
            raise BadInput("policy.file", path=where, id=name, reason=str(error)) from None
        if measure is not None:
            found.append(measure)
    return tuple(found)


def _measure(pack: Pack, results: Results | None, item: dict[str, Any]) -> Measure | None:
    effects = []
    for part in item["effects"]:
        unit = _estimate(pack, results, item["id"], part["per_unit"])
        if unit is None:
            return None
        if part["form"] not in FORMS:
            raise KeyError(part["form"])
        groups = tuple(part.get("groups") or ([part["group"]] if "group" in part else []))
        regions = tuple(part.get("regions", ()))
        effects.append(Effect(part["form"], unit, part["text"], part.get("key", ""), groups, regions))
    now = _estimate(pack, results, item["id"], item["now"])
    if now is None or item["decided_by"] not in DECIDERS:
        raise KeyError("now" if now is None else item["decided_by"])
    limits = (float(item["low"]), float(item["high"]), float(item["step"]))
    return Measure(
        item["id"], item["name"], item["unit"], now, int(item["now"]["year"]), *limits, item["decided_by"],
        tuple(effects), item["now"].get("text", {}),
    )  # fmt: skip


def _estimate(pack: Pack, results: Results | None, measure: str, item: dict[str, Any]) -> Estimate | None:
    """An estimate; None where it rests on a result that is not there."""
    if "result" in item:
        if results is None or item["result"] not in results.numbers:
            return None
        number = results.number(item["result"])
        value = float(number.value or 0.0)
        ends = (value if number.low is None else number.low, value if number.high is None else number.high)
        return Estimate(value, *ends, "estimated", number.sources)
    value, sources = _number(pack, measure, item)
    low, more = _side(pack, measure, item.get("low"), value)
    high, most = _side(pack, measure, item.get("high"), value)
    basis = item.get("basis", "figures")
    if basis not in BASES:
        raise KeyError(basis)
    return Estimate(value, min(low, high, value), max(low, high, value), basis, tuple(sorted({*sources, *more, *most})))


def _side(pack: Pack, measure: str, item: Any, value: float) -> tuple[float, set[str]]:
    if item is None:
        return value, set()
    return _number(pack, measure, item if isinstance(item, dict) else {"value": item})


def _number(pack: Pack, measure: str, item: dict[str, Any]) -> tuple[float, set[str]]:
    """A plain number, a sum of rows, or a ratio of two, with its sources."""
    if "value" in item:
        return float(item["value"]), set()
    over, sources = _sum(pack, measure, item["over"])
    if "under" not in item:
        return over, sources
    under, more = _sum(pack, measure, item["under"])
    return over / under, sources | more


def _sum(pack: Pack, measure: str, terms: list[dict[str, Any]]) -> tuple[float, set[str]]:
    """Sum of rows, each term one row times a number.

    Raises
    ------
    BadInput
        A filter meets no row or several.

    """
    total, sources = 0.0, set()
    for term in terms:
        where = term.get("where", "")
        found = filtered(rows(pack, term["figure"]), split_conditions(where))
        if found.height != 1:
            raise BadInput("policy.rows", id=measure, table=term["figure"], where=where, found=found.height)
        total += float(found["value"].item()) * float(term.get("times", 1))
        sources |= set(found["source"])
    return total, sources
