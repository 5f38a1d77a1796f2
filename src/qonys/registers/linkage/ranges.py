"""Tables of a linked register as ranges over the thresholds of its links."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.registers.axes import TableChoices
from qonys.registers.flows import flows
from qonys.registers.linkage.linking import linked_registers
from qonys.registers.spells import SpellChoices
from qonys.registers.store import Register

USUAL = 0.9  # the threshold whose value stands between the ends, as linkers use it


def flow_range(register: Register, choices: TableChoices, stays: SpellChoices | None = None) -> pl.DataFrame:
    """Moves or migrants of a linked register: axes, value at the threshold nearest to `USUAL`, low and high over all.

    Raises
    ------
    BadInput
        The register is not linked; as `flows`.

    """
    linked = linked_registers(register)
    middle = min(range(len(linked)), key=lambda at: abs(linked[at].threshold - USUAL))
    times = [one for one in ("year", "month") if one in choices.by]
    names = {"time": times[0]} if times else {}
    frame = over_thresholds([flows(one, choices, stays).flows.tidy(**names) for one in linked], middle)
    return frame.filter(pl.col("high") > 0)


def over_thresholds(tables: Sequence[pl.DataFrame], middle: int) -> pl.DataFrame:
    """Tables of one register at several thresholds as one: `value` at the middle one, `low` and `high` over all."""
    keys = [name for name in tables[0].columns if name not in ("value", "sd")]
    rows = pl.concat([one.with_columns(at=pl.lit(at)) for at, one in enumerate(tables)])
    return (
        rows.group_by(keys, maintain_order=True)
        .agg(value=pl.col("value").filter(pl.col("at") == middle).sum(), low=pl.col("value").min(),
             high=pl.col("value").max(), n=pl.len())
        .with_columns(low=pl.when(pl.col("n") < len(tables)).then(0.0).otherwise("low")).drop("n").sort(keys)
    )  # fmt: skip
