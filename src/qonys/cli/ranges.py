"""What a number given as an option can be: stated in the option's type, checked where the command line is read."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from qonys.spaces.ranges import Between

YEARS = (1800, 2200)


class OutOfRange(ValueError):
    """An option's number is out of its range."""

    def __init__(self, value: float, limits: Between) -> None:
        super().__init__(value)
        self.value, self.limits = value, limits


class Within(Between):
    """A range as the command line checks it: of a number, or of each number of several.

    Examples
    --------
    >>> Within(0, 1)(float, 0.5)
    >>> Within(0, 1)(float, float("nan"))
    Traceback (most recent call last):
    qonys.cli.ranges.OutOfRange: nan

    """

    def __call__(self, kind: Any, value: Any) -> None:
        """Refuse a number out of the range."""
        for one in value if isinstance(value, tuple | list) else (value,):
            if one is not None and not self.holds(one):
                raise OutOfRange(one, self)


SEED = Within(0, 2**32 - 1)
Seed = Annotated[int, Parameter(help="cli.flows.random", validator=SEED)]
DRAWS = Within(0, 1_000_000)
YEAR = Within(*YEARS, also=0)
SHARE = Within(0, 1)
