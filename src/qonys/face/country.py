"""A country pack as used from Python: its tables, projection, indicators and policy lab."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys import words
from qonys.catalog import Pack, open_pack
from qonys.face.arguments import offered

if TYPE_CHECKING:
    import polars as pl

    from qonys.face.lab import PolicyLab
    from qonys.face.law import Law
    from qonys.face.monitor import Monitor
    from qonys.projection.national import Projection
    from qonys.projection.regional.result import RegionalProjection
    from qonys.projection.scenarios import Scenario

    Given = Scenario | Mapping[str, Any] | str | Path | None
    Table = pl.DataFrame | str | Path


@dataclass(frozen=True)
class Country:
    """A country pack and the analyses available for it.

    Examples
    --------
    >>> import qonys
    >>> kz = qonys.country("kazakhstan")
    >>> kz.code
    'KAZ'
    >>> kz.table("census").columns[:2]
    ['year', 'region']

    """

    pack: Pack

    @property
    def code(self) -> str:
        """ISO 3166 three-letter code of the country."""
        return str(self.pack.country["iso3"])

    def __repr__(self) -> str:
        return f"<Country {self.code}: {self.pack.name}, {len(self.tables())} tables>"

    def tables(self) -> tuple[str, ...]:
        """Names of the pack's tables."""
        return self.pack.tables()

    @offered
    def table(self, name: str) -> pl.DataFrame:
        """A table of the pack with all its rows and columns, source and rank of evidence among them."""
        return self.pack.table(name)

    @offered
    def project(
        self, draws: int = 200, horizon: int = 0, regions: bool = False, groups: bool = False, seed: int = 1,
        scenario: Given = None, out: str | Path | None = None, **processes: str,
    ) -> Projection | RegionalProjection:  # fmt: skip
        """Project the population to the year `horizon` (0: to `regions.until` of the country's plan).

        With `regions` or `groups` the result is a `RegionalProjection` that distinguishes them, otherwise a national
        `Projection`. `scenario`: a mapping such as {"net_add": 20000, "since": 2027}, a TOML or YAML file, or a
        `Scenario`. `out`: a folder for shards; finished shards are read, not recomputed. The first call fits the
        processes (about a minute) and stores them. `processes`: the process of a component, such as
        fertility="double_logistic", longevity="double_logistic", migration="azose_raftery", mortality="lee_carter" or
        dependence="correlated" (`projection.processes.registry`).

        Raises
        ------
        BadInput
            An invalid year, number of draws or scenario; an unknown process.

        """
        from qonys.study.analyses.project import ProjectionRequest, choices_of, projection_of

        parts = ("all" if regions else "", "all" if groups else "")
        place = None if out is None else Path(out)
        request = ProjectionRequest(
            draws, horizon, seed, regions=parts[0], groups=parts[1], out=place, resume=True,
            processes=choices_of(processes),
        )  # fmt: skip
        return projection_of(self.pack, request, _scenario(scenario))[1]

    @offered
    def indicators(
        self,
        flows: Table | None = None,
        population: Table | None = None,
        auxiliary: Mapping[str, Table] | None = None,
        **options: Any,
    ) -> pl.DataFrame:
        """Migration indicators of a table of flows, as from `qonys indicators`, in long form.

        Parameters
        ----------
        flows
            Frame or file with origin, destination, value (optional period, age, group, sex); a frame of totals
            (region, arrivals, departures), or, with kind="settling", of cohorts. None: the pack's own moves between
            regions, with its resident population and distances.
        population
            Frame or file with region, population (and the same periods).
        auxiliary
            Tables by name: distances, areas, standard, survivors, neighbours.
        options
            kind (system, pairs, scale, settling), by (columns to split by), zones, draws, seed, households.

        Raises
        ------
        BadInput
            An unknown name; missing columns or impossible values.

        """
        from qonys.study.analyses import indicators as analysis

        if "beside" in options:
            warnings.warn(
                words.text("cli.deprecated", former="beside", present="auxiliary"), FutureWarning, stacklevel=2
            )
            auxiliary = options.pop("beside")
        request = analysis.request_of(options)
        if flows is None:
            frame, tables = analysis.own_tables(self.pack)
        else:
            frame, tables = analysis.table_of(flows, kind=request.kind), {}
        given = {**(auxiliary or {}), **({} if population is None else {"population": population})}
        return analysis.indicators_of_tables(
            frame, tables | {name: analysis.table_of(table, name) for name, table in given.items()}, request
        )

    @offered
    def consequences(
        self, table: str = "effect", since: int = 0, until: int = 0, draws: int = 200, seed: int = 1
    ) -> pl.DataFrame:
        """Past and future effects of migration; the same tables as from `qonys consequences`.

        `since`: first year without migration (0: that of the country's plan), `until`: last year (0: the end of the
        account).

        Tables `ethnic` and `regions` are based on the draws of the projection by region and group if the pack supports
        it; their column `basis` states the basis of each row.

        Raises
        ------
        BadInput
            An invalid table, year or number of draws.

        """
        from qonys.study.analyses.consequences import ConsequencesRequest, answer

        return answer(self.pack, ConsequencesRequest(since, until, table, draws, seed), lambda key: None)

    @offered
    def law(self, language: str = "en") -> Law:
        """The law register: what held on a day, acts and what they changed, values of parameters, treaties.

        `language`: of titles and texts (en, ru, kk).

        Raises
        ------
        BadInput
            The pack has no register, or a file of it cannot be read.

        """
        from qonys.face.law import Law
        from qonys.law import law_register

        return Law(law_register(self.pack).needed(), language)

    @offered
    def monitor(self, file: str | Path | None = None, as_of: str = "", language: str = "en") -> Monitor:
        """The monitor: releases beside their forecasts, the year under way, a series value by value.

        `file`: releases of your own in the place of the country's; `as_of`: only what was known on a day; `language`:
        of events (en, ru, kk).

        """
        from qonys.face.monitor import Monitor

        return Monitor(self.pack, language, file, as_of)

    @offered
    def lab(self, draws: int = 400, until: int = 0) -> PolicyLab:
        """The policy lab: the pack's measures applied to its projection by region and group (computes the study once).

        `until`: last year (0: `regions.until` of the country's plan). `search` looks for mixes of measures, `rankings`
        ranks all measures together.

        """
        from qonys.face.lab import with_questions
        from qonys.study.lab.session import open_lab
        from qonys.study.runs.run import study_results

        return with_questions(open_lab(self.pack, study_results(self.pack), draws, until))


def _scenario(given: Given) -> Scenario:
    from qonys.projection.scenarios import Scenario
    from qonys.study.ensembles.scenario_files import scenario_of

    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | Path):
        return scenario_of(Path(given))
    return scenario_of(given=given)


@offered
def country(name: str) -> Country:
    """A country by its pack: tables, projections, indicators, consequences of migration and policy lab.

    Parameters
    ----------
    name
        Name of a pack included in Qonys (kazakhstan), or folder of another pack.

    Raises
    ------
    UnknownName
        There is no such pack; the message lists those included in Qonys.

    Examples
    --------
    >>> import qonys
    >>> qonys.country("kazakhstan").code
    'KAZ'
    """
    return Country(open_pack(name))
