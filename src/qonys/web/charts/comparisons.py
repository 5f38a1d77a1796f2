"""Charts on which a reader compares up to six regions, ethnic groups or partner countries."""

from __future__ import annotations

import polars as pl

from qonys.figures import comparisons
from qonys.figures.portraits import ACCOUNT, COMPOSITION, KINDS, SIDES, SIZES, STOCKS, stocks
from qonys.web.charts.kit import Chart
from qonys.web.kinds import GROUP, PARTNER, REGION, codes_of
from qonys.web.parameters import MOST, SEVERAL, Parameter
from qonys.web.view import Site

BESIDE = 4  # regions whose numbers stand side by side on a screen
USUAL = {"regions": 2, "groups": 3, "partners": 3}


def several(name: str, codes: tuple[str, ...], usual: tuple[str, ...], texts: str, most: int = MOST) -> Parameter:
    """Up to `most` of `codes`; those that are usual where nothing is chosen."""
    return Parameter(name, codes, ",".join(sorted(usual)), SEVERAL, texts, most=min(most, len(codes)))


def _largest(frame: pl.DataFrame, name: str, value: str, codes: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The codes with the greatest value in the newest year."""
    newest = frame.filter((pl.col("year") == pl.col("year").max()) & pl.col(name).is_in(list(codes)))
    return tuple(newest.sort(value, name, descending=[True, False])[name].unique(maintain_order=True)[:count])


def regions(site: Site) -> Parameter:
    """Regions of today with a projection; the two largest where nothing is chosen."""
    frame = site.results.table(SIZES).frame
    codes = tuple(code for code in codes_of(site, REGION) if code in set(frame[REGION]))
    first = frame.filter(pl.col("year") == frame["year"].min())
    return several("regions", codes, _largest(first, REGION, "q50", codes, USUAL["regions"]), REGION, BESIDE)


def _groups(site: Site) -> tuple[Parameter, ...]:
    codes = codes_of(site, GROUP)
    usual = _largest(site.results.table(COMPOSITION).frame, "ethnic_group", "share", codes, USUAL["groups"])
    return (several("groups", codes, usual, GROUP),)


def _partners(site: Site) -> tuple[Parameter, ...]:
    frame = site.keep("stocks", lambda: stocks(site.context("en")))
    codes = tuple(code for code in codes_of(site, PARTNER) if code in set(frame["partner"]))
    usual = _largest(frame.filter(pl.col("side") == SIDES[0]), "partner", "value", codes, USUAL["partners"])
    side = Parameter("side", SIDES, SIDES[0], texts="portrait.stock")
    return several("partners", codes, usual, "country"), side


def _net(site: Site) -> tuple[Parameter, ...]:
    return regions(site), Parameter("kind", KINDS, KINDS[0], texts="web.option.kind")


CHARTS = (
    Chart("compare_population", lambda v: comparisons.population(v.context, v.chosen("regions")), (SIZES,),
          lambda site: (regions(site),)),
    Chart("compare_net", lambda v: comparisons.net_migration(v.context, v.chosen("regions"), v.state["kind"]),
          (ACCOUNT, SIZES), _net, rests_on=lambda v: (ACCOUNT,)),
    Chart("compare_groups", lambda v: comparisons.groups(v.context, v.chosen("groups")), (COMPOSITION,), _groups),
    Chart("compare_partners", lambda v: comparisons.partners(v.context, v.chosen("partners"), v.state["side"]),
          (STOCKS,), _partners),
)  # fmt: skip
