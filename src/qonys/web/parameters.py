"""The state of a page or chart: parameters with few known values, read from a query and written back.

Every parameter has a finite list of values, so every state is one of finitely many, may be kept, and has
exactly one written form: sorted names, defaults left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from qonys.errors import BadInput

WIDTHS = tuple(range(320, 1121, 10))
USUAL_WIDTH = 960
RESERVED = ("rel", "m", "w", "x")
PANEL = "panel"
SEVERAL = "several"
MOST_LISTED = 30  # values that a sentence names
MOST = 6  # values of a parameter that has several


@dataclass(frozen=True)
class Parameter:
    """One parameter. `kind`: slider, select, several (up to `most` values, separated by commas), or panel (its input
    stands apart from the chart's own).

    `texts` says how a value reads (see `View.option`). `plays`: the steps of a slider may be shown one after the other.
    """

    name: str
    values: tuple[str, ...]
    default: str
    kind: str = "select"
    texts: str = "plain"
    plays: bool = False
    most: int = 1

    def read(self, given: str) -> str:
        """The value, if it is known.

        Raises
        ------
        BadInput
            Names the parameter, what was found and some of the known values; or there are too many.

        """
        if self.kind == SEVERAL:
            return self._several(given)
        if given not in self.values:
            raise BadInput("web.parameter.value", name=self.name, value=given[:60], known=self.known)
        return given

    def _several(self, given: str) -> str:
        """The values in their one order, each once."""
        found = sorted(set(given.split(",")))
        for value in found:
            if value not in self.values:
                raise BadInput("web.parameter.value", name=self.name, value=value[:60], known=self.known)
        if len(found) > self.most:
            raise BadInput("web.parameter.too_many", name=self.name, found=len(found), most=self.most)
        return ",".join(found)

    @property
    def known(self) -> str:
        """The known values in a few words: the ends of whole numbers without gaps, else the first ones.

        Examples
        --------
        >>> Parameter("year", ("2000", "2001", "2002", "2003"), "2003").known
        '2000–2003'
        >>> Parameter("part", ("all", "men", "women"), "all").known
        'all, men, women'

        """
        if len(self.values) > 3 and all(re.fullmatch(r"-?\d{1,9}", value) for value in self.values):
            whole = sorted(map(int, self.values))
            if whole[-1] - whole[0] == len(whole) - 1:
                return f"{whole[0]}–{whole[-1]}"
        return listed(self.values)


def listed(values: Sequence[str]) -> str:
    """The values that a sentence names: all regions of a country, of longer lists the first.

    Examples
    --------
    >>> listed(["KZ-10", "KZ-11"])
    'KZ-10, KZ-11'
    >>> listed([str(one) for one in range(99)]).endswith("29 …")
    True

    """
    return ", ".join(values[:MOST_LISTED]) + (" …" if len(values) > MOST_LISTED else "")


def read_state(parameters: Iterable[Parameter], query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """All parameters with their values: those of the query, else the defaults.

    Raises
    ------
    BadInput
        An unknown name, an unknown value, or a name that stands twice.

    """
    known = {item.name: item for item in parameters}
    given: dict[str, str] = {}
    for name, value in query:
        if name in RESERVED:
            continue
        if name not in known:
            raise BadInput("web.parameter.unknown", name=name[:60], known=", ".join(sorted(known)) or "–")
        if name in given and known[name].kind != SEVERAL:
            raise BadInput("web.parameter.twice", name=name)
        given[name] = f"{given[name]},{value}" if name in given else value  # a form without a script writes each apart
    return {name: item.read(given[name]) if name in given else item.default for name, item in known.items()}


def canonical(parameters: Iterable[Parameter], state: Mapping[str, str], **more: str) -> str:
    """The one written form of a state; `more` (as `rel` and `m`) is always written.

    Examples
    --------
    >>> year = Parameter("year", ("2023", "2024"), "2024")
    >>> canonical([year], {"year": "2023"}, rel="a1")
    'rel=a1&year=2023'
    >>> canonical([year], {"year": "2024"})
    ''
    >>> regions = Parameter("regions", ("KZ-71", "KZ-75"), "KZ-71", "several", most=2)
    >>> canonical([regions], read_state([regions], [("regions", "KZ-75"), ("regions", "KZ-71")]))
    'regions=KZ-71,KZ-75'
    """
    pairs = {item.name: state[item.name] for item in parameters if state[item.name] != item.default}
    return urlencode(sorted((pairs | more).items()), safe=",")


def read_width(query: Mapping[str, str]) -> int:
    """The width of a drawing in pixels: the greatest known one that is not above the wanted.

    Raises
    ------
    BadInput
        The width is not a whole number between 200 and 4000.

    """
    given = query.get("w")
    if given is None:
        return USUAL_WIDTH
    if not (given.isascii() and given.isdigit() and len(given) <= 4 and 200 <= int(given) <= 4000):
        raise BadInput("web.parameter.value", name="w", value=given[:60], known="200–4000")
    return max((width for width in WIDTHS if width <= int(given)), default=WIDTHS[0])
