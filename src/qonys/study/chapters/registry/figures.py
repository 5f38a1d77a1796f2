"""Ids of figures that several chapters read, by what they are read for."""

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
