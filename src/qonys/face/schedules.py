"""Age schedules of migration: fitted, or from published families."""

from __future__ import annotations

from collections.abc import Sequence

from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, sources_of
from qonys.face.result import Note, Result
from qonys.figures.results import View
from qonys.measurement.schedules import families, family
from qonys.study.analyses.schedules import AGES, KEYS, schedules_of_table


@offered
def age_schedule(rates: Table, *, sizes: Sequence[int] = (7, 9, 11, 13), columns: Columns = None) -> Result:
    """A Rogers–Castro model migration schedule fitted to data, with errors; the number of components is chosen by BIC.

    Parameters
    ----------
    rates
        age_start, value, optional age_end (inclusive), exposure (person-years), region, group, sex. With exposure,
        `value` is a count of moves (Poisson likelihood); without it `value` is a rate (least squares).
    sizes
        Numbers of parameters tried: 7 (childhood, labour, constant), 9 (old-age slope), 11 (retirement peak), 13. Of
        several, only models whose parameters the data identify are candidates; one alone is taken, with a warning
        where they do not.
    columns
        Standard column name to your column name: {"age_start": "age", "value": "migrants", "exposure": "pop"}.

    Returns
    -------
    parameter, value, error, low, high (95%), scaled_error (allowing for overdispersion). Tables: `models`
    (BIC of each size, `identified`), `curves` (age, rate, low, high), `indices` (gross rate, peak age, ...), `failed`.

    Raises
    ------
    BadInput
        Gaps or overlaps between age groups, negative or empty values, too few age groups, no identified model.

    Notes
    -----
    Source: Rogers and Castro (1981), Model Migration Schedules, RR-81-30; choice by BIC: Schwarz (1978).

    Examples
    --------
    >>> import qonys
    >>> known = qonys.model_schedule("fundamental", gmr=1.0).frame
    >>> rates = {"age_start": range(101), "value": known["rate"]}
    >>> found = qonys.age_schedule(rates, sizes=[7]).table("indices")
    >>> found.filter(index="peak_age")["value"].to_list()
    [23.5]
    """
    frame = frame_of(rates, AGES, "rates", columns)
    found = schedules_of_table(frame, tuple(sizes))
    tables = {"models": found.models, "curves": found.curves, "indices": found.indices, "failed": found.failed}
    keys = [name for name in KEYS if name in frame.columns]
    notes: tuple[Note, ...] = (("face.failed", {"n": found.failed.height}),) if found.failed.height else ()
    colour = keys[0] if keys else ""
    view = View("line", "age", "rate", "low", "high", colour, keys[1] if len(keys) > 1 else "", "curves")
    return Result("age_schedule", found.parameters, tables, notes, (view,), found, sources_of(rates))


@offered
def model_schedule(name: str = "", *, gmr: float = 1.0, sex: str = "both", ages: Sequence[float] = ()) -> Result:
    """Rates by age of a published family of model migration schedules; without a name, all parameter sets.

    Parameters
    ----------
    name
        fundamental (Rogers and Castro), or one of six families of the United Nations; empty: all of them.
    gmr
        Gross migraproduction rate, the sum of the rates over ages 0-100.
    sex
        female or male for the families of the United Nations; both for fundamental.
    ages
        Exact ages; by default the midpoints of single years of age 0 to 100.

    Returns
    -------
    age (exact), rate (per person-year); or family, sex and parameters.

    Raises
    ------
    BadInput
        An unknown family, or a sex for which it is not available.

    Notes
    -----
    Source: Rogers and Castro (1981); United Nations (1992).

    Examples
    --------
    >>> import qonys
    >>> round(qonys.model_schedule("fundamental", gmr=2.0).frame["rate"].sum(), 6)
    2.0
    """
    if not name:
        return Result("model_schedule", families())
    exact = list(ages) or [age + 0.5 for age in range(101)]
    return Result("model_schedule", family(name, exact, gmr, sex), views=(View("line", "age", "rate"),))
