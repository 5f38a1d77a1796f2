"""The outlook: projections, forecasts and their skill, claims, conclusion, questions, notions."""

from __future__ import annotations

from qonys.study.chapters.registry.chapter import EVERY, Chapter
from qonys.study.chapters.registry.figures import (
    AGES,
    CENSUSES,
    FLOWS,
    FORWARD,
    OTHER_NET,
    REGIONAL_PROJECTION,
    REGIONS,
)

OUTLOOK = (
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
        after=("potential",), plan=("processes", "projection", "regions", "scenarios"),
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
        "proposals", needs=("proposals.yaml", "measures.yaml", "course.yaml"), uses=("conclusion",),
        after=("law", "forms", "identity", "representation", "potential"),
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
