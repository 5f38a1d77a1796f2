"""The present: who comes and goes, languages, other states, town and village, forms, flows between countries."""

from __future__ import annotations

from qonys.study.chapters.registry.chapter import Chapter
from qonys.study.chapters.registry.figures import HISTORY, REGIONAL_ACCOUNT, REGIONS

PRESENT = (
    Chapter(
        "present",
        wants=(
            "population_by_age_sex", "internal_od", "external_flow_totals", "repatriates_arrived",
            "repatriate_quota_national", "net_migration", "net_between_regions_released", "internal_moves_released",
        ),
        plan=("present",),
    ),
    Chapter(
        "emigrants", needs=("external_flows_own_report", "external_flow_totals"),
        wants=("emigrants_by_region", "emigrants_by_region_and_country"), after=("retrospective",),
    ),
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
)  # fmt: skip
