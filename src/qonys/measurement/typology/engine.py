"""Rules applied to all records at once, with three-valued logic for missing information.

A condition on an unknown fact is neither true nor false. The first rule that is true gives the label. The labels
that remain possible are listed as well: those of every rule that could hold if the empty columns were filled, down
to the first rule that holds however they are filled. A label that a dimension could still take is passed on to the
ladders that use it, so `possible` is never too narrow; it can be too wide where two facts are dependent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import polars as pl

from qonys.measurement.typology.facts import missing_fields, names_of
from qonys.measurement.typology.rules import LADDERS, UNKNOWN, Condition, Rule, RuleTable

PARTS: tuple[str, ...] = ("", "_rule", "_why", "_second", "_second_rule", "_possible", "_missing")
KEY = ["true", "could", "sure"]
BITS = pl.Int32
ZERO = pl.lit(0, dtype=BITS)


def outputs() -> tuple[str, ...]:
    """Names of all columns that classification adds, in order."""
    return (*(column + part for column in LADDERS.values() for part in PARTS), "form_all")


def climb(facts: pl.DataFrame, table: RuleTable, resident: float) -> pl.DataFrame:
    """The columns of `outputs()`, one row per row of `facts` (the answer of `typology_facts.facts`)."""
    state = facts
    answers: list[pl.Series] = []
    for ladder, column in LADDERS.items():
        rules, labels = table.ladder(ladder), table.labels(ladder)
        masks = _masks(state, table, rules, resident)
        kinds = masks.select(KEY).unique(maintain_order=True).with_row_index("kind")
        masks = masks.join(kinds, on=KEY, how="left", maintain_order="left")
        verdicts = [_verdict(true, could, sure, rules) for true, could, sure in kinds.select(KEY).iter_rows()]
        stated = _stated(verdicts, rules, labels, masks["kind"])
        certain = pl.Series([len(v.possible) == 1 for v in verdicts], dtype=pl.Boolean).gather(masks["kind"])
        behind = masks["behind"].set(certain, 0)
        stated["_missing"] = _missing(behind)
        answers += [series.alias(column + part) for part, series in stated.items() if column + part in outputs()]
        bits = [sum(1 << labels.index(label) for label in v.possible) for v in verdicts]
        known = stated[""].cast(pl.String)
        state = state.with_columns(
            known.set(known == UNKNOWN, None).alias(column),
            behind.alias(f"{column}_behind"),
            pl.Series(bits, dtype=BITS).gather(masks["kind"]).alias(f"{column}_possible"),
        )
    return pl.DataFrame(answers).select(outputs())


@dataclass(frozen=True)
class _Verdict:
    """What one combination of true, could-be-true and sure rules amounts to."""

    holding: tuple[Rule, ...]
    possible: tuple[str, ...]


def _verdict(true: int, could: int, sure: int, rules: tuple[Rule, ...]) -> _Verdict:
    kept: dict[str, Rule] = {}
    for place, rule in enumerate(rules):
        if true >> place & 1:
            kept.setdefault(rule.label, rule)
    possible: list[str] = []
    for place, rule in enumerate(rules):
        if could >> place & 1:
            possible.append(rule.label)
        if sure >> place & 1:
            break
    else:
        possible.append(UNKNOWN)
    return _Verdict(tuple(kept.values()), tuple(dict.fromkeys(possible)))


@dataclass(frozen=True)
class _Test:
    """One condition: its value (null: not known), whether it could hold, surely holds, and what is missing if not."""

    value: pl.Expr
    could: pl.Expr
    sure: pl.Expr
    behind: pl.Expr


def _masks(state: pl.DataFrame, table: RuleTable, rules: tuple[Rule, ...], resident: float) -> pl.DataFrame:
    """Bit sets of the rules that hold, could hold and surely hold; `behind`: bit set of the empty columns at work."""
    tests = {rule.id: [_test(fact, wanted, table, resident) for fact, wanted in rule.when.items()] for rule in rules}

    def bits(part: Callable[[_Test], pl.Expr]) -> pl.Expr:
        each = [
            pl.when(reduce(and_, map(part, tests[rule.id]))).then(pl.lit(1 << place, dtype=BITS)).otherwise(ZERO)
            for place, rule in enumerate(rules)
        ]
        return pl.sum_horizontal(each) if each else ZERO

    state = state.with_columns(
        bits(lambda t: t.value).alias("true"),
        bits(lambda t: t.could).alias("could"),
        bits(lambda t: t.sure).alias("sure"),
    )
    behind = [_behind(tests[rule.id], place) for place, rule in enumerate(rules)]
    return state.select(*KEY, reduce(or_, behind).alias("behind") if behind else ZERO.alias("behind"))


def _behind(tests: Sequence[_Test], place: int) -> pl.Expr:
    """Empty columns behind a rule that could hold and need not, while no stronger rule surely holds."""
    bit, stronger = 1 << place, (1 << place) - 1
    parts = [pl.when(test.sure).then(ZERO).otherwise(test.behind) for test in tests]
    counts = ((pl.col("could") & bit) != 0) & ((pl.col("sure") & (stronger | bit)) == 0)
    return pl.when(counts).then(reduce(or_, parts)).otherwise(ZERO)


def _test(fact: str, wanted: Condition, table: RuleTable, resident: float) -> _Test:
    for ladder, column in LADDERS.items():
        if fact == column and isinstance(wanted, tuple):
            labels = table.labels(ladder)
            mask = sum(1 << labels.index(str(word)) for word in wanted)
            possible = pl.col(f"{column}_possible")
            return _Test(
                value=pl.col(column).is_in([str(word) for word in wanted]),
                could=(possible & mask) != 0,
                sure=(possible & ((1 << len(labels)) - 1 - mask)) == 0,
                behind=pl.col(f"{column}_behind"),
            )
    value = _value(pl.col(fact), wanted, resident)
    return _Test(value, value.fill_null(value=True), value.fill_null(value=False), missing_fields(fact))


def _value(column: pl.Expr, wanted: Condition, resident: float) -> pl.Expr:
    if isinstance(wanted, bool):
        return column if wanted else ~column
    if all(isinstance(part, str) for part in wanted):
        return column.is_in([str(word) for word in wanted])
    low, below = (resident if bound == -1 else bound for bound in wanted)
    bounds = [column >= low] if low is not None else []
    bounds += [column < below] if below is not None else []
    return reduce(and_, bounds)


def _stated(
    verdicts: Sequence[_Verdict], rules: tuple[Rule, ...], labels: tuple[str, ...], kind: pl.Series
) -> dict[str, pl.Series]:
    """The columns of one ladder by their part of the name, one value per record."""

    def column(words: Sequence[str], pick: Callable[[_Verdict], str | None]) -> pl.Series:
        values = [pick(verdict) for verdict in verdicts]
        return pl.Series(values, dtype=pl.Enum(list(dict.fromkeys(words)))).gather(kind)

    def nth(place: int, part: Callable[[Rule], str]) -> Callable[[_Verdict], str | None]:
        return lambda verdict: part(verdict.holding[place]) if len(verdict.holding) > place else None

    ids, reasons = [rule.id for rule in rules], [rule.reason for rule in rules]
    possible = [", ".join(verdict.possible) for verdict in verdicts]
    every = [", ".join(rule.label for rule in verdict.holding) for verdict in verdicts]
    return {
        "": column(labels, lambda verdict: verdict.holding[0].label if verdict.holding else UNKNOWN),
        "_rule": column(ids, nth(0, lambda rule: rule.id)),
        "_why": column(reasons, nth(0, lambda rule: rule.reason)),
        "_second": column(labels, nth(1, lambda rule: rule.label)),
        "_second_rule": column(ids, nth(1, lambda rule: rule.id)),
        "_possible": column(possible, lambda verdict: ", ".join(verdict.possible)),
        "_all": column(every, lambda verdict: ", ".join(rule.label for rule in verdict.holding)),
    }


def _missing(behind: pl.Series) -> pl.Series:
    """Names of the columns of each bit set."""
    names = {bits: names_of(bits) for bits in behind.unique().to_list()}
    words = pl.Enum(list(names.values()))
    return behind.replace_strict(list(names), pl.Series(list(names.values()), dtype=words), return_dtype=words)
