"""Values of parameters with the days on which they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from qonys.law.days import certain, earliest
from qonys.law.records import Act, Setting

if TYPE_CHECKING:
    from qonys.catalog import Pack

FOREVER = date.max


@dataclass(frozen=True)
class Value:
    """A value of a parameter in a region from `start` until the day before `end` (None: it still holds).

    `since`: the start as far as it was read.
    """

    parameter: str
    region: str
    since: str
    start: date
    end: date | None
    value: float
    act: str
    article: str
    status: str
    source: str

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.start <= day < (self.end or FOREVER)


def values_of(pack: Pack, settings: Sequence[Setting], acts: Mapping[str, Act]) -> tuple[Value, ...]:
    """All values; one without an end of its own ends with its act or with the next value of its place."""
    stated = [one for setting in settings for one in stated_values(pack, setting)]
    stated.sort(key=lambda one: (one.parameter, one.region, one.start))
    following = [*stated[1:], None]
    return tuple(_ended(one, after, acts) for one, after in zip(stated, following, strict=True))


def _ended(value: Value, after: Value | None, acts: Mapping[str, Act]) -> Value:
    ends = [value.end]
    if value.end is None:
        same = after is not None and (after.parameter, after.region) == (value.parameter, value.region)
        ends.append(after.start if after is not None and same else None)
        ends.append(acts[value.act].ends if value.act in acts else None)
    known = [one for one in ends if one is not None]
    return replace(value, end=min(known, default=None))


def stated_values(pack: Pack, setting: Setting) -> Iterator[Value]:
    """The values of one row: its own, or those of the rows of a figure, with the end that the row states."""
    start = certain(setting.start)
    if start is None:
        return
    plain = Value(
        setting.parameter, setting.region or pack.whole, setting.start, start, earliest(setting.end),
        setting.value or 0.0, setting.act, setting.article, setting.status, setting.source,
    )  # fmt: skip
    if not setting.figure:
        yield plain
        return
    for row in figure_rows(pack, setting):
        about = {name: row[name] for name in ("value", "status", "source")}
        yield replace(plain, region=row.get("region") or plain.region, **about)


def figure_rows(pack: Pack, setting: Setting) -> list[dict[str, Any]]:
    """The rows of the pack's figures that state a value; none where the pack lacks the figure."""
    from qonys import inputs
    from qonys.catalog.filters import filtered, split_conditions

    if inputs.available(pack, (setting.figure,)):
        return []
    return filtered(inputs.rows(pack, setting.figure), split_conditions(setting.where)).to_dicts()
