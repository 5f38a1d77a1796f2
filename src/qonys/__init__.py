"""Qonys: an open laboratory and observatory of human migration.

Functions accept pandas or Polars data frames, Arrow tables, mappings of columns, file paths, or quantities. Most return
a `Result`: `.frame` (Polars; `.to_pandas()`), `.tables`, `.notes`, `.plot()`, `.to_csv(path)`, `.cite()`. If your
columns have other names, say so: `columns={"origin": "from"}`. Every error message is one sentence.

>>> import qonys
>>> seed = {"origin": ["a", "a", "b", "b"], "destination": ["c", "d", "c", "d"], "value": [1, 1, 1, 1]}
>>> margins = [{"origin": ["a", "b"], "value": [30, 70]}, {"destination": ["c", "d"], "value": [40, 60]}]
>>> qonys.rake(seed, margins).frame["value"].round(6).to_list()
[12.0, 18.0, 28.0, 42.0]

Flows
    flows_from_stocks          bilateral flows from migrant stocks by birthplace
    rake, ipf                  a table fitted to known margins (iterative proportional fitting)
    flows_from_net             flows closest to a pattern, with given net migration
    multiplicative_components  total, origin, destination and association components of flows
    migration_indicators       intensity, effectiveness, distance, connectivity, concentration
    classify_forms             form of migration and United Nations class of each recorded move
    protect_table              small counts suppressed so that totals do not disclose them

Population and its change
    components_of_change           natural increase and net migration between censuses or counts
    net_migration_residual         net migration by age from mortality and two counts
    net_migration_census_survival  the same, by census survival ratios of the whole country
    life_table, life_expectancy    from death rates, or from deaths and exposure
    multiregional_life_table       from death rates by region and moves between the regions
    graduate                       single years of age from age groups
    project_population             any population projected from your own tables of rates
    age_structure                  dependency ratios, support ratio, median age
    diversity                      fractionalisation, polarisation, entropy of groups
    decompose                      a change decomposed into effects of its factors (Kitagawa, Das Gupta)

Age and time
    age_schedule, model_schedule   Rogers–Castro model migration schedules, fitted or published
    breaks                         structural breaks with confidence intervals of their dates
    trend_and_shock                long-term trend, responses to dated events, remainder
    effect                         effect of a dated event: interrupted series, synthetic control, event study

Why people move
    gravity                        gravity model, PPML with fixed effects
    contributions                  share of the deviance explained by each group of factors (Shapley)
    interplay                      internal and external migration as one system (panel VAR)
    segregation                    residential segregation of groups, corrected for small-sample bias

Surveys
    survey_design                  sampling design: weights, strata, clusters, calibration, replicates
    survey_table                   weighted proportions, means, totals, ratios, cross-tabulations
    survey_test, survey_trend      differences between groups, changes between waves
    survey_model                   multinomial and ordered logit, linear regression
    survey_classes, survey_map     latent class analysis; multiple correspondence analysis
    survey_identity                scales: reliability, measurement invariance between groups
    social_distance                Bogardus scale, reproducibility
    survey_mobility                mobility tables: movers and stayers, log-linear models
    migration_potential            expected number of migrants from stated intentions
    settling                       retention of migrants (приживаемость)
    adaptation                     adaptation of migrants by domain of life

Texts
    coder_agreement                Krippendorff's alpha, Cohen's kappa
    coded_frames                   frames by year, and beside a flow

Countries
    country, table                 a country pack; one of its tables with its sources
    project                        probabilistic projection of the nation, regions and groups
    backtest                       how past forecasts of this kind would have performed
    migration_consequences         the population with and without migration
    migration_behaviour            intention, plan, move and settling of persons and groups
    claims                         quantitative claims checked against every source
    reconcile                      one demographic account from inconsistent sources
    fan_chart                      fan chart of a projection as SVG
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qonys.face.behaviour import migration_behaviour
    from qonys.face.countries import backtest, claims, fan_chart, migration_consequences, project, table
    from qonys.face.country import Country, country
    from qonys.face.counts import (
        components_of_change,
        net_migration_census_survival,
        net_migration_residual,
        reconcile,
    )
    from qonys.face.effects import effect
    from qonys.face.factors import contributions, gravity, interplay
    from qonys.face.flows import flows_from_net, flows_from_stocks, ipf, multiplicative_components, rake
    from qonys.face.measures import classify_forms, migration_indicators, protect_table
    from qonys.face.mortality import graduate, life_expectancy, life_table, multiregional_life_table
    from qonys.face.populations import project_population
    from qonys.face.result import Result
    from qonys.face.schedules import age_schedule, model_schedule
    from qonys.face.series import breaks, trend_and_shock
    from qonys.face.structure import age_structure, decompose, diversity, segregation
    from qonys.face.surveys.design import Survey, survey_design
    from qonys.face.surveys.identity import social_distance, survey_identity
    from qonys.face.surveys.mobility import survey_mobility
    from qonys.face.surveys.models import survey_classes, survey_map, survey_model
    from qonys.face.surveys.people import adaptation, migration_potential, settling
    from qonys.face.surveys.tables import survey_table, survey_test, survey_trend
    from qonys.face.texts import coded_frames, coder_agreement

__all__ = [
    "Country",
    "Result",
    "Survey",
    "__version__",
    "adaptation",
    "age_schedule",
    "age_structure",
    "backtest",
    "breaks",
    "claims",
    "classify_forms",
    "coded_frames",
    "coder_agreement",
    "components_of_change",
    "contributions",
    "country",
    "decompose",
    "diversity",
    "effect",
    "fan_chart",
    "flows_from_net",
    "flows_from_stocks",
    "graduate",
    "gravity",
    "interplay",
    "ipf",
    "life_expectancy",
    "life_table",
    "migration_behaviour",
    "migration_consequences",
    "migration_indicators",
    "migration_potential",
    "model_schedule",
    "multiplicative_components",
    "multiregional_life_table",
    "net_migration_census_survival",
    "net_migration_residual",
    "project",
    "project_population",
    "protect_table",
    "rake",
    "reconcile",
    "segregation",
    "settling",
    "social_distance",
    "survey_classes",
    "survey_design",
    "survey_identity",
    "survey_map",
    "survey_mobility",
    "survey_model",
    "survey_table",
    "survey_test",
    "survey_trend",
    "table",
    "trend_and_shock",
]
__version__ = "0.1.0"
DEFAULT_PACK = "kazakhstan"  # of whoever names none

PUBLIC: dict[str, tuple[str, ...]] = {
    "flows": ("flows_from_stocks", "rake", "ipf", "flows_from_net", "multiplicative_components"),
    "measures": ("migration_indicators", "classify_forms", "protect_table"),
    "counts": (
        "components_of_change", "net_migration_residual", "net_migration_census_survival", "reconcile",
    ),
    "mortality": ("life_table", "life_expectancy", "multiregional_life_table", "graduate"),
    "populations": ("project_population",),
    "schedules": ("age_schedule", "model_schedule"),
    "series": ("breaks", "trend_and_shock"),
    "effects": ("effect",),
    "factors": ("gravity", "contributions", "interplay"),
    "structure": ("segregation", "diversity", "age_structure", "decompose"),
    "country": ("country", "Country"),
    "surveys.design": ("survey_design", "Survey"),
    "surveys.tables": ("survey_table", "survey_test", "survey_trend"),
    "texts": ("coder_agreement", "coded_frames"),
    "surveys.identity": ("survey_identity", "social_distance"),
    "surveys.mobility": ("survey_mobility",),
    "surveys.models": ("survey_model", "survey_classes", "survey_map"),
    "surveys.people": ("migration_potential", "settling", "adaptation"),
    "countries": ("table", "project", "backtest", "migration_consequences", "claims", "fan_chart"),
    "behaviour": ("migration_behaviour",),
    "result": ("Result",),
}  # fmt: skip
MODULES: dict[str, str] = {name: module for module, names in PUBLIC.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "course":
        return import_module("qonys.course")
    if name not in MODULES:
        raise AttributeError(f"module 'qonys' has no attribute {name!r}")
    found = getattr(import_module(f"qonys.face.{MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
