"""Gross migration as a process: immigration and emigration above zero in every year and draw, around a given net rate.

Per resident and year let i be immigration, e emigration, n = i - e the net rate and g = sqrt(i e) the geometric mean of
the two. Given n and g both follow (`kernels.cohorts.component.gross_rates`). log g is a stationary autoregression seen
in the years of which both flows are published (`kernels.processes.gapped_autoregression`: exact posterior, parameters
and years drawn together). Assumes: g does not depend on n, so that in a year of great losses the few who come are
fewer still; registered flows tell g, whatever the net rate of the account is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.cohorts.component import gross_rates
from qonys.kernels.processes import gapped_autoregression as autoregression
from qonys.kernels.processes.gapped_autoregression import AutoregressionDraws, AutoregressionPrior
from qonys.projection.processes.protocol import Draws, place_of

Array = NDArray[np.float64]
PER = 1000.0
ENDS = (0.025, 0.5, 0.975)
# 2 a year per 1,000 residents, 95 % from 0.04 to 100: what countries with open or closed borders report; yearly changes
# of a fifth are usual, larger ones possible (half Cauchy)
PRIOR = AutoregressionPrior(float(np.log(0.002)), 2.0, 0.2)


@dataclass(frozen=True, kw_only=True)
class GrossProcess:
    """A fitted process of the geometric mean of immigration and emigration per resident.

    `drawn`: parameters and log g in `years` (consecutive, up to the last year seen or the base year, whichever is
    later); `last_year`: the base year, after which paths begin: years seen beyond it are taken into them.
    `seen`: years of which both flows are published. `prior`: that of the parameters.
    """

    country: str
    last_year: int
    years: tuple[int, ...]
    seen: tuple[int, ...]
    drawn: AutoregressionDraws
    prior: AutoregressionPrior

    @property
    def countries(self) -> tuple[str, ...]:
        """The one country."""
        return (self.country,)

    @property
    def rhat(self) -> float:
        """Not a number: draws are independent, no chain has to settle."""
        return np.nan

    def paths(self, country: str, horizon: int, draws: Draws, seed: int, start: Array | None = None) -> Array:
        """Geometric mean of immigration and emigration per resident and year, (draws, horizon), above zero.

        Raises
        ------
        BadInput
            Another country, or a last value from elsewhere.

        """
        place_of(country, self.countries)
        if start is not None:
            raise BadInput("processes.fixed", draws=len(self.drawn.mu), years=len(self.years))
        first, last = (0, draws) if isinstance(draws, int) else draws
        known = self.drawn.levels[np.arange(first, last) % len(self.drawn.mu), self._place(self.last_year) + 1 :]
        more = max(horizon - known.shape[1], 0)
        logs = [known[:, :horizon], autoregression.paths(self.drawn, more, (first, last), seed)]
        return np.exp(np.concatenate(logs, axis=1))

    def _place(self, year: int) -> int:
        return year - self.years[0]

    def past(self, net: Array, years: tuple[int, ...]) -> tuple[Array, Array]:
        """Immigration and emigration per resident, (D, T) each, of years with net rates `net` (D, T).

        Raises
        ------
        BadInput
            A year that the process does not reach.

        """
        if years[0] < self.years[0] or years[-1] > self.years[-1]:
            raise BadInput("projection.year", year=years[0], first=self.years[0], last=self.years[-1])
        rows = np.arange(len(net)) % len(self.drawn.mu)
        columns = np.array([self._place(year) for year in years])
        return gross_rates(net, np.exp(self.drawn.levels[rows][:, columns]))

    def parameters(self) -> pl.DataFrame:
        """Parameter, country, unit, low, median, high at 95 %: of the posterior and, `.prior`, of the prior.

        `gross_mean`: long-run geometric mean of immigration and emigration, per 1,000 residents and year; `gross_phi`:
        share of a logarithmic deviation left after a year; `gross_sd`: yearly shock of the logarithm; `gross_last`:
        geometric mean in the last year seen.
        """
        drawn = self.drawn
        found = {
            "gross_mean": ("per_1000", PER * np.exp(drawn.mu)), "gross_phi": ("ratio", drawn.phi),
            "gross_sd": ("ratio", drawn.sd), "gross_last": ("per_1000", PER * np.exp(drawn.levels[:, -1])),
        }  # fmt: skip
        ends = {name: np.quantile(values, ENDS).tolist() for name, (_, values) in found.items()}
        rows = [(name, self.country, unit, *ends[name]) for name, (unit, _) in found.items()]
        rows += [(f"{name}.prior", self.country, *given) for name, given in _prior(self.prior).items()]
        columns = ["parameter", "country", "unit", "low", "median", "high"]
        return pl.DataFrame(rows, schema=columns, orient="row")


def _prior(prior: AutoregressionPrior) -> dict[str, tuple[str, float, float, float]]:
    """Unit and 95 % interval of each parameter under the prior."""
    ends = [PER * float(np.exp(prior.mean + z * prior.spread)) for z in (-1.96, 0.0, 1.96)]
    low, high = (np.arctan(limit / prior.scale) for limit in (autoregression.LEAST, autoregression.MOST))
    sds = [float(prior.scale * np.tan(low + share * (high - low))) for share in ENDS]
    phis = [autoregression.TOP * share for share in ENDS]
    return {
        "gross_mean": ("per_1000", ends[0], ends[1], ends[2]),
        "gross_phi": ("ratio", phis[0], phis[1], phis[2]),
        "gross_sd": ("ratio", sds[0], sds[1], sds[2]),
    }


def fit_gross(
    record: pl.DataFrame, country: str, base_year: int, first: int, draws: int = 1000, seed: int = 1
) -> GrossProcess | None:
    """Fit to a record of columns year, rate (geometric mean per resident), error (of its log); None where it is empty.

    Years run from `first` (or the first of the record) to the last of the record or the base year.
    """
    if record.height == 0:
        return None
    seen = tuple(record["year"].to_list())
    years = tuple(range(min(first, *seen), max(base_year, *seen) + 1))
    place = np.array([year - years[0] for year in seen])
    values, errors = np.log(record["rate"].to_numpy()), record["error"].to_numpy()
    drawn = autoregression.fit(values, errors, place, len(years), PRIOR, draws, seed)
    return GrossProcess(country=country, last_year=base_year, years=years, seen=seen, drawn=drawn, prior=PRIOR)
