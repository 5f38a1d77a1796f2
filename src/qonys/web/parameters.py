"""The state of a page or chart: parameters with few known values, read from a query and written back.

Every parameter has a finite list of values, so every state is one of finitely many, may be kept, and has
exactly one written form: sorted names, defaults left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from qonys.errors import BadInput

WIDTHS = tuple(range(320, 1121, 10))
USUAL_WIDTH = 960
RESERVED = ("rel", "m", "w", "x")
PANEL = "panel"


@dataclass(frozen=True)
class Parameter:
    """One parameter. `kind`: slider, select, or panel (its input stands apart from the chart's own).

    `texts` says how a value reads (see `View.option`).
    """

    name: str
    values: tuple[str, ...]
    default: str
    kind: str = "select"
    texts: str = "plain"

    def read(self, given: str) -> str:
        """The value, if it is known.

        Raises
        ------
        BadInput
            Names the parameter, what was found and some of the known values.

        """
        if given not in self.values:
            raise BadInput("web.parameter.value", name=self.name, value=given[:60], known=self.known)
        return given

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
        return ", ".join(self.values[:8]) + (" …" if len(self.values) > 8 else "")


def read_state(parameters: Iterable[Parameter], query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """All parameters with their values: those of the query, else the defaults.

    Raises
    ------
    BadInput
        An unknown name, an unknown value, or a name that stands twice.

    """
    known = {item.name: item for item in parameters}
    state = {name: item.default for name, item in known.items()}
    seen: set[str] = set()
    for name, value in query:
        if name in RESERVED:
            continue
        if name not in known:
            raise BadInput("web.parameter.unknown", name=name[:60], known=", ".join(sorted(known)) or "–")
        if name in seen:
            raise BadInput("web.parameter.twice", name=name)
        seen.add(name)
        state[name] = known[name].read(value)
    return state


def canonical(parameters: Iterable[Parameter], state: Mapping[str, str], **more: str) -> str:
    """The one written form of a state; `more` (as `rel` and `m`) is always written.

    Examples
    --------
    >>> year = Parameter("year", ("2023", "2024"), "2024")
    >>> canonical([year], {"year": "2023"}, rel="a1")
    'rel=a1&year=2023'
    >>> canonical([year], {"year": "2024"})
    ''
    """
    pairs = {item.name: state[item.name] for item in parameters if state[item.name] != item.default}
    return urlencode(sorted((pairs | more).items()))


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
