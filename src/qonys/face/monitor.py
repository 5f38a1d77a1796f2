"""The monitor of a country as used from Python: releases beside their forecasts, the year under way, own series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog import Pack
    from qonys.monitor.increments import Release
    from qonys.monitor.series import Watched


@dataclass(frozen=True)
class Monitor:
    """What is unusual now in a country; the same tables as from `qonys monitor`.

    `file`: a file of releases from January (year, months, value, optional indicator) in the place of those of the
    country and your own store. `as_of`: only what was known on a day, such as "2025-09-01".

    Examples
    --------
    >>> import qonys
    >>> monitor = qonys.country("kazakhstan").monitor(as_of="2023-03-01")
    >>> monitor.status().select("indicator", "light", "direction").rows()
    [('emigrants', 'yellow', 'down'), ('immigrants', 'red', 'up')]

    """

    pack: Pack
    language: str = "en"
    file: str | Path | None = None
    as_of: str = ""

    def releases(self) -> Mapping[str, Sequence[Release]]:
        """The releases in all editions known, by indicator.

        Raises
        ------
        BadInput
            There are none; the day is none; the file cannot be taken.

        """
        from qonys.law import day_of
        from qonys.study.analyses import monitoring

        found = monitoring.releases_of(self.pack, None if self.file is None else Path(self.file))
        return monitoring.as_of(found, day_of(self.as_of)) if self.as_of else found

    def status(self, against: str = "releases") -> pl.DataFrame:
        """The newest release of each indicator beside its forecast: light, limits, direction, events of the time.

        `against`: "forecast" adds the newest whole year beside the study's own forecast of it.

        Raises
        ------
        BadInput
            As `releases`; another base; the study has no forecast of the year.

        """
        from qonys.errors import BadInput
        from qonys.study.analyses import against_forecast as own
        from qonys.study.analyses import monitoring

        if against not in (own.RELEASES, own.FORECAST):
            known = f"{own.RELEASES}, {own.FORECAST}"
            raise BadInput("estimation.choice", option="against", value=against, known=known)
        releases = self.releases()
        found = monitoring.status(releases, self.pack, self.language)
        if against == own.RELEASES:
            return found
        return monitoring.both_bases(found, own.against_forecast(releases, self.pack))

    def history(self) -> pl.DataFrame:
        """Every increment beside the forecast made before it.

        Raises
        ------
        BadInput
            As `releases`.

        """
        from qonys.study.analyses import monitoring

        return monitoring.history(self.releases())

    def nowcast(self) -> pl.DataFrame:
        """The year under way of each indicator as it is expected to end, with a 95 % interval.

        Raises
        ------
        BadInput
            As `releases`.

        """
        from qonys.study.analyses import monitoring

        return monitoring.nowcasts(self.releases())

    def watch(self, series: str | Path | Sequence[float], **options: Any) -> Watched | pl.DataFrame:
        """A series value by value after its base.

        `series`: a file by month, week or day; a table by month of the pack ("deaths"); or counts one after another.
        `options`: chart, cycle, base, chance, horizon, factor, as for `qonys monitor watch`.

        Raises
        ------
        BadInput
            Gaps, negative values, a base that is too short.

        Examples
        --------
        >>> import qonys
        >>> found = qonys.country("kazakhstan").monitor().watch("deaths", base=60)
        >>> round(found.dispersion, 1), found.values.filter(found.values["light"] == "red")["time"][0]
        (39.7, '2020-03')

        """
        from qonys.monitor.series import WatchOptions
        from qonys.study.analyses import watched_series as own

        chosen = WatchOptions(**options)
        if not isinstance(series, str | Path):
            return own.watched_series(own.series_of_counts(np.asarray(series, dtype=np.float64)), chosen)
        return own.watched_series(own.series_of(self.pack, Path(series)), chosen)

    def calibrate(
        self, base: int = 36, mean: float = 100.0, dispersion: float = 1.0, horizon: int = 12, chance: float = 0.05
    ) -> pl.DataFrame:
        """Limits of the charts for a `chance` of a false alarm within `horizon` values, and how late they are.

        `base`: values of the base; `mean`: mean count; `dispersion`: variance over mean.
        """
        from qonys.study.analyses.monitoring import CalibrateOptions, calibrated

        return calibrated(CalibrateOptions(base, mean, dispersion, horizon, chance))
