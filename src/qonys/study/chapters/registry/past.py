"""The data and the past: populations of the censuses, accounts, groups, regions, ages, shocks."""

from __future__ import annotations

from qonys.study.chapters.registry.chapter import EVERY, Chapter
from qonys.study.chapters.registry.figures import CENSUSES, OTHER_NET, REGIONAL_ACCOUNT, REGIONS

PAST = (
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
)  # fmt: skip
