"""The probability that a quantity lies above or below a limit in a year: the share of the projection's trajectories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import polars as pl

from qonys import words
from qonys.errors import BadInput
from qonys.figures.edition import capital
from qonys.web.content import Block, Content, Field, Form, Heading, Text, why_address
from qonys.web.kinds import GROUP, REGION, by_name, codes_of
from qonys.web.parameters import listed
from qonys.web.view import Site, View

DRAWS, QUANTILES, COUNT = "regional_draws", "projection_quantiles", "projection.draws"
POPULATION, NET = "population", "net_migration"
SIDES = ("above", "below")
NAMES = ("of", "side", "limit", "year")
HIGHEST = 10  # how many times the largest trajectory a limit may be
BEYOND = 3.0  # of n trajectories none: the probability is below 3/n with 95% confidence (Hanley & Lippman-Hand 1983)
ROUGH = 0.005  # error from which on a percentage is told whole
_LIMIT = re.compile(r"[-\u2212]?\d{1,12}(?:[.,]\d{1,6})?")


@dataclass(frozen=True)
class Chance:
    """How many of so many trajectories answer yes; `low` and `high`: what is known where only quantiles are stored."""

    draws: int
    yes: int = 0
    low: float = 0.0
    high: float = 1.0
    exact: bool = True

    @property
    def error(self) -> float:
        """Monte Carlo error of the share, one standard error (binomial)."""
        share = self.yes / self.draws
        return sqrt(share * (1 - share) / self.draws)


def ready(site: Site) -> bool:
    """Whether there are trajectories to count in."""
    return site.has(DRAWS)


def quantities(site: Site) -> dict[str, str]:
    """Quantities that may be asked about: id -> persons or share."""
    found = {POPULATION: "persons"}
    if site.has(QUANTILES) and COUNT in site.results.numbers:
        found[NET] = "persons"
    columns = set(site.results.table(DRAWS).frame.columns)
    found |= {f"share.{code}": "share" for code in codes_of(site, GROUP) if code in columns}
    return found | {f"region.{code}": "persons" for code in codes_of(site, REGION) if code in columns}


def years(site: Site) -> tuple[int, int]:
    """First and last year that may be asked about."""
    frame = site.results.table(DRAWS).frame
    return int(str(frame["year"].min())) + 1, int(str(frame["year"].max()))


def drawn(site: Site, of: str, year: int) -> pl.Series:
    """A quantity in every trajectory in a year: persons, or a share."""
    frame = site.results.table(DRAWS).frame.filter(pl.col("year") == year)
    places = [code for code in codes_of(site, REGION) if code in frame.columns]
    whole = frame.select(pl.sum_horizontal(pl.col(places).cast(pl.Float64))).to_series()
    kind, _, code = of.partition(".")
    if not code:
        return whole
    own = frame[code].cast(pl.Float64)
    return own / whole if kind == "share" else own


def chance_of(site: Site, of: str, side: str, limit: float, year: int) -> Chance:
    """The trajectories in which a quantity lies on a side of a limit; of net migration, between which quantiles."""
    if of == NET:
        return _between(site, side, limit, year)
    values = drawn(site, of, year)
    return Chance(len(values), int((values > limit).sum() if side == "above" else (values < limit).sum()))


def _between(site: Site, side: str, limit: float, year: int) -> Chance:
    table = site.results.table(QUANTILES).frame
    row = table.filter((pl.col("measure") == NET) & (pl.col("year") == year)).row(0, named=True)
    levels = sorted((float(name[1:]) / 100, value) for name, value in row.items() if name.startswith("q"))
    low = max((level for level, value in levels if value is not None and value <= limit), default=0.0)
    high = min((level for level, value in levels if value is not None and value >= limit), default=1.0)
    ends = (low, high) if side == "below" else (1 - high, 1 - low)
    return Chance(int(site.results.number(COUNT).value or 0), 0, *ends, exact=False)


def read(site: Site, state: Mapping[str, str]) -> tuple[str, str, float, int]:
    """What is asked: quantity, side, limit in persons or as a share, year.

    Raises
    ------
    BadInput
        A name that is not known, or a number out of its range, which is then named.

    """
    known = quantities(site)
    of, side = state.get("of", POPULATION), state.get("side", SIDES[0])
    for name, value, values in (("of", of, tuple(known)), ("side", side, SIDES)):
        if value not in values:
            raise BadInput("web.parameter.value", name=name, value=value[:60], known=listed(values))
    first, last = years(site)
    text = state.get("year", str(last))
    if not (re.fullmatch(r"\d{4}", text, re.ASCII) and first <= int(text) <= last):
        raise BadInput("chance.year", found=text[:20], first=first, last=last)
    return of, side, _limit(site, of, state["limit"], int(text)), int(text)


def _limit(site: Site, of: str, text: str, year: int) -> float:
    """A limit as it was written, in persons or as a share."""
    share = of.startswith("share.")
    if share:
        low, high = 0.0, 100.0
    elif of == NET:
        high = float(10 ** len(str(int(float(str(drawn(site, POPULATION, year).max()))))))
        low = -high
    else:
        low, high = 0.0, HIGHEST * float(f"{float(str(drawn(site, of, year).max())):.1g}")
    plain = re.sub(r"[\s\u00a0\u202f%]", "", text)
    value = float(plain.replace(",", ".").replace("\u2212", "-")) if _LIMIT.fullmatch(plain) else None
    if value is None or not low <= value <= high:
        raise BadInput("chance.limit", found=text[:20], low=f"{low:,.0f}", high=f"{high:,.0f}")
    return value / 100 if share else value


def build(view: View) -> Content:
    """The form, and the answer where something was asked."""
    asked = view.state.get("limit", "").strip() != ""
    blocks: list[Block] = [_form(view)]
    if asked:
        blocks += _answer(view)
    if NET in quantities(view.site):
        blocks.append(Text(view.say("chance.net_note"), "small"))
    blocks.append(Text(view.say("chance.note"), "small"))
    return Content(view.say("web.page.chance"), view.say("web.lead.chance"), tuple(blocks))


def name_of(view: View, of: str) -> str:
    """What a quantity is called."""
    kind, _, code = of.partition(".")
    if kind == "share":
        return view.say("chance.share", group=capital(view.context.group(code)))
    return view.say("chance.region", region=view.region(code)) if kind == "region" else view.say(f"chance.{of}")


def _option(view: View, of: str) -> str:
    """A quantity with the unit of its limit, where that is not persons."""
    return f"{name_of(view, of)}, %" if of.startswith("share.") else name_of(view, of)


def _form(view: View) -> Form:
    site, state = view.site, view.state
    known, (first, last) = quantities(site), years(site)
    regions = [f"region.{code}" for code in by_name(site, view.language, REGION)]
    order = [of for of in known if not of.startswith("region.")] + [of for of in regions if of in known]
    of = state.get("of", POPULATION)
    sides = tuple((side, view.say(f"chance.side.{side}")) for side in SIDES)
    dates = tuple((str(year), str(year)) for year in range(first, last + 1))
    return Form(f"/{view.language}/chance", view.say("chance.ask"), (
        Field("of", view.say("chance.field.of"), tuple((one, _option(view, one)) for one in order), of),
        Field("side", view.say("chance.field.side"), sides, state.get("side", SIDES[0])),
        Field("limit", view.say("chance.field.limit"), (), state.get("limit", "")),
        Field("year", view.say("chance.field.year"), dates, state.get("year", str(last))),
    ))  # fmt: skip


def _answer(view: View) -> list[Block]:
    of, side, limit, year = read(view.site, view.state)
    found = chance_of(view.site, of, side, limit, year)
    decimals = 0 if round(100 * limit, 6) % 1 == 0 else 1
    shown = words.percent(limit, view.language, decimals) if of.startswith("share.") else view.number(limit)
    told = {"name": name_of(view, of), "side": view.say(f"chance.side.{side}"), "limit": shown, "year": year}
    result = QUANTILES if of == NET else DRAWS
    stored = view.site.results.table(result)
    link = ((view.say("why.title"), why_address(view, result)),)
    return [
        Heading(view.say("chance.question", **told), "answer"),
        Text(sentence(view, found), "lead"),
        Text(view.context.origin(stored.sources, stored.method), "source"),
        Text(link[0][0], "linked", link),
    ]


def sentence(view: View, found: Chance) -> str:
    """A probability with its Monte Carlo error, no more exact than it is."""
    language, n = view.language, view.number(found.draws)
    if not found.exact:
        ends = {"low": words.percent(found.low, language, 1), "high": words.percent(found.high, language, 1)}
        key = "under" if found.low == 0 else "over" if found.high == 1 else "between"
        return view.say(f"chance.{key}_quantile", n=n, **ends)
    if found.yes in (0, found.draws):
        bound = BEYOND / found.draws if found.yes == 0 else 1 - BEYOND / found.draws
        key = "chance.none" if found.yes == 0 else "chance.all"
        return view.say(key, n=n, bound=words.percent(bound, language, 1))
    share, error = found.yes / found.draws, found.error
    decimals = 0 if error >= ROUGH else 1
    return view.say(
        "chance.some", chance=words.percent(share, language, decimals), yes=view.number(found.yes), n=n,
        error=view.number(100 * error, 1),
    )  # fmt: skip
