"""Indicators as charts: one over the years, and one year by region."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures import indicators
from qonys.study.analyses.indicators import definitions
from qonys.web.charts.comparisons import several
from qonys.web.charts.kit import Chart
from qonys.web.parameters import Parameter
from qonys.web.view import Site

FIRST, FIRST_MAP = "cmi.crude", "rate.net"


def _table(site: Site) -> pl.DataFrame:
    """Indicators of the internal system: region `whole` for the system."""
    whole = pl.col("region").fill_null(indicators.WHOLE)
    return site.keep("indicators", lambda: site.results.table(indicators.TABLE).frame.with_columns(region=whole))


def described(site: Site, language: str) -> dict[str, dict[str, Any]]:
    """Every indicator with values: name, definition, unit, reference by code."""
    have = set(_table(site)["indicator"]) if site.has(indicators.TABLE) else set()
    rows = site.keep(f"definitions:{language}", lambda: definitions(language)).iter_rows(named=True)
    return {row["indicator"]: row for row in rows if row["indicator"] in have}


def _variants(frame: pl.DataFrame) -> tuple[str, ...]:
    pairs = frame.select("indicator", "variant").unique(maintain_order=True).rows()
    return tuple(f"{code}.{variant or 'value'}" for code, variant in pairs)


def variants(site: Site) -> tuple[str, ...]:
    """All indicators with their variants as `code.variant`, in the order of the table."""
    return _variants(_table(site))


def places(codes: tuple[str, ...], usual: str) -> Parameter:
    """The system of regions and regions, of which up to six are drawn together."""
    return several("place", codes, (usual,), "place")


def parameters(site: Site) -> tuple[Parameter, ...]:
    """Indicator with variant, and region."""
    regions = (indicators.WHOLE, *sorted(set(_table(site)["region"]) - {indicators.WHOLE}))
    what = Parameter("what", variants(site), FIRST, texts="variant")
    return what, places(regions, indicators.WHOLE)


def map_parameters(site: Site) -> tuple[Parameter, ...]:
    """Indicator of regions, and year."""
    local = _table(site).filter(pl.col("region") != indicators.WHOLE)
    years = tuple(str(y) for y in local["period"].unique().sort())
    what = Parameter("map", _variants(local), FIRST_MAP, texts="variant")
    return what, Parameter("period", years, years[-1], "slider", plays=True)


CHARTS = (
    Chart("indicator", lambda view: indicators.over_years(view.context, view.state["what"], view.chosen("place")),
          (indicators.TABLE,), parameters),
    Chart("indicator_map", lambda view: indicators.by_region(view.context, view.state["map"], view.year("period")),
          (indicators.TABLE,), map_parameters),
)  # fmt: skip
