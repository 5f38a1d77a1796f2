"""The chapters of the study: what each needs of a pack and uses of others, and which of them a pack carries.

A new chapter is one row here, one module of this folder with `compute(pack, results)`, and, if it is to be read, one
module of `qonys.report.chapters`. Rows stand in the order of the report; what is computed first follows from `uses`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from qonys import inputs
from qonys.errors import UnknownName
from qonys.inputs.statements import unstated

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.study.runs.results import Results

EVERY = "*"
STATEMENTS = "statements.csv"
LISTS = (STATEMENTS, "forms.csv")
FILES = (".yaml", ".csv")
HOME = "qonys.study.chapters"


@dataclass(frozen=True)
class Chapter:
    """A chapter of the study.

    `needs`: ids of figures without which it is left out (a name that ends in `.yaml` is a file of the pack; one of
    `LISTS` stands for the figures that this file of the pack names: one of them must be there, of statements one for
    each quantity in the years of the account).
    `wants`: ids of figures that it reads where the pack holds them; without them it says less.
    `uses`: chapters whose results it reads; it is left out with them.
    `after`: chapters whose results it reads where they are there; "*" stands for all others that do not say so too.
    `plan`: sections of the plan that it reads.
    It may read nothing else: a reading outside of these is an error.
    """

    id: str
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module that computes it."""
        return f"{HOME}.{self.id}"

    def compute(self, pack: Pack, results: Results) -> None:
        """Add the chapter's results to `results`."""
        import_module(self.module).compute(pack, results)


@dataclass(frozen=True)
class Absence:
    """Why a chapter is left out: figures that the pack does not hold, or chapters that are left out themselves."""

    chapter: str
    figures: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()


CENSUSES = ("census_population", "births", "deaths")
AGES = ("population_by_age_sex", "death_rates_by_age_sex", "fertility_pattern", "sex_ratio_at_birth")
# tables whose sources the projections name as a whole
AGE_TABLES = ("national", "partners_wpp", "population_age_sex", "mortality_age", "fertility_age", "sex_ratio_birth")
FORWARD = (*AGES, *AGE_TABLES, "projected_life_expectancy", "projection_un")
FLOWS = "external_flow_totals"
REGIONS = ("population_regional_total", "births_regional", "deaths_regional")
REGIONAL_ACCOUNT = (
    *REGIONS, "population_regional", "vital_regional", "internal_od", "net_migration_regional_total",
)  # fmt: skip
FACTORS = (
    *REGIONAL_ACCOUNT, "income_per_head", "unemployment_rate", "unemployment_rate_goals", "unemployment_rate_quarter",
    "poverty_rate", "housing_commissioned", "ethnic_groups_regions",
)  # fmt: skip
REGIONAL_PROJECTION = (
    *FORWARD, FLOWS, *REGIONAL_ACCOUNT, "census_population", "ethnic_census", "ethnic_censuses",
    "ethnic_groups_country", "ethnic_groups_regions", "ethnic_regional", "births_share",
    "births_share_of_groups", "total_fertility", "total_fertility_groups", "total_fertility_regions",
    "external_flows_own_report", "life_expectancy_country", "life_expectancy_regional",
    "life_expectancy_regions", "moves_between_regions", "net_migration_between_regions",
    "net_migration_regional", "population_1_january", "population_by_region_sex",
)  # fmt: skip
HISTORY = ("deported_groups", "deported_groups_single", "ethnic_census_single")
OTHER_NET = ("net_migration_un_estimates", "net_migration_bilateral_model")

CHAPTERS: tuple[Chapter, ...] = (
    Chapter("data", needs=(EVERY,), after=(EVERY,)),
    Chapter(
        "retrospective", needs=CENSUSES,
        wants=(
            "natural_increase", "net_migration", "population_1_january", "mid_year_population", *OTHER_NET,
            "published_movements", "published_natural_rates",
        ),
    ),
    Chapter(
        "groups",
        needs=(*CENSUSES, "census_population_of_groups", "ethnic_census", *REGIONS),
        wants=("natural_increase", "net_migration", "ethnic_current"),
    ),
    Chapter("regions", needs=REGIONS),
    Chapter(
        "accounts",
        needs=("statements.csv", "births", "deaths", "net_migration"),
        wants=("census_population", *OTHER_NET, *REGIONAL_ACCOUNT), after=("retrospective",), plan=("account",),
    ),
    Chapter(
        "ages",
        needs=("births", "deaths", "population_by_age_sex", "death_rates_by_age_sex", "sex_ratio_at_birth"),
        wants=("census_population",),
    ),
    Chapter("shocks", needs=("net_migration",), uses=("accounts",)),
    Chapter(
        "present",
        wants=(
            "population_by_age_sex", "internal_od", "external_flow_totals", "repatriates_arrived",
            "repatriate_quota_national", "net_migration",
        ),
        plan=("present",),
    ),
    Chapter("emigrants", needs=("external_flows_own_report", "external_flow_totals"), after=("retrospective",)),
    Chapter(
        "identity", wants=("ethnic_current",),
        needs=("languages_known", "marriages_between_groups", "ethnic_census", "census_population_of_groups"),
    ),
    Chapter(
        "post_soviet",
        needs=(
            "post_soviet_russians", "russians_post_soviet", "russians_post_soviet_share", "population_post_soviet",
            "ethnic_census", "census_population_of_groups",
        ),
        wants=("migrant_stock", "partners_stock", "partners_population_mid_year"),
    ),
    Chapter(
        "settlement", needs=("urban_rural_census",),
        wants=(*REGIONS, "births", "deaths", "urban_rural_estimates", "urban_rural_january", "urban_rural_net",
               "natural_rate_ratio"),
    ),
    Chapter(
        "decline",
        needs=("ethnic_census", "census_population_of_groups"),
        wants=("ethnic_current", "ethnic_groups_regions", *HISTORY), uses=("emigrants",),
    ),
    Chapter("forms", needs=("forms.csv",), wants=("uncounted.yaml", "movements_uncounted")),
    Chapter(
        "indicators",
        needs=REGIONAL_ACCOUNT,
        wants=("external_flow_totals_own_report",),
        uses=("accounts",),
        plan=("indicators",),
    ),
    Chapter(
        "bilateral",
        needs=("migrant_stock", "partners_stock", "partners_population_mid_year", "partners_vital_events"),
        wants=("external_flows_with_mirror",),
    ),
    Chapter(
        "factors",
        needs=(
            *FACTORS, "economy_regional", "ethnic_regional", "external_flows",
            "external_flows_by_country", "immigrant_stock", "emigrant_stock", "migrant_stock",
            "income_per_head_partners", "partners_wdi",
        ),
        uses=("accounts",),
        plan=("gravity",),
    ),
    Chapter("interplay", needs=FACTORS, wants=("emigrants_by_region",), uses=("accounts",), plan=("interplay",)),
    Chapter(
        "motives",
        needs=("survey_results", "population_by_age_sex", "intention_by_age", "intention_stages", "reasons_to_leave"),
    ),
    Chapter(
        "potential",
        needs=("population_by_age_sex", "emigrants", "intention_by_age", "intention_considers", "intention_plans"),
        wants=(
            "external_flow_totals_own_report", "intention_wish", "intention_would_move", "intention_contrast_group",
            "counts_contrast_group", "emigrants_contrast_group",
        ),
    ),
    Chapter(
        "stratification", plan=("segregation",),
        needs=("census_population", "ethnic_groups_of_regions", "ethnic_persons"),
    ),
    Chapter(
        "representation", needs=("representation_of_groups", "ethnic_census", "census_population_of_groups"),
        wants=("representation_counts", "ethnic_current", "group_parts.yaml"),
    ),
    Chapter(
        "settling",
        needs=(
            "population_regional_total", "repatriate_quota", "repatriate_quota_by_region",
            "repatriate_quota_national", "repatriates", "repatriates_arrived_any_unit", "repatriates_by_region",
            "repatriates_shares_of_regions", "repatriates_total",
        ),
        wants=("quota_places_repatriates", "quota_places_resettlers"),
    ),
    Chapter(
        "demographic",
        needs=(
            *FORWARD, "life_expectancy_female", "life_expectancy_male", "total_fertility_rate",
        ),
        wants=(
            FLOWS, *REGIONS, "census_population_of_groups", "ethnic_census", "ethnic_current",
            "total_fertility_contrast_group",
        ),
        uses=("accounts",),
        after=("regions", "projection", "regional_projection"),
        plan=("account", "processes", "projection", "consequences", "groups"),
    ),
    Chapter(
        "labour",
        needs=(
            *AGES, *AGE_TABLES, *REGIONS, "external_flow_totals", "life_expectancy_female", "life_expectancy_male",
            "projected_life_expectancy", "total_fertility_rate", "net_migration_regional_total",
            "housing_commissioned", "population_education", "external_flows_by_education", "emigrants_by_education",
            "emigrants_by_speciality", "repatriates_by_education",
        ),
        wants=("ethnic_current", "population_1_january"),
        uses=("accounts", "demographic"),
        after=("regional_projection",),
        plan=("account", "consequences", "groups", "capital"),
    ),
    Chapter(
        "economy",
        needs=("remittances_paid", "remittances_received", "gross_domestic_product"),
        wants=(
            *REGIONS, "physicians", "teachers", "mid_year_population", "people_in_failing_buildings", "internal_od",
            "unemployment_rate", "unemployment_rate_goals", "unemployment_rate_quarter", "housing_commissioned",
            "internal_arrivals", "recorded_offences",
        ),
        after=("regions", "labour"),
    ),
    Chapter(
        "projection",
        needs=(*FORWARD, "projection_un_population", "net_migration"),
        wants=(FLOWS, "ethnic_current"),
        uses=("accounts",), plan=("processes", "projection", "scenarios"),
    ),
    Chapter(
        "regional_projection",
        needs=REGIONAL_PROJECTION,
        wants=("ethnic_current",),
        uses=("accounts",),
        after=("projection",),
        plan=("processes", "projection", "regions", "scenarios"),
    ),
    Chapter(
        "voters", needs=REGIONAL_PROJECTION, wants=("ethnic_current",), uses=("accounts",),
        plan=("processes", "projection", "regions", "scenarios"),
    ),
    Chapter(
        "published_forecasts",
        needs=("published_forecasts",),
        wants=("population_1_january", "un_revision_population"),
        after=("projection", "regional_projection", "skill"),
    ),
    Chapter(
        "skill",
        needs=(*AGES, "partners_wpp", "partners_working_ages", "population_age_sex"),
        wants=(
            *REGIONS, "population_regional", "vital_regional", "un_revisions", "un_revision_population",
            "un_revision_net_migration",
        ),
        plan=("skill",),
    ),
    Chapter(
        "claims",
        needs=("claims.yaml",),
        wants=(
            *CENSUSES, "natural_increase", "net_migration", *OTHER_NET, "ethnic_census", "emigrants_by_ethnic_group",
            "emigrants", "evacuation_of_the_ussr", "marriages_between_groups", "foreign_labour", "economy_national",
            "published_movements", "published_natural_rates", "survey_results", "ethnic_current",
        ),
    ),
    Chapter(
        "conclusion",
        needs=("measures.yaml", *REGIONAL_PROJECTION),
        wants=(
            "ethnic_current", "external_flows", "foreign_labour", "repatriate_quota", "repatriates", "survey_results",
            "unit_costs",
        ),
        uses=("accounts", "regional_projection"),
        after=("factors", "projection"),
        plan=("processes", "projection", "regions"),
    ),
    Chapter("course", needs=("course.yaml",)),
    Chapter("notions", uses=("retrospective",), after=(EVERY,)),
)  # fmt: skip


def chapter_of(name: str, chapters: Iterable[Chapter] = CHAPTERS) -> Chapter:
    """The chapter `name`.

    Raises
    ------
    UnknownName
        There is no such chapter.

    """
    known = {chapter.id: chapter for chapter in chapters}
    if name not in known:
        raise UnknownName("study.chapter.unknown", chapter=name, known=", ".join(known))
    return known[name]


def before(chapter: Chapter, chapters: Iterable[Chapter] = CHAPTERS) -> tuple[str, ...]:
    """Ids of the chapters that are computed before this one, in the order of `chapters`."""
    named = {*chapter.uses, *chapter.after}
    others = (one for one in chapters if one.id != chapter.id)
    return tuple(one.id for one in others if one.id in named or (EVERY in named and EVERY not in one.after))


def in_order(chapters: Iterable[Chapter] = CHAPTERS) -> tuple[Chapter, ...]:
    """Chapters so that each stands after those it reads, else as they are.

    Raises
    ------
    UnknownName
        A chapter uses one that is not there, or chapters use each other in a circle.

    """
    waiting = list(chapters)
    known, placed, found = {chapter.id for chapter in waiting}, set[str](), list[Chapter]()
    for chapter in waiting:
        for name in chapter.uses:
            if name not in known:
                raise UnknownName("study.chapter.uses", chapter=chapter.id, uses=name)
    whole = tuple(waiting)
    while waiting:
        ready = [chapter for chapter in waiting if placed.issuperset(before(chapter, whole))]
        if not ready:
            raise UnknownName("study.chapter.circle", chapters=", ".join(chapter.id for chapter in waiting))
        found += ready
        placed |= {chapter.id for chapter in ready}
        waiting = [chapter for chapter in waiting if chapter.id not in placed]
    return tuple(found)


def figures_of(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of figures: "*" written out as all tables of the pack, a list as the figures it names; other files left out.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> figures_of(open_pack("georgia"), ("forms.csv", "births", "claims.yaml"))
    ('immigrants', 'emigrants', 'external_flows', 'refugees', 'births')

    """
    found = dict.fromkeys(one for name in names for one in _written_out(pack, name))
    return tuple(name for name in found if not name.endswith(FILES))


def _written_out(pack: Pack, name: str) -> tuple[str, ...]:
    if name == EVERY:
        return tuple(pack.tables())
    return listed(pack, name) if name in LISTS else (name,)


def listed(pack: Pack, name: str) -> tuple[str, ...]:
    """Ids of the figures that a list of the pack names."""
    table = pack.statements() if name == LISTS[0] else pack.forms()
    return tuple(dict.fromkeys(str(figure) for figure in table["figure"].drop_nulls()))


def absent(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the figures and files that the pack does not hold, or holds without a row."""
    named = tuple(names)
    files = tuple(name for name in named if name.endswith(FILES) and not _filled(pack, name))
    silent = unstated(pack) if STATEMENTS in named and STATEMENTS not in files else ()
    return (*files, *silent, *inputs.available(pack, figures_of(pack, [name for name in named if name not in LISTS])))


def allows(pack: Pack, chapter: Chapter, figure: str) -> bool:
    """Whether a chapter may read a figure: it names the figure, or the table that holds it."""
    named = {name.partition(":")[0] for name in figures_of(pack, (*chapter.needs, *chapter.wants))}
    return figure in named or inputs.spec(pack, figure).table in named


def _filled(pack: Pack, file: str) -> bool:
    if file in LISTS:
        figures = listed(pack, file)
        return len(inputs.available(pack, figures)) < len(figures)
    return (pack.path / file).is_file() and bool(pack.document(file))


def absences(pack: Pack, chapters: Iterable[Chapter] = CHAPTERS) -> Mapping[str, Absence]:
    """Chapters that the pack does not carry, each with the reason, in the order in which they would be computed."""
    found: dict[str, Absence] = {}
    for chapter in in_order(chapters):
        figures, parts = absent(pack, chapter.needs), tuple(name for name in chapter.uses if name in found)
        if figures or parts:
            found[chapter.id] = Absence(chapter.id, figures, parts)
    return found
