"""Axes: a name and its labels, in order."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from qonys.errors import AxisMismatch

ORDER: tuple[str, ...] = (
    "draw",
    "time",
    "origin",
    "destination",
    "birthplace",
    "residence",
    "region",
    "group",
    "education",
    "sex",
    "age",
    "component",
)


@dataclass(frozen=True)
class Axis:
    """One labelled axis; labels are unique and keep their order.

    Examples
    --------
    >>> Axis("time", (1970, 1979)).size
    2
    """

    name: str
    labels: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        if self.name not in ORDER:
            raise AxisMismatch("quantities.axis_unknown", axis=self.name, known=", ".join(ORDER))
        if len(set(self.labels)) != len(self.labels):
            twice = next(label for label in self.labels if self.labels.count(label) > 1)
            raise AxisMismatch("quantities.label_twice", axis=self.name, label=twice)

    @property
    def size(self) -> int:
        """Number of labels."""
        return len(self.labels)


def check_same_axes(first: Sequence[Axis], second: Sequence[Axis], action: str) -> None:
    """Raise `AxisMismatch`, naming what only one side has, unless both are equal."""
    names_a, names_b = [a.name for a in first], [b.name for b in second]
    if names_a != names_b:
        raise AxisMismatch(
            "quantities.axes_differ", action=action, first=", ".join(names_a), second=", ".join(names_b)
        )
    for a, b in zip(first, second, strict=True):
        if a.labels != b.labels:
            raise AxisMismatch(
                "quantities.labels_differ",
                action=action,
                axis=a.name,
                only_first=_only(a, b),
                only_second=_only(b, a),
            )


def _only(a: Axis, b: Axis) -> str:
    rest = [str(label) for label in a.labels if label not in set(b.labels)]
    shown = ", ".join(rest[:6]) + (" …" if len(rest) > 6 else "")
    return shown or "–"
