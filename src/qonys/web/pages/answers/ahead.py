"""Questions about what is ahead and how sure it is: population, the share of a group, a measure, the record."""

from __future__ import annotations

import polars as pl

from qonys import inputs, words
from qonys.report.periods import year_ahead
from qonys.web.pages.answers.kit import Answer, has, shown
from qonys.web.view import View

SHARES, DECADES = (0.75, 0.8, 0.85), 3  # shares asked about, in so many years that end a decade
MILLIONS = "millions"


def population(view: View) -> Answer | None:
    """The projected population of the year that is told first, the chance of a decline, the United Nations' figure."""
    if not view.site.has("projection_quantiles"):
        return None
    year = year_ahead(view.site.results)
    name = f"projection.population.{year}"
    chance = shown(view, f"projection.p_decline.{year}")
    told = view.say("summary.ahead", year=year, population=shown(view, name, MILLIONS), chance=chance)
    sentences = [told, *_nations(view, year)]
    pages = (("web.page.forecast", "forecast"), ("web.page.outlook", "outlook"))
    return Answer(view.say("answers.population", year=year), tuple(sentences), pages, (name,))


def _nations(view: View, year: int) -> list[str]:
    """The median of the United Nations' projection, where it is stored."""
    if not view.site.has("projection_un"):
        return []
    row = view.context.frame("projection_un").filter((pl.col("year") == year) & (pl.col("variant") == "median"))
    return [view.say("answers.population.un", value=view.number(row["value"][0] / 1e6, 1))] if row.height else []


def share(view: View) -> Answer | None:
    """The probability that the state's own group reaches a share of the population, by the draws of the projection."""
    kin = inputs.country(view.site.pack).kin_groups
    if not view.site.has("regional_draws") or not kin:
        return None
    draws = view.context.frame("regional_draws")
    places = [name for name in draws.columns if name.isupper() or "-" in name]
    group = next((name for name in kin if name in draws.columns), None)
    if group is None:
        return None
    part = draws.select("year", share=pl.col(group) / pl.sum_horizontal(places))
    years = [int(year) for year in part["year"].unique().sort() if year % 10 == 0][:DECADES]
    if not years:
        return None
    told = [_chances(view, part.filter(pl.col("year") == year)["share"], year) for year in years]
    asked, year = words.percent(SHARES[1], view.language, 0), years[len(years) // 2]
    names = {"group": view.context.group(group), "share": asked, "year": year}
    pages = (("chapter.regional_projection", "study/regional_projection"), ("web.page.group", "group"))
    sentence = view.say("answers.share.text", n=draws["draw"].n_unique(), group=names["group"])
    return Answer(view.say("answers.share", **names), (sentence, *told), pages, ("regional_draws",))


def _chances(view: View, drawn: pl.Series, year: int) -> str:
    """Probabilities of the shares asked for in a year, never said to be nought or certain."""
    least = 1 / len(drawn)
    told = []
    for asked in SHARES:
        chance = float((drawn >= asked).mean())  # type: ignore[arg-type]
        key = "under" if chance < least else "over" if chance > 1 - least else "of"
        edge = {"under": least, "over": 1 - least}.get(key, chance)
        text = view.say(f"answers.chance.{key}", chance=words.percent(edge, view.language, 1))
        told.append(view.say("answers.share.one", share=words.percent(asked, view.language, 0), chance=text))
    return view.say("answers.share.year", year=year, chances="; ".join(told))


def measure(view: View) -> Answer | None:
    """What more repatriates a year would add, and where to ask for any other number."""
    if not has(view, "conclusion.effect.repatriates") or not view.site.has("conclusion_measures"):
        return None
    row = view.context.frame("conclusion_measures").filter(
        (pl.col("measure") == "repatriates") & (pl.col("outcome") == "population")
    )
    if row.is_empty():
        return None
    sentence = view.say(
        "answers.measure.text", change=view.number(row["change"][0]), since=view.context.count("conclusion.since"),
        year=view.context.count("conclusion.year"), effect=shown(view, "conclusion.effect.repatriates"),
    )  # fmt: skip
    pages = (("answers.measure.lab", "policy?s2.repatriates=30000"), ("chapter.conclusion", "study/conclusion"))
    return Answer(view.say("answers.measure"), (sentence,), pages, ("conclusion.effect.repatriates",))


def sure(view: View) -> Answer | None:
    """How sure: years whose sign is open, and how often intervals of this kind held what came."""
    if not has(view, "accounts.unsure", "accounts.first", "skill.coverage.5"):
        return None
    sentences = (
        view.say("summary.unknown", unsure=shown(view, "accounts.unsure"), first=view.context.count("accounts.first")),
        view.say("answers.sure.text", near=shown(view, "skill.coverage.1"), far=shown(view, "skill.coverage.20")),
    )
    pages = (("chapter.skill", "study/skill"), ("chapter.accounts", "study/accounts"), ("web.page.methods", "methods"))
    return Answer(view.say("answers.sure"), sentences, pages, ("skill.coverage.5",))
