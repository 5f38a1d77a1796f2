"""Values of one notion that differ, in words: each chapter that shows another value than the leading one says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qonys.report.chapters import APPENDICES, FIRST
from qonys.report.context import BRIEF, Context
from qonys.report.document import Paragraph, Section, Table, Value
from qonys.report.notion_keys import key_text
from qonys.report.origins import table_of
from qonys.study.notions.register import Variant, register
from qonys.study.runs.results import Number

VALUES = "notion_values"
APART = (*FIRST, *APPENDICES)  # one page, and the appendices
PARTS = ("model", "date", "boundaries")
DRAWN = "regional_projection"
MOST = 4  # sentences of a chapter; the appendix has them all


def with_other_values(context: Context, sections: Iterable[Section]) -> list[Section]:
    """The sections; a chapter with another value of a notion than the leading one ends with a paragraph that says why.

    What counts stands in a sentence or a table; the appendix has every pair, those of charts as well.
    """
    if not context.results.has_table(VALUES):
        return list(sections)
    values = Values.of(context)
    found = []
    for section in sections:
        rows = [] if section.key in APART else list(_apart(context, section, values))
        said = dict.fromkeys(_sentence(context, row) for row in rows if len(set(values_of(context, row))) > 1)
        found.append(replace(section, blocks=(*section.blocks, *_paragraph(context, list(said)[:MOST]))))
    return found


def _paragraph(context: Context, sentences: list[str]) -> tuple[Paragraph, ...]:
    return (context.paragraph("notions.other", sentences=" ".join(sentences)),) if sentences else ()


@dataclass(frozen=True)
class Values:
    """Rows of the values of all notions by result, and the one that leads for each notion and keys."""

    by_result: Mapping[str, list[dict[str, Any]]]
    leading: Mapping[tuple[str, str], dict[str, Any]]

    @classmethod
    def of(cls, context: Context) -> Values:
        """The values stored in the results."""
        by_result, leading = dict[str, list[dict[str, Any]]](), dict[tuple[str, str], dict[str, Any]]()
        for row in context.frame(VALUES).iter_rows(named=True):
            by_result.setdefault(row["result"], []).append(row)
            leading.setdefault((row["notion"], row["keys"]), row)
        return cls(by_result, leading)

    def apart(self, result: str) -> Iterator[dict[str, Any]]:
        """Values of a result that another variant leads, as rows of the table of pairs; the newest of each variant."""
        newest: dict[tuple[str, str], dict[str, Any]] = {}
        for row in self.by_result.get(result, ()):
            lead = self.leading[row["notion"], row["keys"]]
            key, other = (row["notion"], row["variant"]), lead["variant"] != row["variant"]
            if row["keys"] and other and (key not in newest or row["year"] > newest[key]["year"]):
                ends = {f"lead_{name}": lead[name] for name in ("variant", "value", "low", "high")}
                newest[key] = row | ends
        yield from newest.values()


def _apart(context: Context, section: Section, values: Values) -> Iterator[dict[str, Any]]:
    """Values in the sentences and tables of a section that another variant leads."""
    for block in section.blocks:
        if isinstance(block, Paragraph):
            for run in block.runs:
                yield from values.apart(run.name) if isinstance(run, Value) else ()
        if isinstance(block, Table):
            yield from values.apart(table_of(context.results, block))


def _sentence(context: Context, row: Mapping[str, Any]) -> str:
    own, lead = values_of(context, row)
    of = {variant.id: variant for variant in register().variants() if variant.notion == row["notion"]}
    sides = of[row["variant"]], of[row["lead_variant"]]
    part = next((part for part in PARTS if getattr(sides[0], part) != getattr(sides[1], part)), "")
    bases = [context.say(f"notion.{part}.{getattr(side, part)}") for side in sides] if part else ["", ""]
    return context.say(
        "notions.sentence" if part else "notions.sentence.alike", name=context.say(f"notion.{row['notion']}"),
        at=key_text(context, row["keys"]), own=own, lead=lead, own_basis=bases[0], lead_basis=bases[1],
        why=context.say(sides[0].key),
    )  # fmt: skip


def values_of(context: Context, row: Mapping[str, Any]) -> tuple[str, str]:
    """The value of a row of `notion_pairs` and the one that leads, written."""
    own = Number("", rough(row), row["unit"], row["low"], row["high"])
    lead = Number("", row["lead_value"], row["unit"], row["lead_low"], row["lead_high"])
    return context.rounded(own), context.rounded(lead)


def rough(row: Mapping[str, Any]) -> float:
    """A projected value that is stored without its interval, to three digits: the others would say too much."""
    value = float(row["value"])
    models = {(variant.notion, variant.id): variant.model for variant in register().variants()}
    drawn = models[row["notion"], row["variant"]] == DRAWN and row["low"] is None
    return float(f"{value:.3g}") if drawn else value


def value_text(context: Context, value: float, unit: str, low: float | None, high: float | None) -> str:
    """A value with its interval as a sentence has it."""
    return context.written(Number("", value, unit, low, high), BRIEF)


def basis(context: Context, variant: Variant) -> str:
    """Reference date, boundaries and model of a variant."""
    parts = ((part, getattr(variant, part)) for part in ("date", "boundaries", "model"))
    return "; ".join(context.say(f"notion.{part}.{code}") for part, code in parts)
