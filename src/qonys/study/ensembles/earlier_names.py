"""Names that stored objects bore before their modules and classes got better ones; files with them open as before."""

from __future__ import annotations

MODULES = {
    "qonys.kernels.balance": "qonys.kernels.flows.balance",
    "qonys.kernels.chain_checks": "qonys.kernels.processes.chain_checks",
    "qonys.kernels.cohort_component": "qonys.kernels.cohorts.component",
    "qonys.kernels.double_logistic": "qonys.kernels.processes.double_logistic",
    "qonys.kernels.hierarchical_ar": "qonys.kernels.processes.hierarchical_ar",
    "qonys.kernels.low_rank": "qonys.kernels.multiregional.low_rank",
    "qonys.kernels.mortality_model": "qonys.kernels.mortality.level_model",
    "qonys.kernels.multiregional": "qonys.kernels.multiregional.step",
    "qonys.kernels.multiregional_engine": "qonys.kernels.multiregional.engine",
    "qonys.kernels.regime_process": "qonys.kernels.processes.regime_process",
    "qonys.kernels.regime_sampler": "qonys.kernels.processes.regime_sampler",
    "qonys.kernels.schedules": "qonys.kernels.schedules.curves",
    "qonys.kernels.trend_model": "qonys.kernels.processes.trend_model",
    "qonys.projection.dependence": "qonys.projection.processes.dependence",
    "qonys.projection.migration": "qonys.projection.processes.migration",
    "qonys.projection.regional": "qonys.projection.regional.project",
    "qonys.projection.regional_alignment": "qonys.projection.regional.alignment",
    "qonys.projection.regional_drivers": "qonys.projection.regional.drivers",
    "qonys.projection.regional_history": "qonys.projection.regional.history",
    "qonys.projection.regional_inputs": "qonys.projection.regional.inputs",
    "qonys.projection.regional_processes": "qonys.projection.regional.processes",
    "qonys.projection.regional_reruns": "qonys.projection.regional.reruns",
    "qonys.projection.regional_result": "qonys.projection.regional.result",
    "qonys.projection.vital": "qonys.projection.processes.vital",
    "qonys.projection.vital_logistic": "qonys.projection.processes.vital_logistic",
    "qonys.study.past": "qonys.study.hindcast.national",
    "qonys.study.projecting": "qonys.study.base.national",
    "qonys.study.regional_ages": "qonys.study.base.ages",
    "qonys.study.regional_figures": "qonys.study.base.middle",
    "qonys.study.regional_groups": "qonys.study.base.groups",
    "qonys.study.regional_inputs": "qonys.study.base.regional",
    "qonys.study.regional_rates": "qonys.study.base.rates",
}
CLASSES = {
    "Driven": "RegionalForcing",
    "Given": "FixedPaths",
    "Held": "BoundedLifeExpectancy",
    "Middle": "MidYearPopulation",
    "Partly": "PartialMargin",
    "Remembered": "CachedPaths",
    "Shapes": "NestedRegions",
    "Standing": "FixedRates",
    "Stray": "RegionalFactors",
    "Wander": "AR1Process",
    "Younger": "GroupAgeTilt",
}
# names that changed in a module that kept its own, and fields by the present name of their class
RENAMED = {
    "qonys.kernels.processes.chain_checks:Check": "qonys.kernels.processes.chain_checks:ChainCheck",
    "qonys.projection.national:Inputs": "qonys.projection.national:NationalInputs",
}
FIELDS = {
    "qonys.projection.national:NationalInputs": {"gap": "sex_gap", "into": "immigrant_ages", "out": "emigrant_ages"},
}


def current_name(name: str) -> str:
    """The name, `module:class`, that a stored name has now.

    Examples
    --------
    >>> current_name("qonys.projection.regional_processes:Wander")
    'qonys.projection.regional.processes:AR1Process'

    """
    module, _, title = name.partition(":")
    if module in MODULES:
        name = f"{MODULES[module]}:{CLASSES.get(title, title)}"
    return RENAMED.get(name, name)


def current_fields(name: str, fields: dict[str, object]) -> dict[str, object]:
    """The fields of an object of the class `name`, as it is called now, by the names that they have now.

    Examples
    --------
    >>> current_fields("qonys.projection.national:NationalInputs", {"gap": 1, "turnover": 2})
    {'sex_gap': 1, 'turnover': 2}

    """
    known = FIELDS.get(name, {})
    return {known.get(field, field): value for field, value in fields.items()}
