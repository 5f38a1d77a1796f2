"""The policy lab for programs: its measures, the outcomes of a setting, the levers, and a scenario as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from qonys import __version__, words
from qonys.errors import UnknownName
from qonys.study.lab.addresses import written
from qonys.study.lab.scenario_text import scenario_lines
from qonys.study.lab.session import OUTCOMES
from qonys.study.lab.summaries import ENDS, FAN, Future, Pushed, levers
from qonys.study.plan import YEARS
from qonys.web.api.open_data import GIVEN, Lang, answer, facts_of, json_of
from qonys.web.charts.lab.state import lab_there, measures_of, starts_of, years_of
from qonys.web.response_cache import Kept, finished
from qonys.web.view import Site

if TYPE_CHECKING:
    from qonys.policy.measures import Estimate, Measure

Outcome = Literal[
    "population", "working_age", "old_age_dependency", "net_migration", "receiving_regions", "largest_group"
]
Set = Annotated[
    str,
    Query(
        alias="set",
        max_length=600,
        pattern=r"^([a-z_]{1,40}=[0-9]{1,9}(\.[0-9]{1,9})?(;[a-z_]{1,40}=[0-9]{1,9}(\.[0-9]{1,9})?)*)?$",
        description="Settings: measure=value, parted by ;. A measure left out stands where it is now.",
    ),
]
FirstYear = Annotated[
    int, Query(ge=0, le=YEARS[1], description="First year in which the measures hold; 0: the usual one.")
]
Year = Annotated[int, Query(ge=0, le=YEARS[1], description="Only this year; 0: all years, and the last for levers.")]
By = Annotated[Literal["weight", "effect"], Query(description="Effect times controllability, or effect alone.")]
router = APIRouter(prefix="/policy", responses=GIVEN)


def _known(site: Site) -> tuple[Measure, ...]:
    if not lab_there(site):
        raise UnknownName("lab.none")
    return measures_of(site)


def settings_of(site: Site, given: str) -> tuple[tuple[str, float], ...]:
    """Settings as they are written in a query, sorted; those that stand where they are now are left out.

    Raises
    ------
    UnknownName
        A measure or a value that does not exist, or a measure that stands twice.

    """
    known = {one.id: one for one in _known(site)}
    found: dict[str, float] = {}
    for part in filter(None, given.split(";")):
        name, _, text = part.partition("=")
        if name in found:
            raise UnknownName("lab.set", part=part)
        if name not in known:
            raise UnknownName("policy.measure", found=name, known=", ".join(known))
        measure = known[name]
        found[name] = measure.now.value if text == written(measure.now.value) else float(text)
        if not measure.low <= found[name] <= measure.high:
            raise UnknownName("policy.value", name=name, value=text, low=measure.low, high=measure.high)
    return tuple(sorted((name, value) for name, value in found.items() if value != known[name].now.value))


def since_of(site: Site, given: int) -> int:
    """The first year of measures.

    Raises
    ------
    UnknownName
        The lab does not run from this year.

    """
    known = starts_of(site)
    if given and given not in known:
        raise UnknownName("web.parameter.value", name="since", value=given, known=", ".join(map(str, known)))
    return given or known[0]


def _place(site: Site, year: int) -> int:
    known = years_of(site)
    if year and year not in known:
        raise UnknownName("web.parameter.value", name="year", value=year, known=f"{known[0]}–{known[-1]}")
    return known.index(year or known[-1])


def _number(one: Estimate) -> dict[str, Any]:
    return {"value": one.value, "low": one.low, "high": one.high, "basis": one.basis, "sources": list(one.sources)}


def _described(one: Measure, language: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name[language],
        "unit": one.unit,
        "now": _number(one.now) | {"year": one.now_year, "text": one.text.get(language, "")},
        "low": one.low,
        "high": one.high,
        "step": one.step,
        "seen": [vars(extreme) for extreme in one.seen],
        "decided_by": one.decided_by,
        "controllability": one.controllability(),
        "effects": [
            {
                "form": effect.form,
                "key": effect.key,
                "groups": list(effect.groups),
                "regions": list(effect.regions),
                "per_unit": _number(effect.unit),
                "text": effect.text[language],
            }
            for effect in one.effects
        ],
    }


@router.get("", summary="Measures of the policy lab")
async def measures(request: Request, lang: Lang = "en") -> Response:
    """Measures with their ranges, where they stand now, and the basis and sources of every effect."""

    def make(site: Site) -> Kept:
        found = [_described(one, lang) for one in _known(site)]
        return json_of(facts_of(site, draws=site.draws, since=list(starts_of(site)), measures=found))

    return await answer(request, make)


@router.get("/outcomes", summary="Outcomes of a setting of measures")
async def outcomes(request: Request, set_: Set = "", since: FirstYear = 0, year: Year = 0) -> Response:
    """Quantiles of every outcome by year, and of its difference to the baseline on common random numbers."""

    def make(site: Site) -> Kept:
        settings, first = settings_of(site, set_), since_of(site, since)
        places = range(len(years_of(site))) if not year else [_place(site, year)]
        found: Future = site.simulation.ask("future", settings, OUTCOMES, first)
        rows = [
            {
                "outcome": name,
                "year": years_of(site)[place],
                **{f"q{100 * q:g}": float(found.values[name][i, place]) for i, q in enumerate(FAN)},
                **{f"difference_q{100 * q:g}": float(found.differences[name][i, place]) for i, q in enumerate(ENDS)},
            }
            for name in OUTCOMES
            for place in places
        ]
        return json_of(facts_of(site, settings=dict(settings), since=first, draws=site.draws, rows=rows))

    return await answer(request, make, "lab")


@router.get("/levers", summary="Which lever matters")
async def ranking(
    request: Request, outcome: Outcome = "population", year: Year = 0, since: FirstYear = 0, by: By = "weight"
) -> Response:
    """Measures, each moved by a tenth of its range, by their effect; controllability is an order, not a quantity."""

    def make(site: Site) -> Kept:
        known, first, place = _known(site), since_of(site, since), _place(site, year)
        found: Mapping[str, Pushed] = {one.id: site.simulation.ask("pushed", one.id, outcome, first) for one in known}
        rows = [
            {
                "measure": one.measure,
                "change": one.change,
                "effect": vars(one.whole),
                "effect_of_step": vars(one.unit),
                "controllability": one.controllability,
                "weight": one.weight,
            }
            for one in levers(known, found, place, by)
        ]
        return json_of(facts_of(site, outcome=outcome, year=years_of(site)[place], since=first, by=by, levers=rows))

    return await answer(request, make, "lab")


@router.get(
    "/scenario",
    summary="A scenario as a file",
    responses={200: {"description": "A file for qonys project --scenario.", "content": {"application/toml": {}}}},
    response_class=Response,
)
async def scenario(request: Request, set_: Set = "", since: FirstYear = 0, lang: Lang = "en") -> Response:
    """The settings as a TOML file, which `qonys project --scenario FILE` runs."""

    def make(site: Site) -> Kept:
        settings, first = settings_of(site, set_), since_of(site, since)
        document = site.simulation.ask("scenario", settings, first)
        text = scenario_text(site, dict(settings), document, lang)
        return finished(text.encode(), "application/toml", "scenario.toml")

    return await answer(request, make, "lab")


def scenario_text(site: Site, settings: Mapping[str, float], document: Mapping[str, Any], language: str) -> str:
    """A scenario as TOML, with the settings and what the file cannot hold as comments."""
    names = {one.id: one.name[language] for one in measures_of(site)}
    lines = [
        f"# Qonys {__version__}, {site.release}, {site.model}",
        *(f"# {names[name]} ({name}): {written(value)}" for name, value in settings.items()),
        f"# qonys project --scenario scenario.toml --regions all --groups all --draws {site.draws}",
    ]
    kept = {one.id for one in measures_of(site) if all(effect.form == "temporary" for effect in one.effects)}
    lines += [f"# {words.text('lab.file.workers', language, name=names[name])}" for name in settings if name in kept]
    lines += scenario_lines(document)
    return "\n".join(lines) + "\n"
