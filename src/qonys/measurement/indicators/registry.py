"""What every migration indicator is: its code, level, variants, unit and source.

The name and the definition of an indicator are in the word catalogues under
`indicator.<code>.name` and `indicator.<code>.definition`.
"""

from __future__ import annotations

from dataclasses import dataclass

from qonys import words

_BELL = "Bell et al. (2002), Journal of the Royal Statistical Society A 165: 435-464"
_MUHIDIN = "Bell and Muhidin (2009), Human Development Research Paper 2009/30"
_MANUAL = "United Nations (1970), Manual VI, chapter IV"
_BERNARD = "Bernard, Bell and Charles-Edwards (2014), Population Studies 68: 179-195"
_PLANE = "Plane and Mulligan (1997), Demography 34: 251-262; " + _BELL


@dataclass(frozen=True)
class IndicatorDefinition:
    """One indicator. `level` is system, region, pair, group, age, cohort or table; `needs` names other tables."""

    code: str
    level: str
    unit: str
    reference: str
    variants: tuple[str, ...] = ("",)
    needs: tuple[str, ...] = ()

    def name(self, language: str = "en") -> str:
        """Short name in `language`."""
        return words.text(f"indicator.{self.code}.name", language)

    def definition(self, language: str = "en") -> str:
        """What is divided by what, in one or two sentences of `language`."""
        return words.text(f"indicator.{self.code}.definition", language)


_GINI = ("total", "rows", "columns", "exchange")
_LIST = (
    IndicatorDefinition("moves", "table", "moves", _BELL, ("", "arrivals", "departures")),
    IndicatorDefinition("intra_moves", "table", "moves", _BELL),
    IndicatorDefinition("empty_cells", "table", "pairs", ""),
    IndicatorDefinition("regions", "table", "regions", ""),
    IndicatorDefinition("imbalance", "table", "moves", "", ("arrivals_less_departures",)),
    IndicatorDefinition(
        "cmi",
        "system",
        "per_100",
        _BELL,
        ("crude", "standardised_mean_population", "standardised_given", "arrivals", "departures"),
        ("population",),
    ),
    IndicatorDefinition(
        "courgeau_k", "system", "per_100", "Courgeau (1973), Population 28: 95-129", ("crude",), ("population",)
    ),
    IndicatorDefinition(
        "acmi",
        "system",
        "per_100",
        "Courgeau, Muhidin and Bell (2012), Population (English) 67: 631-651",
        ("slope", "start", "at_households"),
        ("population",),
    ),
    IndicatorDefinition("mei", "region", "percent", "Shryock and Siegel (1975); " + _BELL, ("system", "region")),
    IndicatorDefinition("anmr", "system", "per_100", _BELL, ("system",), ("population",)),
    IndicatorDefinition(
        "imi",
        "system",
        "ratio",
        "Rees et al. (2017), Population, Space and Place 23: e2036; scaling by plain means is ours",
        ("relative_to_mean_of_periods",),
        ("population",),
    ),
    IndicatorDefinition("rate", "region", "per_1000", _MANUAL, ("in", "out", "net", "gross"), ("population",)),
    IndicatorDefinition(
        "results",
        "region",
        "per_1000",
        "Usage of Soviet and Russian statistics",
        ("departures_per_1000_arrivals", "net_to_turnover"),
    ),
    IndicatorDefinition("connectivity", "system", "share", _BELL, ("nonzero",)),
    IndicatorDefinition("inequality", "system", "share", _BELL, ("equal", "quasi_independent")),
    IndicatorDefinition(
        "gini",
        "system",
        "share",
        _PLANE,
        (*_GINI, *(f"{name}_corrected" for name in _GINI), *(f"{name}_standardised" for name in _GINI[1:])),
    ),
    IndicatorDefinition("gini_field", "region", "share", _PLANE, ("out", "in", "out_corrected", "in_corrected")),
    IndicatorDefinition(
        "mwg",
        "system",
        "share",
        _BELL,
        ("out", "in", "mean", "out_corrected", "in_corrected", "mean_corrected"),
    ),
    IndicatorDefinition(
        "acv",
        "system",
        "ratio",
        "Rogers and Sweeney (1998), Professional Geographer 50: 232-242",
        ("out", "in", "total"),
    ),
    IndicatorDefinition("distance", "system", "distance", _BELL, ("mean", "median"), ("distances",)),
    IndicatorDefinition(
        "decay",
        "system",
        "exponent",
        "Flowerdew and Aitkin (1982), Journal of Regional Science 22: 191-202",
        ("poisson_origin_destination",),
        ("distances",),
    ),
    IndicatorDefinition(
        "hoover",
        "system",
        "percent",
        "Hoover (1941), Journal of Economic History 1",
        ("population_area",),
        (
            "population",
            "areas",
        ),
    ),
    IndicatorDefinition(
        "redistribution",
        "system",
        "share",
        _MANUAL,
        ("total",),
        ("population",),
    ),
    IndicatorDefinition("selectivity", "group", "ratio", _MANUAL, ("group",), ("population",)),
    IndicatorDefinition(
        "gmr",
        "age",
        "moves_per_life",
        "Rogers (1975), Introduction to multiregional mathematical demography",
        ("",),
        ("population",),
    ),
    IndicatorDefinition(
        "expectancy",
        "age",
        "moves_per_life",
        "Wilber (1963), American Journal of Sociology 68; Long (1973)",
        ("",),
        ("population", "survivors"),
    ),
    IndicatorDefinition("peak_intensity", "age", "per_100", _BELL, ("",), ("population",)),
    IndicatorDefinition("peak_age", "age", "years", _BELL, ("start", "width"), ("population",)),
    IndicatorDefinition("peak_breadth", "age", "moves_per_life", _MUHIDIN, ("", "years_covered"), ("population",)),
    IndicatorDefinition("peak_share", "age", "percent", _MUHIDIN, ("",), ("population",)),
    IndicatorDefinition("murc", "age", "per_year_of_age", _BERNARD, ("rate", "age"), ("population",)),
    IndicatorDefinition("mdrc", "age", "per_year_of_age", _BERNARD, ("rate", "age"), ("population",)),
    IndicatorDefinition("asymmetry", "age", "ratio", _BERNARD, ("ages", "rates"), ("population",)),
    IndicatorDefinition("open_age_width", "table", "years", "", ("",), ("population",)),
    IndicatorDefinition(
        "kims",
        "pair",
        "ratio",
        "L. L. Rybakovsky; Рыбаковский Л. Л., Кожевникова Н. И., Савинков В. И. (2019), "
        "DOI 10.24411/1999-9836-2019-10070; definition, not the printed formula",
        tuple(f"{by}_{base}" for by in ("arrivals", "departures") for base in ("others", "all", "flows")),
    ),
    IndicatorDefinition("preference", "pair", "ratio", "Bachi (1957); " + _MANUAL, ("",), ("population",)),
    IndicatorDefinition(
        "velocity", "pair", "ratio", "Bogue, Shryock and Hoermann (1957); " + _MANUAL, ("",), ("population",)
    ),
    IndicatorDefinition(
        "settling",
        "cohort",
        "share",
        "Usage of Soviet and Russian migration studies (L. L. Rybakovsky)",
        ("register", "census"),
    ),
)
DEFINITIONS: dict[str, IndicatorDefinition] = {definition.code: definition for definition in _LIST}
# variants whose unit is not that of the indicator
UNITS: dict[tuple[str, str], str] = {
    ("results", "net_to_turnover"): "percent",
    ("peak_breadth", "years_covered"): "years",
    ("murc", "age"): "years",
    ("mdrc", "age"): "years",
    **{("gini", f"{name}_standardised"): "percent" for name in _GINI[1:]},
}


def unit(code: str, variant: str) -> str:
    """Unit of one variant.

    Examples
    --------
    >>> unit("gini", "total"), unit("gini", "rows_standardised")
    ('share', 'percent')
    """
    return UNITS.get((code, variant), DEFINITIONS[code].unit)
