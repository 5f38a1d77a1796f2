"""Components of change by region in the oldest common boundaries; regional net migration rates."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs import series
from qonys.inputs.regions import recount_years
from qonys.measurement.regions import regional_components, regional_residual
from qonys.study.runs.parts import YEAR_ON
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "measurement.regions.regional_components"


def compute(pack: Pack, results: Results) -> None:
    """Add components by region over all years and the annual rates by region."""
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    with results.part() as counted:
        population, births, deaths = series.regional_years(pack, vintage)
    found = regional_components(population, births, deaths, recount_years(pack))
    sources = inputs.sources_of(pack, ("births_regional", "deaths_regional", "population_regional_total"))
    frame = pl.DataFrame(
        {
            "region": list(found.regions.labels),
            "start_population": found.start,
            "end_population": found.end,
            "natural": found.natural,
            "migration": found.migration,
            "recount": found.recount,
        }
    )
    residual = regional_residual(population, births, deaths)
    middle = (population.values[:-1] + population.values[1:]) / 2
    years = [int(str(year)) for year in births.axis("time").labels]
    recounted = set(recount_years(pack))
    rates = pl.DataFrame(
        [
            {
                "year": year,
                "region": str(region),
                "net": float(residual[i, j]),
                "rate": float(1000 * residual[i, j] / middle[i, j]),
                "recount": year in recounted,
            }
            for i, year in enumerate(years)
            for j, region in enumerate(found.regions.labels)
        ]
    )
    assert np.isfinite(residual).all()
    with results.part(counted):
        results.add(Number("regions.first", years[0], "year"), Number("regions.last", years[-1] + 1, "year"))
    with results.part(counted, keys=("region",)):
        results.add(TableResult("components_by_region", frame, "persons", 3, sources, METHOD))
    with results.part(counted, keys=(YEAR_ON, "region")):
        results.add(TableResult("regional_net_migration", rates, "per_1000", 3, sources, METHOD))
