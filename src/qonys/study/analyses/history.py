"""History as a cause: loss of groups that were deported to the country and of others; movements that the state led."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs.groups import census_counts
from qonys.measurement.permutations import LEAST, exact_difference

DEPORTED = ("deported_groups", "deported_groups_single")
SINGLE = "ethnic_census_single"
APART = ("total", "other")
ENDS = 2  # counts after the first that are compared with it
GROUPS = {
    "group": pl.String, "deported": pl.Boolean, "start": pl.Int64, "end": pl.Int64, "first": pl.Float64,
    "last": pl.Float64, "change": pl.Float64,
}  # fmt: skip
TESTS = {
    "start": pl.Int64, "end": pl.Int64, "deported": pl.Float64, "others": pl.Float64, "ratio": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "p": pl.Float64, "choices": pl.Int64, "n_deported": pl.Int64,
    "n_others": pl.Int64,
}  # fmt: skip
LED = ("settlement", "deportation", "evacuation", "virgin_lands")
FORCED = ("deportation", "evacuation", "flight")
BOUNDS = ("component", "low", "high")
MOVED = ("settlement", "deportation", "evacuation", "virgin_lands", "return", "flight")


def counted(pack: Pack) -> pl.DataFrame:
    """Groups by census, those counted on pages of their own included: year, ethnic_group, value (persons), source."""
    columns = ["ethnic_group", "value", "source"]
    found = [census_counts(pack)]
    if not inputs.available(pack, (SINGLE,)):
        found.append(inputs.chosen(pack, SINGLE))
    parts = [one.select(pl.col("year").cast(pl.Int64), *columns) for one in found]
    return pl.concat(parts, how="vertical_relaxed").unique(["year", "ethnic_group"], keep="first", maintain_order=True)


def deported(pack: Pack) -> set[str]:
    """Groups that the pack names as deported to the country."""
    held = [name for name in DEPORTED if not inputs.available(pack, (name,))]
    return {str(group) for name in held for group in inputs.rows(pack, name)["ethnic_group"]}


def changes(people: pl.DataFrame, marked: set[str], kin: tuple[str, ...], turn: int) -> pl.DataFrame:
    """Change of each group from the last count before `turn` to the next ones, as a share: columns `GROUPS`.

    `people`: year, ethnic_group, value; `marked`: the deported; `kin`: groups that are left out.
    """
    years = sorted({int(year) for year in people["year"]})
    before, later = [year for year in years if year <= turn], [year for year in years if year > turn][:ENDS]
    if not before:
        return pl.DataFrame(schema=GROUPS)
    named = people.filter(~pl.col("ethnic_group").is_in([*APART, *kin]))
    first = named.filter(pl.col("year") == before[-1]).select("ethnic_group", start="year", first="value")
    last = named.filter(pl.col("year").is_in(later)).select("ethnic_group", end="year", last="value")
    both = first.join(last, on="ethnic_group").with_columns(
        deported=pl.col("ethnic_group").is_in(list(marked)), change=pl.col("last") / pl.col("first") - 1
    )
    ordered = both.sort("end", "change").rename({"ethnic_group": "group"})
    return ordered.select(*GROUPS).cast(GROUPS)  # type: ignore[arg-type]


def tested(groups: pl.DataFrame) -> pl.DataFrame:
    """Geometric means of the size kept by both kinds to each later count and their ratio: columns `TESTS`.

    `deported`, `others`: mean change as a share. `ratio`: what the deported kept to what the others kept; `low` and
    `high` when one group at a time is left out. A count with too few groups of a kind has no row.
    """
    rows = []
    for (start, end), part in groups.group_by("start", "end", maintain_order=True):
        kind, kept = part["deported"].to_numpy(), np.log1p(part["change"].to_numpy())
        if min(kind.sum(), (~kind).sum()) < LEAST:
            continue
        found = exact_difference(kept, kind)
        means = (float(np.expm1(kept[one].mean())) for one in (kind, ~kind))
        rows.append((start, end, *means, *np.exp([found.value, found.low, found.high]), found.p, found.choices,
                     int(kind.sum()), int((~kind).sum())))  # fmt: skip
    return pl.DataFrame(rows, TESTS, orient="row")


def movement_shares(bounds: pl.DataFrame) -> pl.DataFrame:
    """Shares of published movements that the state led and that were forced: start, end, kind, low, high.

    `bounds`: start, end, component, low, high (persons with their sign). The least share has the lowest published
    numbers of its own movements and the highest of the others, the greatest the reverse; both are null where either of
    the two has no published number.
    """
    rows: list[tuple[object, ...]] = []
    for (start, end), part in bounds.group_by("start", "end", maintain_order=True):
        ends = {str(name): sorted((abs(low), abs(high))) for name, low, high in part.select(*BOUNDS).rows()}
        for kind, parts in (("led", LED), ("forced", FORCED)):
            own, others = (
                [ends[name] for name in MOVED if name in ends and (name in parts) == inside] for inside in (True, False)
            )
            if not own or not others:
                rows.append((start, end, kind, None, None))
                continue
            low, high = (sum(one[at] for one in own) for at in (0, 1))
            least, most = (sum(one[at] for one in others) for at in (0, 1))
            rows.append((start, end, kind, low / (low + most), high / (high + least)))
    schema = {"start": pl.Int64, "end": pl.Int64, "kind": pl.String, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row")
