"""Qonys: an open laboratory and observatory of human migration.

Functions take pandas or Polars frames, Arrow tables, mappings of columns, paths of files, or quantities. Most give a
`Result`: `.frame` (Polars; `.to_pandas()`), `.tables`, `.notes`, `.plot()`, `.to_csv(path)`, `.cite()`. Columns of
other names are named with `columns={"origin": "from"}`. Every error is one sentence.

>>> import qonys
>>> seed = {"origin": ["a", "a", "b", "b"], "destination": ["c", "d", "c", "d"], "value": [1, 1, 1, 1]}
>>> margins = [{"origin": ["a", "b"], "value": [30, 70]}, {"destination": ["c", "d"], "value": [40, 60]}]
>>> qonys.rake(seed, margins).frame["value"].round(6).to_list()
[12.0, 18.0, 28.0, 42.0]

Flows
    flows_from_stocks          flows between places from stocks of migrants by birthplace
    rake, ipf                  a table brought to its margins (iterative proportional fitting)
    flows_from_net             flows nearest to a pattern with given net migration
    multiplicative_components  flows taken apart into total, origins, destinations, association
    migration_indicators       intensity, effectiveness, distance, ties, concentration, with errors
    classify_forms             forms of migration and United Nations classes of records of moves
    protect_table              small counts withheld so that none can be found from totals

Population and its change
    components_of_change           natural increase and net migration between counts
    net_migration_residual         net migration by age from mortality and two counts
    net_migration_census_survival  the same with the survival of the whole country
    life_table, life_expectancy    from death rates, or from deaths and exposure
    graduate                       single years of age from groups
    age_structure                  dependency, support, median age
    diversity                      fractionalisation, polarisation, entropy of groups
    decompose                      a change taken apart into its factors (Kitagawa, Das Gupta)

Age and time
    age_schedule, model_schedule   model schedules of Rogers and Castro: fitted, and published families
    breaks                         structural breaks with the confidence of their dates
    trend_and_shock                long-term trend, reactions to dated events, rest

Why people move
    gravity                        gravity by PPML with fixed effects
    contributions                  what each group of factors explains (Shapley)
    interplay                      internal and external migration as one system (panel VAR)
    segregation                    segregation of groups over places, bias removed

Surveys
    survey_design                  the design of a sample: weights, strata, clusters, calibration, replicates
    survey_table                   weighted shares, means, totals, ratios, cross-tables
    survey_test, survey_trend      differences between groups, changes between waves
    survey_model                   multinomial and ordered logit, linear regression
    survey_classes, survey_map     latent classes; multiple correspondence analysis
    migration_potential            from intentions to numbers of movers
    settling                       who stays (приживаемость)
    adaptation                     adaptation of migrants by domain

Countries
    country, table                 a country pack; one of its tables with the sources
    project                        probabilistic projection of the nation, regions and groups
    backtest                       how such forecasts would have done
    migration_consequences         the population with and without migration
    claims                         quantitative claims against every source
    reconcile                      one account from statements that disagree
    fan_chart                      a projection's fan as SVG
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qonys.face.countries import backtest, claims, fan_chart, migration_consequences, project, table
    from qonys.face.country import Country, country
    from qonys.face.counts import (
        components_of_change,
        net_migration_census_survival,
        net_migration_residual,
        reconcile,
    )
    from qonys.face.factors import contributions, gravity, interplay
    from qonys.face.flows import flows_from_net, flows_from_stocks, ipf, multiplicative_components, rake
    from qonys.face.measures import classify_forms, migration_indicators, protect_table
    from qonys.face.mortality import graduate, life_expectancy, life_table
    from qonys.face.result import Result
    from qonys.face.schedules import age_schedule, model_schedule
    from qonys.face.series import breaks, trend_and_shock
    from qonys.face.structure import age_structure, decompose, diversity, segregation
    from qonys.face.surveys.design import Survey, survey_design
    from qonys.face.surveys.models import survey_classes, survey_map, survey_model
    from qonys.face.surveys.people import adaptation, migration_potential, settling
    from qonys.face.surveys.tables import survey_table, survey_test, survey_trend

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
    "components_of_change",
    "contributions",
    "country",
    "decompose",
    "diversity",
    "fan_chart",
    "flows_from_net",
    "flows_from_stocks",
    "graduate",
    "gravity",
    "interplay",
    "ipf",
    "life_expectancy",
    "life_table",
    "migration_consequences",
    "migration_indicators",
    "migration_potential",
    "model_schedule",
    "multiplicative_components",
    "net_migration_census_survival",
    "net_migration_residual",
    "project",
    "protect_table",
    "rake",
    "reconcile",
    "segregation",
    "settling",
    "survey_classes",
    "survey_design",
    "survey_map",
    "survey_model",
    "survey_table",
    "survey_test",
    "survey_trend",
    "table",
    "trend_and_shock",
]
__version__ = "0.1.0"

PUBLIC: dict[str, tuple[str, ...]] = {
    "flows": ("flows_from_stocks", "rake", "ipf", "flows_from_net", "multiplicative_components"),
    "measures": ("migration_indicators", "classify_forms", "protect_table"),
    "counts": (
        "components_of_change", "net_migration_residual", "net_migration_census_survival", "reconcile",
    ),
    "mortality": ("life_table", "life_expectancy", "graduate"),
    "schedules": ("age_schedule", "model_schedule"),
    "series": ("breaks", "trend_and_shock"),
    "factors": ("gravity", "contributions", "interplay"),
    "structure": ("segregation", "diversity", "age_structure", "decompose"),
    "country": ("country", "Country"),
    "surveys.design": ("survey_design", "Survey"),
    "surveys.tables": ("survey_table", "survey_test", "survey_trend"),
    "surveys.models": ("survey_model", "survey_classes", "survey_map"),
    "surveys.people": ("migration_potential", "settling", "adaptation"),
    "countries": ("table", "project", "backtest", "migration_consequences", "claims", "fan_chart"),
    "result": ("Result",),
}  # fmt: skip
MODULES: dict[str, str] = {name: module for module, names in PUBLIC.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module 'qonys' has no attribute {name!r}")
    found = getattr(import_module(f"qonys.face.{MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
