"""Model age schedules of migration: fit with errors, choice of components, pooled fits, families.

Input is tidy: columns age_start, age_end (inclusive, years), value, and exposure (person-years) if the values are
counts; key columns separate several schedules. With exposure the fit is by Poisson likelihood; without it the values
are rates per person-year fitted by least squares. Components are added only if the BIC decreases and the data identify
all parameters. Method and references: `qonys.kernels.schedules.curves`, `qonys.kernels.schedules.fit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.schedules import curves as model
from qonys.kernels.schedules.fit import ScheduleFit, ScheduleGroups, fit

Array = NDArray[np.float64]
SIZES = (7, 9, 11, 13)
FLAT = 1e-6
OF_CURVE = ("gmr", "peak_age")  # indices that need no parameter of the schedule
Z95 = 1.959963984540054
MOST = 2.0  # moves per person-year; none of the published schedules has a tenth of it


@dataclass(frozen=True)
class ScheduleFits:
    """Fitted schedules, tidy; all frames begin with the key columns.

    `parameters`: parameter, value, error, low, high, scaled_error (error times the root of the
    dispersion). `models`: parameters, deviance, bic, starts, dispersion, identified (whether the data determine all
    parameters), chosen. `curves`: age (exact), rate, low, high. `indices`: index, value (of a model that
    is not identified only those of its curve). `failed`: reason, n, need (the fewest age groups).
    """

    parameters: pl.DataFrame
    models: pl.DataFrame
    curves: pl.DataFrame
    indices: pl.DataFrame
    failed: pl.DataFrame


def fit_schedules(frame: pl.DataFrame, keys: Sequence[str] = (), sizes: Sequence[int] = SIZES) -> ScheduleFits:
    """Fit every series of the frame; of the models that its data identify the one with the lowest BIC is chosen.

    Where `sizes` names one model alone, it is taken whether it is identified or not, as `models` says.

    Raises
    ------
    BadInput
        Missing columns, negative or empty values, gaps or overlaps of ages, exposure of none with counts,
        a model size that does not exist, no series with enough age groups, or none that identifies a model.

    """
    unknown = [size for size in sizes if size not in model.MODELS]
    if unknown or not sizes:
        raise BadInput("estimation.choice", option="sizes", value=unknown[0] if unknown else "", known="7, 9, 11, 13")
    parts: dict[str, list[dict[str, object]]] = {n: [] for n in ("parameters", "models", "curves", "indices", "failed")}
    need = min(sizes) + 1
    for about, data in each_schedule(frame, keys):
        able = [size for size in sorted(sizes) if size < len(data.counts)]
        if not able or data.counts.sum() <= 0:
            reason = "schedules.few" if not able else "schedules.none"
            parts["failed"].append({**about, "reason": reason, "n": len(data.counts), "need": need})
            continue
        tried = [fit(size, data) for size in able]
        alone = len(set(sizes)) == 1
        candidates = [one for one in tried if alone or one.covariance is not None]
        if not candidates:
            reason = "schedules.none_identified" if _finer_may_help(data) else "schedules.none_identified_by_any"
            parts["failed"].append({**about, "reason": reason, "n": len(data.counts), "need": need})
            continue
        chosen = min(candidates, key=lambda found: found.bic)
        _report(parts, about, data, (tried, chosen))
    if parts["failed"] and not parts["models"]:
        raise BadInput(str(parts["failed"][0]["reason"]), n=parts["failed"][0]["n"], need=need)
    return ScheduleFits(**{name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in parts.items()})


def _finer_may_help(data: ScheduleGroups) -> bool:
    """Whether finer ages could identify a model: rates that are the same at all ages, or single years, cannot."""
    rates = data.counts if data.exposure is None else data.counts / data.exposure
    return len(data.counts) < len(data.ages) and bool(np.ptp(rates) > FLAT * rates.max())


def each_schedule(frame: pl.DataFrame, keys: Sequence[str]) -> list[tuple[dict[str, object], ScheduleGroups]]:
    """Labels and data of each series, checked.

    Raises
    ------
    BadInput
        A column is missing, ages leave a gap, or values and exposures cannot be.

    """
    needed = ["age_start", "age_end", "value", *keys]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise BadInput(
            "estimation.no_column", table="schedule", missing=", ".join(missing), found=", ".join(frame.columns)
        )
    ordered = frame.sort([*keys, "age_start"])
    groups = list(ordered.group_by(list(keys), maintain_order=True)) if keys else [((), ordered)]
    return [(dict(zip(keys, labels, strict=True)), _groups(part)) for labels, part in groups]


def _groups(part: pl.DataFrame) -> ScheduleGroups:
    values = part["value"].cast(pl.Float64).to_numpy()
    starts = part["age_start"].cast(pl.Float64).to_numpy()
    width = float(np.median(np.diff(starts))) if len(starts) > 1 else 5.0
    ends = part["age_end"].cast(pl.Float64).fill_null(float(starts[-1] + width - 1)).to_numpy()
    for i in range(len(starts) - 1):
        if starts[i + 1] != ends[i] + 1:
            raise BadInput("schedules.ages", first=int(starts[i]), last=int(ends[i]), following=int(starts[i + 1]))
    if not np.isfinite(values).all() or (values < 0).any():
        age = int(starts[int(np.argmax(~np.isfinite(values) | (values < 0)))])
        raise BadInput("schedules.value", age=age)
    exposure = None
    if "exposure" in part.columns:
        exposure = part["exposure"].cast(pl.Float64).to_numpy()
        bad = ~np.isfinite(exposure) | (exposure <= 0)
        if bad.any():
            raise BadInput("schedules.exposure", age=int(starts[int(np.argmax(bad))]))
    rates = values if exposure is None else values / exposure
    if (rates > MOST).any():
        place = int(np.argmax(rates > MOST))
        raise BadInput("schedules.high_rate", age=int(starts[place]), value=f"{rates[place]:g}", most=f"{MOST:g}")
    ages, means = model.group_means(starts, ends)
    return ScheduleGroups(values, exposure, ages, means)


def _report(
    parts: dict[str, list[dict[str, object]]],
    about: dict[str, object],
    data: ScheduleGroups,
    fits: tuple[list[ScheduleFit], ScheduleFit],
) -> None:
    tried, chosen = fits
    for one in tried:
        parts["models"].append(
            {
                **about, "parameters": one.size, "deviance": one.deviance, "bic": one.bic, "starts": one.starts,
                "dispersion": one.dispersion, "identified": one.covariance is not None, "chosen": one is chosen,
            }
        )  # fmt: skip
    spread = max(chosen.dispersion, 1.0) ** 0.5
    for i, name in enumerate(chosen.names):
        value = float(chosen.values[i])
        error = None if chosen.covariance is None else float(np.sqrt(chosen.covariance[i, i]))
        low, high = (None, None) if error is None else (value - Z95 * error, value + Z95 * error)
        parts["parameters"].append(
            {
                **about, "parameter": name, "value": value, "error": error, "low": low, "high": high,
                "scaled_error": None if error is None else error * spread,
            }
        )  # fmt: skip
    rates, slopes = model.values_and_slopes(chosen.names, chosen.values, data.ages)
    errors = None if chosen.covariance is None else np.sqrt(np.einsum("ij,jk,ik->i", slopes, chosen.covariance, slopes))
    for i, age in enumerate(data.ages):
        low, high = (None, None) if errors is None else (rates[i] - Z95 * errors[i], rates[i] + Z95 * errors[i])
        parts["curves"].append({**about, "age": float(age), "rate": float(rates[i]), "low": low, "high": high})
    for index, number in indices(dict(zip(chosen.names, chosen.values.tolist(), strict=True)), data.ages).items():
        if chosen.covariance is None and index not in OF_CURVE:
            continue
        parts["indices"].append({**about, "index": index, "value": number})


def indices(parameters: dict[str, float], ages: Array) -> dict[str, float]:
    """Indices of a schedule (Rogers and Castro 1981): gmr, child and labour dependency, asymmetry, regularity, peak.

    `ages` (n,): exact single years; `peak_age`: exact age of the highest rate; gmr (gross migraproduction rate): sum of
    the rates at single years of age, moves per person over a lifetime.
    """
    rates = model.curve(parameters, ages)
    return {
        "gmr": float(rates.sum()),
        "peak_age": float(ages[int(np.argmax(rates))]),
        "child_dependency": parameters["a1"] / parameters["a2"],
        "labour_dependency": parameters["a2"] / parameters["a1"],
        "labour_asymmetry": parameters["lambda2"] / parameters["alpha2"],
        "regularity": parameters["alpha1"] / parameters["alpha2"],
    }


def pooled_fit(
    frame: pl.DataFrame, key: str, size: int = 7, rounds: int = 50
) -> tuple[pl.DataFrame, pl.DataFrame, float]:
    """One shape for all series of `key`, each with its own level: (parameters, levels, -2 log likelihood).

    Columns as for `fit_schedules`, and `key`. The shape is scaled to a gross rate of 1; the level of a series is then
    its gross rate. Poisson counts with exposure; shape and levels are maximised in turn until convergence.

    Raises
    ------
    BadInput
        Rates without exposure, or parts with other ages than the first.

    """
    series = each_schedule(frame, [key])
    if any(data.exposure is None for _, data in series):
        raise BadInput("schedules.pooled")
    first = series[0][1]
    unlike = [about[key] for about, data in series if not np.array_equal(data.means, first.means)]
    if unlike:
        raise BadInput("schedules.unlike", label=unlike[0])
    counts = np.array([data.counts for _, data in series])
    exposure = np.array([data.exposure for _, data in series])
    levels = np.ones(len(series))
    before = np.inf
    for _ in range(rounds):
        found = fit(
            size,
            ScheduleGroups(counts.sum(axis=0), levels @ exposure, first.ages, first.means),
            12 if before == np.inf else 4,
        )
        whole = float(model.values_and_slopes(found.names, found.values, first.ages)[0].sum())
        shape = found.fitted / whole
        levels = counts.sum(axis=1) / (exposure @ shape)
        mean = levels[:, None] * exposure * shape
        deviance = 2 * float((mean - counts * np.log(np.maximum(mean, 1e-300))).sum())
        if abs(before - deviance) < 1e-7 * max(abs(deviance), 1.0):
            break
        before = deviance
    norm = [
        float(v) / whole if (n[0] == "a" and n[1:].isdigit()) or n == "c" else float(v)
        for n, v in zip(found.names, found.values, strict=True)
    ]
    parameters = pl.DataFrame({"parameter": found.names, "value": norm})
    return parameters, pl.DataFrame({key: [about[key] for about, _ in series], "level": levels}), deviance


@cache
def families() -> pl.DataFrame:
    """Published parameter sets: family, sex, a1 ... c.

    `fundamental`: Rogers and Castro (1981), Model Migration Schedules, RR-81-30. The six others, by sex: United
    Nations (1992), Preparing Migration Data for Subnational Population Projections, as transcribed in the R package
    migest (Abel); its mu2 of the female high dependency family, 20.04, is that of males and may be a slip.
    """
    with (resources.files("qonys.measurement") / "schedule_families.csv").open("rb") as file:
        return pl.read_csv(file, schema_overrides=dict.fromkeys(model.FUNDAMENTAL, pl.Float64))


def family_parameters(name: str, sex: str = "both") -> dict[str, float]:
    """Parameters of a published family; `sex` both only for `fundamental`.

    Raises
    ------
    BadInput
        A family or a sex that is not known.

    """
    table = families()
    known = table["family"].unique(maintain_order=True).to_list()
    if name not in known:
        raise BadInput("estimation.choice", option="family", value=name, known=", ".join(known))
    rows = table.filter(pl.col("family") == name)
    row = rows.filter(pl.col("sex") == sex) if rows.height > 1 else rows
    if row.height == 0:
        raise BadInput("estimation.choice", option="sex", value=sex, known=", ".join(rows["sex"]))
    return {key: float(value) for key, value in row.row(0, named=True).items() if key not in ("family", "sex")}


def family(name: str, ages: Sequence[float], gmr: float = 1.0, sex: str = "both") -> pl.DataFrame:
    """Rates of a published family (see `families`) at exact ages: columns age, rate (per person-year).

    Scaled so that the sum over single years 0-100 is `gmr`.
    """
    parameters = family_parameters(name, sex)
    whole = model.curve(parameters, np.arange(101, dtype=np.float64) + 0.5).sum()
    exact = np.array(ages, dtype=np.float64)
    return pl.DataFrame({"age": exact, "rate": gmr * model.curve(parameters, exact) / whole})
