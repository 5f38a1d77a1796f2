"""Causes: factors, motives, intentions, the chain of a move, the place of groups, what keeps repatriates."""

from __future__ import annotations

from qonys.study.chapters.registry.chapter import Chapter
from qonys.study.chapters.registry.figures import FACTORS, REGIONAL_PROJECTION

LAW = ("acts", "changes", "parameters", "values", "conventions", "obligations", "searched")

CAUSES = (
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
        "behaviour",
        needs=(*REGIONAL_PROJECTION, "internal_od"),
        wants=(
            "ethnic_current", "external_flow_totals_own_report", "external_flows_by_country",
            "intention_by_age", "intention_considers", "intention_plans", "population_education",
        ),
        uses=("accounts",), after=("projection", "regional_projection"), plan=("processes", "projection", "regions"),
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
        "law", needs=("law/acts.csv",),
        wants=(
            *(f"law/{name}.csv" for name in LAW[1:]), "foreign_labour", "net_migration", "repatriate_quota",
            "unit_costs",
        ),
        after=("accounts",),
    ),
)  # fmt: skip
