"""Charts of one region, ethnic group or partner country: each has its own name, as ``region-<code>-population``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from qonys import inputs
from qonys.errors import UnknownName
from qonys.figures import portraits
from qonys.figures.drawing import Drawing
from qonys.figures.edition import Edition
from qonys.web.charts.kit import Chart
from qonys.web.kinds import GROUP, KINDS, PARTNER, REGION, codes_of
from qonys.web.view import Site


@dataclass(frozen=True)
class Portrait:
    """One subject of a kind: who draws it, the stored tables it needs, whether there is anything of a code."""

    draw: Callable[[Edition, str], Drawing]
    needs: tuple[str, ...]
    has: Callable[[Site, str], bool]


def _in_table(table: str, column: str) -> Callable[[Site, str], bool]:
    return lambda site, code: site.has(table) and code in set(site.results.table(table).frame[column])


def _has_ages(site: Site, code: str) -> bool:
    if portraits.AGES not in site.pack.tables():
        return False
    known = site.keep("regions with ages", lambda: set(inputs.rows(site.pack, portraits.AGES)["region"].unique()))
    return code in known


def _of_net(site: Site, code: str) -> bool:
    if not site.has(portraits.ACCOUNT):
        return False
    frame = site.results.table(portraits.ACCOUNT).frame.filter(pl.col("region") == code)
    return set(portraits.KINDS) <= set(frame["quantity"])


PORTRAITS: Mapping[str, Mapping[str, Portrait]] = {
    REGION: {
        "population": Portrait(
            portraits.region_population, (portraits.SIZES,), _in_table(portraits.SIZES, "region")
        ),
        "net": Portrait(portraits.region_net, (portraits.ACCOUNT,), _of_net),
        "ages": Portrait(portraits.region_ages, (), _has_ages),
    },
    GROUP: {
        "share": Portrait(
            portraits.group_share, (portraits.COMPOSITION,), _in_table(portraits.COMPOSITION, "ethnic_group")
        )
    },
    PARTNER: {
        "stocks": Portrait(portraits.partner_stocks, (), _in_table(portraits.STOCKS, "partner"))
    },
}  # fmt: skip


def charts_of(site: Site, kind: str, code: str) -> tuple[str, ...]:
    """Names of the charts of one thing that the results can fill."""
    return tuple(f"{kind}-{code}-{what}" for what, one in PORTRAITS[kind].items() if one.has(site, code))


def is_portrait(name: str) -> bool:
    """Whether a chart's name is that of one thing."""
    return name.partition("-")[0] in KINDS


def portrait_chart(site: Site, name: str) -> Chart:
    """The chart ``<kind>-<code>-<subject>``.

    Raises
    ------
    UnknownName
        There is no such thing or subject in the stored results.

    """
    kind, _, rest = name.partition("-")
    code, _, what = rest.rpartition("-")
    found = PORTRAITS[kind].get(what)
    if found is None or code not in codes_of(site, kind) or not found.has(site, code):
        raise UnknownName("web.chart.unknown", name=name[:60], known=f"{kind}-<code>-({', '.join(PORTRAITS[kind])})")
    return Chart(name, lambda view: found.draw(view.context, code), found.needs)
