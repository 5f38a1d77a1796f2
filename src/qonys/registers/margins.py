"""A table of a register with its margins in one pass over the records: grouping sets of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import polars as pl

from qonys.errors import BadInput
from qonys.kernels.registers.pairing import REPEATED_SIDE
from qonys.registers.axes import NAMES, OPEN_AGE, TableChoices, place_cells, span
from qonys.registers.sorting import querying
from qonys.registers.standard import SEXES
from qonys.registers.store import Register

ALL = "all"


def every_margin(by: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """All sets of axes, the whole table first, the total last.

    Examples
    --------
    >>> every_margin(("year", "sex"))
    (('year', 'sex'), ('year',), ('sex',), ())

    """
    return tuple(part for size in range(len(by), -1, -1) for part in combinations(by, size))


def margin_table(
    register: Register, choices: TableChoices, sets: Sequence[Sequence[str]] | None = None, memory: str = ""
) -> pl.DataFrame:
    """Moves by the axes asked for and by each of `sets` of them; an axis that a row sums over says `all`.

    Only cells with moves; the same moves as in `flows`, so that every margin is the sum of its cells.

    Parameters
    ----------
    register, choices
        As for `flows`.
    sets
        Sets of axes of `choices.by`; None: all.
    memory
        Limit of the pass, such as 2GB.

    Raises
    ------
    BadInput
        A set names an axis that the table does not have.

    """
    by = sorted(choices.by, key=NAMES.index)
    if not by:
        raise BadInput("estimation.choice", option="--by", value="", known=", ".join(NAMES))
    wanted = every_margin(by) if sets is None else tuple(tuple(one) for one in sets)
    strange = [name for one in wanted for name in one if name not in by]
    if strange:
        raise BadInput("estimation.choice", option="sets", value=strange[0], known=", ".join(by))
    cell = "CASE WHEN grouping(t.{0}) = 1 THEN '{1}' ELSE t.{0}::VARCHAR END AS {0}"
    shown = ", ".join(cell.format(f'"{name}"', ALL) for name in by)
    grouped = ", ".join("(" + ", ".join(f'"{name}"' for name in one) + ")" for one in wanted)
    order = ", ".join([*(f'grouping("{name}")' for name in by), *(f't."{name}"' for name in by)])
    query = (
        f"SELECT {shown}, count(*) AS value FROM ({_cells(register, choices, by)}) t "
        f"GROUP BY GROUPING SETS ({grouped}) ORDER BY {order}"
    )
    with querying(memory) as connection:
        found: pl.DataFrame = connection.sql(query).pl()
    return found


def _cells(register: Register, choices: TableChoices, by: Sequence[str]) -> str:
    """A query of the moves with a column for each axis, without those that are in no cell."""
    first, last = span(register, choices)
    labels, cell = place_cells(register, choices)
    place = _list([labels[at] if at >= 0 else None for at in cell[:-1].tolist()])
    width = choices.width
    low = f"age // {width} * {width}"
    group = f"({low})::VARCHAR" if width == 1 else f"{low} || '-' || (least({low} + {width}, {OPEN_AGE}) - 1)"
    made = {
        "year": "year", "month": "strftime(day, '%Y-%m')", "sex": f"list_extract({_list(SEXES)}, sex + 1)",
        "group": f"list_extract({_list(register.groups)}, \"group\" + 1)",
        "origin": f"list_extract({place}, origin + 1)", "destination": f"list_extract({place}, destination + 1)",
        "age": f"CASE WHEN age >= {OPEN_AGE} THEN '{OPEN_AGE}+' ELSE {group} END",
    }  # fmt: skip
    columns = ", ".join(f'{made[name]} AS "{name}"' for name in by)
    ends = f"{made['origin']} AS one_end, {made['destination']} AS other_end"
    inside = "one_end IS NOT NULL AND other_end IS NOT NULL AND " if choices.places == "regions" else ""
    given = " AND ".join(f'"{name}" IS NOT NULL' for name in by)
    path = str(register.path).replace("'", "''")
    return (
        f"SELECT * FROM (SELECT {columns}, {ends} FROM read_parquet('{path}') WHERE side <> {REPEATED_SIDE} "
        f"AND year BETWEEN {first} AND {last}) WHERE {inside}(one_end = other_end) IS NOT TRUE AND {given}"
    )


def _list(texts: Sequence[str | None]) -> str:
    quoted = ["NULL" if text is None else "'" + text.replace("'", "''") + "'" for text in texts]
    return f"[{', '.join(quoted)}]::VARCHAR[]"
