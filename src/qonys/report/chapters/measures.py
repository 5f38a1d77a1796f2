"""Measures of the policy lab in sentences and tables: names, changes, those whose sign is established."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from qonys import words
from qonys.report.context import Context

Row = dict[str, Any]
RELATIVE, ARRIVALS = ("share_reached", "times_usual"), "persons_a_year"


def surest(measures: Sequence[Row]) -> list[Row]:
    """The rows whose interval excludes zero; first the one whose interval lies farthest from it."""
    sure = [row for row in measures if row["low"] > 0 or row["high"] < 0]
    return sorted(sure, key=lambda row: -min(abs(row["low"]), abs(row["high"])))


def named_measure(context: Context, row: Row) -> str:
    """Name of a measure."""
    return str(json.loads(row["name"])[context.language])


def changed(context: Context, row: Row) -> str:
    """The change of a measure's parameter, with its sign and unit."""
    return change_text(context.language, row["unit"], row["change"])


def measure_key(key: str, row: Row) -> str:
    """The sentence under `key`, or that of measures that bring people: how many leave again is not in their effect."""
    return f"{key}.arrivals" if row["unit"] == ARRIVALS and row["change"] > 0 and row["low"] > 0 else key


def amount_text(language: str, unit: str, value: float) -> str:
    """A value of a measure's parameter without its unit."""
    if unit == "share_reached":
        return words.percent(value, language, 0)
    if unit == "times_usual":
        return "×\u00a0" + words.number(value, language, 2)
    return words.integer(value, language)


def amount_said(language: str, unit: str, value: float) -> str:
    """A value of a measure's parameter as a text says it: 58,000 persons a year, × 1.30, 40%."""
    amount = amount_text(language, unit, value)
    return amount if unit in RELATIVE else f"{amount} {words.text(f'lab.change.{unit}', language)}"


def change_text(language: str, unit: str, change: float) -> str:
    """A change of a parameter in `unit`, with its sign and unit: +6,000 persons a year, +10% reached, +30% of usual."""
    size, sign = abs(change), "+" if change > 0 else "\u2212"
    shown = words.percent(size, language, 0) if unit in RELATIVE else words.integer(size, language)
    return f"{sign}{shown} {words.text(f'lab.change.{unit}', language)}"


def thousands(context: Context, row: Row, prefix: str = "", decimals: int = 0) -> str:
    """Thousands of persons with their 95 % interval, from the columns low, middle and high."""
    ends = (row[f"{prefix}{end}"] / 1e3 for end in ("low", "middle", "high"))
    low, middle, high = (words.signed(end, context.language, decimals) for end in ends)
    return f"{middle} ({low} … {high})"
