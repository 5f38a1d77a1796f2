"""Forms of migration: one model of a move in dimensions, and rules that label records.

A move has a cause, a volition, a duration, a direction, a legality and a frequency. From these, and from what the
record says of status and citizenship, ordered rules (`rules.toml`) give two labels: a form of migration as
named in the literature on Kazakhstan and the former Soviet countries, and a class of the United Nations framework,
which asks only for borders and residence. What a record does not tell stays `unknown`.

Source: UN Expert Group on Migration Statistics (2021), Final Report on Conceptual Frameworks and Concepts and
Definitions on International Migration, 27 April 2021; UNECE (2016), Defining and Measuring Circular Migration;
further sources and every rule stand in the reference page of the typology.
Assumes: a record is one move of one person; a person's name in `person` is unique to that person.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.errors import BadInput
from qonys.measurement.typology.agreement import Agreement, confusion, kappa
from qonys.measurement.typology.engine import climb, outputs
from qonys.measurement.typology.facts import facts
from qonys.measurement.typology.history import Windows
from qonys.measurement.typology.mix import mix_by_year
from qonys.measurement.typology.records import COLUMNS, VOCABULARIES, check_records
from qonys.measurement.typology.rules import (
    LADDERS,
    UNKNOWN,
    MigrationForm,
    Rule,
    RuleTable,
    read_rules,
    standard_rules,
)

__all__ = [
    "COLUMNS",
    "LADDERS",
    "UNKNOWN",
    "VOCABULARIES",
    "Agreement",
    "MigrationForm",
    "Rule",
    "RuleTable",
    "Windows",
    "classify",
    "confusion",
    "kappa",
    "mix_by_year",
    "read_rules",
    "standard_rules",
]


def classify(
    frame: pl.DataFrame,
    home: str,
    *,
    kin_groups: Sequence[str] = (),
    resident_months: float = 12.0,
    windows: Windows | None = None,
    rules: RuleTable | None = None,
) -> pl.DataFrame:
    """`frame` with form, United Nations class and the six dimensions of every move; same rows, same order.

    `home` is the ISO 3166 alpha-3 code of the reporting country; `kin_groups` are the values of `ethnic_group`
    whose arrivals for ethnic reasons count as repatriation to it; `resident_months` is the stay that makes a resident
    (12, or 6 where a country counts most of the year); `windows` reach of histories; `rules` another table of rules.

    Adds for each column X of `LADDERS`: X (`unknown` where nothing tells), X_rule (the rule that gave it), X_why (key
    of its reason), X_second and X_second_rule (the strongest other label that holds and its rule), X_possible (labels
    that remain possible if empty columns were filled) and X_missing (those columns, none where one label remains);
    and form_all (every form that holds, by priority).

    Raises `BadInput` and `UnknownName` as `check_records` does, and `BadInput` for a bad `home` or threshold.

    Examples
    --------
    >>> moves = pl.DataFrame({"origin_country": ["AAA"], "destination_country": ["BBB"], "cause": ["labour"],
    ...     "stay_months": [18], "citizenship": ["AAA"]})
    >>> classify(moves, home="BBB").select("form", "un_class", "un_class_rule").row(0)
    ('labour', 'immigrant_foreign', 'N06')
    """
    if len(home) != 3 or not (home.isascii() and home.isalpha() and home.isupper()):
        raise BadInput("typology.home", value=home)
    if not 0 < resident_months < float("inf"):
        raise BadInput("typology.resident", value=resident_months)
    records = check_records(frame, outputs())
    known = facts(records, home, kin_groups, windows or Windows(), resident_months)
    return frame.hstack(climb(known, rules or standard_rules(), resident_months))
