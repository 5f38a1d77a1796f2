"""The plan of a study: a short file that a person writes, resolved to a document in which nothing is left out.

What stands nowhere is taken from the pack's own `study.toml`, then from the defaults here. Programs read the resolved
plan only; its hash is part of the name of a run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from qonys import inputs, words
from qonys.catalog.reading.formats.settings import settings_document
from qonys.errors import BadInput
from qonys.spaces.ranges import Between
from qonys.study.scenarios import Scenarios, check_scenarios
from qonys.study.settings import Multiple, known_setting, setting, toml_text

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.projection.processes.registry import ProcessChoices

FILE = "study.toml"
MOST = 1_000_000
YEARS = (1800, 2200)


Draws = Annotated[int, Between(2, MOST)]
Resamples = Annotated[int, Between(20, MOST)]  # fewer tell no interval
Seed = Annotated[int, Between(0, 2**32 - 1)]
Year = Annotated[int, Between(*YEARS)]
Years = Annotated[tuple[int, ...], Between(*YEARS)]
Steps = Annotated[tuple[int, ...], Between(0, 20_000)]


@dataclass(frozen=True)
class Account:
    """Reconciled accounts: draws of the posterior, those kept with the results."""

    draws: Draws = 1000
    seed: Seed = 20
    kept: Draws = 200


@dataclass(frozen=True)
class Indicators:
    """Indicators of the internal system: bootstrap draws, and random groupings at each number of zones."""

    draws: Resamples = 200
    repeats: Annotated[int, Between(1, MOST)] = 200
    seed: Seed = 1


@dataclass(frozen=True)
class Present:
    """Years of the pyramids."""

    pyramids: Years = (1960, 1980, 2000, 2020)


@dataclass(frozen=True)
class Processes:
    """Fits of fertility, longevity and migration, and which processes are fitted (`projection.processes.registry`)."""

    draws: Draws = 1000
    seed: Seed = 1
    fertility: str = "bounded"
    longevity: str = "regimes"
    migration: str = "bounded"
    mortality: str = "levels"
    dependence: str = "independent"

    def choices(self) -> ProcessChoices:
        """The choice of processes, checked."""
        from qonys.projection.processes.registry import ProcessChoices

        named = ("fertility", "longevity", "migration", "mortality", "dependence")
        return ProcessChoices(**{name: getattr(self, name) for name in named})


@dataclass(frozen=True)
class Forward:
    """The national projection; `base_year` 0: the newest, from which nothing published is forecast."""

    base_year: Annotated[int, Between(0, YEARS[1])] = 0
    until: Year = 2100
    shown: Years = (2030, 2050, 2075, 2100)
    pyramids: Years = (2050, 2100)
    register_until: Year = 2050
    draws: Draws = 1000
    seed: Seed = 1


@dataclass(frozen=True)
class Regions:
    """The projection by region and group."""

    until: Year = 2050
    shown: Years = (2035,)
    draws: Draws = 400
    seed: Seed = 1


@dataclass(frozen=True)
class Consequences:
    """With and without migration: since when nobody moves, other starts, the end, draws of the dearest table."""

    since: Year = 1990
    starts: Years = (1950, 1960, 1970, 1980, 1990, 2000, 2010, 2020)
    named: Years = (1950, 1970, 1990, 2000)
    replacement: Years = (2030,)
    until: Year = 2050
    few: Draws = 40
    seed: Seed = 1


@dataclass(frozen=True)
class Groups:
    """Ethnic groups ahead, from their counts: first count, years, draws; the share below which a group is small."""

    first: Year = 1950
    years: Years = (2030, 2035, 2040, 2045, 2050)
    share: Annotated[float, Between(0.0, 1.0)] = 0.005
    draws: Draws = 2000
    seed: Seed = 1


@dataclass(frozen=True)
class Capital:
    """Human capital: the first year of the cohorts that are followed."""

    first: Year = 1990


@dataclass(frozen=True)
class Gravity:
    """Contributions of factors: draws of the coefficients."""

    draws: Draws = 500
    seed: Seed = 1


@dataclass(frozen=True)
class Interplay:
    """Internal and external rates: resamples of regions, years of the responses."""

    horizon: Annotated[int, Between(1, 100)] = 8
    draws: Draws = 300
    seed: Seed = 1


@dataclass(frozen=True)
class Segregation:
    """Surroundings, km (0: the place alone), and bootstrap draws."""

    bands: Steps = (0, 300, 600)
    draws: Draws = 200
    seed: Seed = 1


@dataclass(frozen=True)
class Skill:
    """The record of forecasts: origins, years ahead, and the origins whose fans are drawn."""

    origins: Years = (1980, 1985, 1990, 1995, 2000, 2005, 2010, 2013, 2015, 2018)
    horizons: Annotated[tuple[int, ...], Between(1, 100)] = (1, 5, 10, 15, 20)
    fans: Years = (1990, 2000, 2010)
    draws: Annotated[int, Between(20, MOST), Multiple(4)] = 400


@dataclass(frozen=True)
class Plan:
    """A resolved plan: the country's pack, the languages of the report, and a section for each concern."""

    country: str = ""
    languages: tuple[str, ...] = ()
    account: Account = Account()
    indicators: Indicators = Indicators()
    present: Present = Present()
    processes: Processes = Processes()
    projection: Forward = Forward()
    regions: Regions = Regions()
    scenarios: Scenarios = field(default_factory=Scenarios)
    consequences: Consequences = Consequences()
    groups: Groups = Groups()
    capital: Capital = Capital()
    gravity: Gravity = Gravity()
    interplay: Interplay = Interplay()
    segregation: Segregation = Segregation()
    skill: Skill = Skill()

    def document(self) -> dict[str, Any]:
        """The plan as plain values, every one written out."""
        return {key: _plain(value) for key, value in asdict(self).items()}

    def digest(self, *sections: str) -> str:
        """SHA-256 of the named sections; of all that numbers depend on if none is named (languages are not of it)."""
        chosen = sections or tuple(one.name for one in fields(self) if one.name not in ("country", "languages"))
        document = self.document()
        text = json.dumps({name: document[name] for name in sorted(chosen)}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def seeds(self) -> dict[str, int]:
        """The seed of each section that draws."""
        parts = {name: getattr(self, name) for name in SECTIONS}
        return {name: part.seed for name, part in parts.items() if hasattr(part, "seed")}


SECTIONS = tuple(one.name for one in fields(Plan) if one.name not in ("country", "languages"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def read_plan_file(path: Path) -> Mapping[str, Any]:
    """What a study file says.

    Raises
    ------
    BadInput
        The file cannot be read as TOML (as YAML where its name ends so).

    """
    return settings_document(path)


def written_plan(path: Path) -> Mapping[str, Any]:
    """What a study file says that a person named.

    Raises
    ------
    BadInput
        As `read_plan_file`; the file says nothing.

    """
    found = read_plan_file(path)
    if not found:
        raise BadInput("study.plan.nothing", path=str(path))
    return found


def resolve(pack: Pack, given: Mapping[str, Any] | None = None, path: str = FILE) -> Plan:
    """The plan of a study of the pack: what is given, else the pack's own `study.toml`, else the defaults.

    Raises
    ------
    BadInput
        An unknown key, a value of the wrong type or out of its range; the sentence names the file, key and value.

    """
    plan = _of_country(pack)
    own = pack.path / FILE
    if own.is_file():
        plan = merged(plan, read_plan_file(own), f"{pack.name}/{FILE}")
    plan = _within(merged(plan, given or {}, path), given or {})
    if plan.projection.base_year == 0:
        plan = replace(plan, projection=replace(plan.projection, base_year=_base_year(pack)))
    _check(plan, pack, path)
    return plan


def _check(plan: Plan, pack: Pack, path: str) -> None:
    """Refuse a plan of another country or in an unknown language, and values that contradict each other."""
    if plan.country != pack.name:
        raise BadInput("study.plan.country", path=path, found=plan.country, pack=pack.name)
    for language in plan.languages:
        if language not in words.LANGUAGES:
            raise BadInput("study.plan.language", path=path, found=language, known=", ".join(words.LANGUAGES))
    _check_processes(plan, path)
    check_scenarios(plan.scenarios, path)
    for section, end in (("nation", plan.projection.until), ("regions", plan.regions.until)):
        for name in getattr(plan.scenarios, section):
            since = plan.scenarios.scenario(name).since
            if since > end:
                other = "projection.until" if section == "nation" else "regions.until"
                values = {"name": f"scenarios.named.{name}.since", "value": since, "other": other, "limit": end}
                raise BadInput("study.plan.most", path=path, **values)
    ahead, base = ("projection.base_year", plan.projection.base_year), "study.plan.later"
    pairs = [
        (base, "projection.until", plan.projection.until, *ahead),
        (base, "projection.register_until", plan.projection.register_until, *ahead),
        ("study.plan.most", "projection.register_until", plan.projection.register_until,
         "projection.until", plan.projection.until),
        (base, "regions.until", plan.regions.until, *ahead),
        (base, "consequences.until", plan.consequences.until, *ahead),
        ("study.plan.most", "account.kept", plan.account.kept, "account.draws", plan.account.draws),
        ("study.plan.most", "consequences.few", plan.consequences.few, "account.kept", plan.account.kept),
    ]
    for key, name, value, other, limit in pairs:
        if (value <= limit) if key == base else (value > limit):
            raise BadInput(key, path=path, name=name, value=value, other=other, limit=limit)
    for section, name in (("projection", "shown"), ("projection", "pyramids"), ("regions", "shown")):
        years, until = getattr(getattr(plan, section), name), getattr(plan, section).until
        values = {"path": path, "name": f"{section}.{name}"}
        if max(years) > until:
            raise BadInput("study.plan.most", value=max(years), other=f"{section}.until", limit=until, **values)
        if min(years) <= ahead[1]:
            raise BadInput("study.plan.later", value=min(years), other=ahead[0], limit=ahead[1], **values)
    for year in sorted(set(plan.skill.fans) - set(plan.skill.origins)):
        known = {"other": "skill.origins", "known": ", ".join(map(str, plan.skill.origins))}
        raise BadInput("study.plan.among", path=path, name="skill.fans", value=year, **known)


def _check_processes(plan: Plan, path: str) -> None:
    """Refuse a process that there is not, or a correlation that there cannot be, with the file and the key."""
    if plan.processes == Plan().processes:
        return
    from qonys.projection.processes.registry import names_of

    for name in ("fertility", "longevity", "migration", "mortality", "dependence"):
        value, known = getattr(plan.processes, name), names_of(name)
        if value not in known:
            values = {"path": path, "name": f"processes.{name}", "value": value, "known": ", ".join(known)}
            raise BadInput("study.plan.process", **values)
    try:
        plan.processes.choices()
    except BadInput as error:
        raise BadInput("study.plan.correlated", path=path, name="processes.dependence") from error


def _within(plan: Plan, given: Mapping[str, Any]) -> Plan:
    """`plan` with the years that the document does not name brought within the ends and origins that it names."""
    ahead, own = plan.projection, given.get("projection", {})
    changes: dict[str, Any] = {}
    for name in ("shown", "pyramids"):
        years = getattr(ahead, name)
        if name not in own and max(years) > ahead.until:
            changes[name] = (*(year for year in years if year < ahead.until), ahead.until)
    if "register_until" not in own:
        changes["register_until"] = min(ahead.register_until, ahead.until)
    skill = plan.skill
    if "fans" not in given.get("skill", {}):
        skill = replace(skill, fans=tuple(y for y in skill.fans if y in skill.origins) or skill.origins[-1:])
    return replace(plan, projection=replace(ahead, **changes), skill=skill)


def _of_country(pack: Pack) -> Plan:
    """The defaults, with the years that the country itself sets."""
    plan, settings = Plan(country=pack.name), inputs.country(pack)
    if settings.independence:
        since = max(settings.independence, settings.account_from or 0)  # nothing is known before the account
        plan = replace(plan, consequences=replace(plan.consequences, since=since, named=(1950, 1970, since, 2000)))
    if settings.composition_from:
        plan = replace(plan, groups=replace(plan.groups, first=settings.composition_from))
    return plan


def _base_year(pack: Pack) -> int:
    """The newest year in which a projection of the pack's country can start; 0 where it has no age structure."""
    from qonys.inputs.counts import newest_base

    return 0 if inputs.available(pack, ("population_by_age_sex",)) else newest_base(pack)


def merged(plan: Plan, given: Mapping[str, Any], path: str = FILE) -> Plan:
    """`plan` with the values of a document in their places.

    Examples
    --------
    >>> merged(Plan(), {"regions": {"draws": 40}}).regions.draws
    40

    """
    changes: dict[str, Any] = {}
    for key, value in given.items():
        known_setting(plan, key, key, path)
        if key not in SECTIONS:
            changes[key] = setting(plan, key, value, (path, key))
            continue
        if not isinstance(value, dict):
            raise BadInput("study.plan.type", path=path, name=key, value=value, expected=f"[{key}]")
        section = getattr(plan, key)
        for name in value:
            known_setting(section, name, f"{key}.{name}", path)
        found = {name: setting(section, name, part, (path, f"{key}.{name}")) for name, part in value.items()}
        changes[key] = replace(section, **found)
    return replace(plan, **changes)


def plan_text(plan: Plan) -> str:
    """The resolved plan as TOML: a study file with nothing left out."""
    lines = [f"country = {json.dumps(plan.country)}", f"languages = {json.dumps(list(plan.languages))}"]
    for section in SECTIONS:
        lines += ["", f"[{section}]"]
        lines += [f"{key} = {toml_text(_plain(value))}" for key, value in asdict(getattr(plan, section)).items()]
    return "\n".join(lines) + "\n"
