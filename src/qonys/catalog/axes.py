"""Which axis of `labels.csv` names the codes of a column."""

from __future__ import annotations

COUNTRIES: tuple[str, ...] = (
    "country", "partner", "citizenship", "origin", "destination", "asylum", "reported_by",
)  # fmt: skip
LABELLED: tuple[str, ...] = (
    "sex", "area", "education", "ethnic_group", "basis", "indicator", "flow", "partner", "citizenship",
    "breakdown", "measure", "event", "unit", "status",
)  # fmt: skip
FREE: frozenset[str] = frozenset({"source", "note", "period", "vintage", "table", "axis"})


def axes_of(column: str) -> tuple[str, ...]:
    """Axes that may name a code of `column`; the first that has it does.

    Examples
    --------
    >>> axes_of("sex"), axes_of("citizenship")
    (('sex',), ('citizenship', 'country', 'partner'))
    >>> axes_of("status_a")
    ('status',)
    """
    plain = column.removesuffix("_a").removesuffix("_b")
    if plain in COUNTRIES:
        return tuple(dict.fromkeys((plain, "country", "partner")))
    return (plain, "ethnic_group") if plain == "group" else (plain,)
