"""The subjects of `figures` as charts: which parameters an address may hold, and their usual values."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.figures import century, counterfactual, flows, forecast, gross, net_migration, population
from qonys.figures.drawing import Drawing
from qonys.web.charts.kit import Chart
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

STEP = 5
EARLIEST, USUAL = 10, 0.67


def _years(frame: pl.DataFrame, column: str = "year") -> tuple[str, ...]:
    return tuple(str(year) for year in frame[column].unique().sort())


def _event(site: Site) -> tuple[Parameter, ...]:
    """The event that is looked at."""
    return (Parameter("event", ("none", *net_migration.events_of(site.context("en"))["id"]), "none", texts="event"),)


def od_years(site: Site) -> tuple[str, ...]:
    """Years with a table between all regions."""
    return site.keep("od_years", lambda: _years(inputs.rows(site.pack, flows.TABLE)))


def _od_year(site: Site) -> Parameter:
    years = od_years(site)
    latest = int(site.results.number("present.internal.year").value or int(years[-1]))
    return Parameter("year", years, str(latest), "slider", plays=True)


def _map(site: Site) -> tuple[Parameter, ...]:
    """Year, region looked at, how many flows are drawn."""
    regions = tuple(inputs.rows(site.pack, flows.TABLE)["origin"].unique().sort())
    return (
        _od_year(site),
        Parameter("region", (flows.ALL, *regions), flows.ALL, texts="region"),
        Parameter("most", ("10", "20", "40", "80", "160"), "40", "slider"),
    )


def _chord(site: Site) -> tuple[Parameter, ...]:
    """Year and smallest ribbon."""
    return _od_year(site), Parameter("from", ("500", "1000", "2000", "4000", "8000"), "2000", "slider")


def _interval(site: Site) -> tuple[Parameter, ...]:
    """Intervals between stocks."""
    starts = _years(site.results.table("bilateral_range").frame, "start")
    return (Parameter("interval", starts, starts[-1], "slider", "interval", plays=True),)


def _ages(site: Site) -> pl.DataFrame:
    return site.keep("ages", lambda: population.ages(site.context("en")))


def _pyramids(site: Site) -> tuple[Parameter, ...]:
    """Two years and the scale; the left one begins with the period of the greatest loss between censuses."""
    years = _years(_ages(site))
    last = str(inputs.rows(site.pack, population.AGES)["year"].max())
    periods = site.results.tables.get("components_by_period")
    worst = "" if periods is None else str(periods.frame.sort("residual")["start"][0])
    return (
        Parameter("left", years, worst if worst in years else years[0], "slider", plays=True),
        Parameter("right", years, last, "slider", plays=True),
        Parameter("scale", ("thousand", "percent"), "thousand", texts="web.option.scale"),
    )


def _draw_pyramids(view: View) -> Drawing:
    years, percent = (view.year("left"), view.year("right")), view.state["scale"] == "percent"
    return population.of_years(view.context, _ages(view.site), years, percent=percent)


def _region_years(site: Site) -> tuple[Parameter, ...]:
    """Year and kind of net migration."""
    frame = site.results.table("reconciled_regional").frame.filter(pl.col("quantity") == "net_migration")
    years, kinds = _years(frame), ("net_migration", "internal_net", "external_net")
    year = Parameter("in", years, years[-1], "slider", plays=True)
    return year, Parameter("kind", kinds, kinds[0], texts="web.option.kind")


def _effect(site: Site) -> tuple[Parameter, ...]:
    """Which measure."""
    measures = tuple(site.results.table("projection_effect").frame["measure"].unique(maintain_order=True))
    return (Parameter("effect", measures, measures[0], texts="web.measure"),)


def _fan(site: Site) -> tuple[Parameter, ...]:
    """Measure and the last year shown."""
    frame = site.results.table("projection_quantiles").frame
    measures = tuple(frame["measure"].unique(maintain_order=True))
    first, last = int(str(frame["year"].min())), int(str(frame["year"].max()))
    begin = -(-(first + EARLIEST) // STEP) * STEP
    ends = tuple(str(year) for year in range(begin, last + 1, STEP)) or (str(last),)
    usual = min(ends, key=lambda year: abs(int(year) - first - USUAL * (last - first)))
    measure = "population" if "population" in measures else measures[0]
    return Parameter("measure", measures, measure, texts="web.measure"), Parameter("until", ends, usual, "slider")


def _hindcast(site: Site) -> tuple[Parameter, ...]:
    """Country and the year the forecast starts from."""
    frame = forecast.of_migration(site.results.table("skill_forecasts").frame)
    origins, countries = _years(frame, "origin"), tuple(frame["country"].unique().sort())
    home = str(site.pack.country["iso3"])
    return (
        Parameter("country", countries, home if home in countries else countries[0], texts="country"),
        Parameter("origin", origins, origins[0], "slider", plays=True),
    )


CHARTS = (
    Chart("century", lambda v: century.century(v.context), (century.ACCOUNT, *century.TABLES)),
    Chart("net", lambda v: net_migration.by_source(v.context), (net_migration.TABLE, century.ACCOUNT)),
    Chart("timeline", lambda v: net_migration.timeline(v.context, v.state["event"]), (century.ACCOUNT,), _event),
    Chart("flow_map", lambda v: flows.flow_map(v.context, v.year("year"), v.year("most"), v.state["region"]),
          ("internal_flows",), _map),
    Chart("chord", lambda v: flows.chord(v.context, v.year("year"), v.year("from")), ("internal_flows",), _chord),
    Chart("od", lambda v: flows.od_table(v.context, v.year("year")), ("internal_flows",), lambda s: (_od_year(s),)),
    Chart("partners", lambda v: flows.partners(v.context, v.year("interval")), ("bilateral_range",), _interval),
    Chart("pyramids", _draw_pyramids, (), _pyramids),
    Chart("ethnic", lambda v: population.ethnic(v.context), ("ethnic_composition",)),
    Chart("regions", lambda v: flows.net_by_region(v.context, v.year("in"), v.state["kind"]),
          ("reconciled_regional",), _region_years),
    Chart("nobody_moved", lambda v: population.nobody_moved(v.context), ("consequences_pyramid",)),
    Chart("effect", lambda v: counterfactual.effect(v.context, v.state["effect"]), counterfactual.TABLES, _effect),
    Chart("fan", lambda v: forecast.of_measure(v.context, v.state["measure"], v.year("until")),
          (forecast.QUANTILES,), _fan),
    Chart("gross", lambda v: gross.by_year(v.context), (gross.TABLE,)),
    Chart("hindcast", lambda v: forecast.hindcast(v.context, v.state["country"], v.year("origin")),
          ("skill_forecasts",), _hindcast),
    Chart("skill", lambda v: forecast.mean_error(v.context), ("skill_summary",)),
)  # fmt: skip
