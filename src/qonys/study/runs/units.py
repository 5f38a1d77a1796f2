"""Units of results, and how a number of each unit is shown where it says nothing else."""

from __future__ import annotations

from collections.abc import Mapping

DISPLAYS = ("whole", "percent", "millions", "one", "two", "year", "text")
# unit -> display: whole numbers, a share as percent, one or two decimals, a year, a text
UNITS: Mapping[str, str] = {
    "persons": "whole",
    "moves": "whole",
    "events": "whole",
    "count": "whole",
    "rows": "whole",
    "person_years": "whole",
    "million_person_years": "one",
    "year": "year",
    "years": "one",
    "share": "percent",
    "percent": "one",
    "per_100": "one",
    "per_1000": "one",
    "per_10000": "whole",
    "per_person_year": "two",
    "ratio": "two",
    "national_currency": "whole",
    "bic": "one",
    "text": "text",
}
# Tables whose rows have different units: the unit stands in a column, or follows from the named thing of the row.
MIXED = ("as_unit", "as_quantity", "as_measure", "as_indicator", "as_index", "as_parameter")


def display_of(unit: str) -> str:
    """How a number of a unit is shown; whole where the unit is not known (results of earlier versions).

    Examples
    --------
    >>> display_of("years"), display_of("share")
    ('one', 'percent')

    """
    return UNITS.get(unit, "whole")
