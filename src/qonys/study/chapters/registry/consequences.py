"""Consequences for population, labour and the economy."""

from __future__ import annotations

from qonys.study.chapters.registry.chapter import Chapter
from qonys.study.chapters.registry.figures import AGE_TABLES, AGES, FLOWS, FORWARD, REGIONS

CONSEQUENCES = (
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
)  # fmt: skip
