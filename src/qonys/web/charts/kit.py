"""A chart of the observatory: its address, the stored tables and parameters it needs, who draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qonys.figures.drawing import Drawing
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View


@dataclass(frozen=True)
class Chart:
    """A chart: its name in addresses, the stored tables it needs, its parameters, how it is built.

    `when`: what it needs besides tables. `rests_on`: results that its numbers are from, where these are not `needs`.
    `live` builds it more quickly while an input is being moved. `gate`: where its makers wait (`serving.PLACES`).
    """

    id: str
    build: Callable[[View], Drawing]
    needs: tuple[str, ...] = ()
    parameters: Callable[[Site], tuple[Parameter, ...]] = field(default=lambda site: ())
    when: Callable[[Site], bool] = field(default=lambda site: True)
    live: Callable[[View], Drawing] | None = None
    gate: str = "wide"
    rests_on: Callable[[View], tuple[str, ...]] | None = None

    def available(self, site: Site) -> bool:
        """Whether the stored results hold what the chart shows."""
        return site.has(*self.needs) and self.when(site)
