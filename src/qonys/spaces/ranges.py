"""What a setting, an option or a value of a scenario can be, stated in its type: `Annotated[float, Between(0, 1)]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints


@dataclass(frozen=True)
class Between:
    """The least and the greatest value of a setting, or of each of its values; `also`: one that means none or usual."""

    low: float
    high: float
    also: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a number lies between the ends or is the one besides; what is not a number does not."""
        return self.low <= value <= self.high or value == self.also


def ranges_of(owner: Any) -> Mapping[str, Between]:
    """Field -> its range, of the fields whose type states one."""
    return _ranges(owner)


@cache
def _ranges(owner: Any) -> Mapping[str, Between]:
    hints = get_type_hints(owner, include_extras=True)
    return {
        name: limits for name, hint in hints.items() for limits in getattr(hint, "__metadata__", ())
        if isinstance(limits, Between)
    }  # fmt: skip


def outside(owner: Any) -> Iterator[tuple[str, Any, Between]]:
    """Field, value and range of each value of a dataclass that is out of its range, those in lists one by one."""
    kind: Any = type(owner)
    for name, limits in ranges_of(kind).items():
        value = getattr(owner, name)
        if isinstance(value, Mapping):
            continue
        for one in value if isinstance(value, tuple | list) else (value,):
            if one is not None and not limits.holds(one):
                yield name, one, limits
