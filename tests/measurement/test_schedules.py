"""Model schedules: derivatives, recovery with coverage, local tops, choice of components, pooled fits. Data made up."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import optimize

from qonys.errors import BadInput
from qonys.kernels.schedules import curves as schedules
from qonys.kernels.schedules import fit as schedule_fit
from qonys.measurement.schedules import families, family, family_parameters, fit_schedules, indices, pooled_fit

TRUE = {"a1": 0.02, "alpha1": 0.09, "a2": 0.07, "alpha2": 0.11, "mu2": 21.0, "lambda2": 0.35, "c": 0.003}
PEAK = {"a3": 0.012, "alpha3": 0.4, "mu3": 63.0, "lambda3": 0.3}


def data(parameters, seed: int = 1, exposure: float = 50_000, width: int = 1) -> pl.DataFrame:
    rng = np.random.Generator(np.random.Philox(key=seed))
    starts = np.arange(0, 85, width)
    ages, means = schedules.group_means(starts, starts + width - 1)
    at_risk = exposure * width * np.linspace(1.3, 0.4, len(starts))
    counts = rng.poisson(at_risk * (means @ schedules.curve(parameters, ages)))
    return pl.DataFrame(
        {"age_start": starts, "age_end": starts + width - 1, "value": counts.astype(float), "exposure": at_risk}
    )


def test_the_curve_is_the_written_formula() -> None:
    p = {**TRUE, **PEAK, "a4": 0.0004, "lambda4": 0.03}
    x = 33.5
    by_hand = (
        p["a1"] * np.exp(-p["alpha1"] * x)
        + p["a2"] * np.exp(-p["alpha2"] * (x - p["mu2"]) - np.exp(-p["lambda2"] * (x - p["mu2"])))
        + p["a3"] * np.exp(-p["alpha3"] * (x - p["mu3"]) - np.exp(-p["lambda3"] * (x - p["mu3"])))
        + p["a4"] * np.exp(p["lambda4"] * x) + p["c"]
    )  # fmt: skip
    assert schedules.curve(p, np.array([x]))[0] == pytest.approx(by_hand)


@pytest.mark.parametrize("size", [7, 9, 11, 13])
def test_gradient_is_the_difference_quotient(size) -> None:
    frame = data(TRUE, width=5)
    from qonys.measurement.schedules import each_schedule

    ((_, groups),) = each_schedule(frame, [])
    names = schedules.MODELS[size]
    for rates_only in (False, True):
        here = (
            groups
            if not rates_only
            else schedule_fit.ScheduleGroups(groups.counts / groups.exposure, None, groups.ages, groups.means)
        )
        free = schedule_fit.starting_points(names, here, 3)[2]
        gradient = schedule_fit.objective(free, names, here)[1]
        numeric = optimize.approx_fprime(free, lambda f, n=names, h=here: schedule_fit.objective(f, n, h)[0], 1e-6)
        np.testing.assert_allclose(gradient, numeric, rtol=2e-3, atol=2e-3 * abs(gradient).max())


def test_recovery_and_coverage() -> None:
    inside, total = 0, 0
    for seed in range(12):
        found = fit_schedules(data(TRUE, seed), sizes=[7]).parameters
        for row in found.iter_rows(named=True):
            inside += row["low"] <= TRUE[row["parameter"]] <= row["high"]
            total += 1
    assert inside / total > 0.88


def test_five_year_groups_give_the_same_curve() -> None:
    single = fit_schedules(data(TRUE, 3, 4e5), sizes=[7]).curves
    five = fit_schedules(data(TRUE, 3, 4e5, 5), sizes=[7]).curves
    merged = single.join(five, on="age", suffix="_five")
    assert (merged["rate"] / merged["rate_five"] - 1).abs().median() < 0.02


def test_components_enter_only_if_the_criterion_falls() -> None:
    plain = fit_schedules(data(TRUE, 5, 2e5)).models
    assert plain.filter(pl.col("chosen"))["parameters"].item() == 7
    peaked = fit_schedules(data({**TRUE, **PEAK}, 5, 4e5)).models
    assert peaked.filter(pl.col("chosen"))["parameters"].item() in (11, 13)
    bics = dict(peaked.select("parameters", "bic").rows())
    assert bics[11] < bics[7] - 20


def test_one_start_can_stop_at_a_lower_top_and_many_do_not() -> None:
    frame = data({**TRUE, **PEAK}, 9, 2e5)
    from qonys.measurement.schedules import each_schedule

    ((_, groups),) = each_schedule(frame, [])
    alone = [schedule_fit.fit(13, groups, 1).deviance, schedule_fit.fit(11, groups, 1).deviance]
    many = [schedule_fit.fit(13, groups).deviance, schedule_fit.fit(11, groups).deviance]
    assert all(m <= a + 1e-2 for m, a in zip(many, alone, strict=True))


def test_scale_of_the_exposure_only_scales_the_rates() -> None:
    frame = data(TRUE, 4)
    ten = frame.with_columns(pl.col("exposure") * 10)
    one, other = (fit_schedules(f, sizes=[7]).parameters for f in (frame, ten))
    a2 = lambda f: f.filter(pl.col("parameter") == "a2")["value"].item()  # noqa: E731
    mu2 = lambda f: f.filter(pl.col("parameter") == "mu2")["value"].item()  # noqa: E731
    assert a2(one) / a2(other) == pytest.approx(10, rel=1e-3)
    assert mu2(one) == pytest.approx(mu2(other), rel=1e-4)


def test_rates_without_exposure_by_least_squares() -> None:
    ages = np.arange(80)
    rates = schedules.curve(TRUE, ages + 0.5)
    frame = pl.DataFrame({"age_start": ages, "age_end": ages, "value": rates + 1e-5 * np.sin(ages * 7.0)})
    found = fit_schedules(frame, sizes=[7]).parameters
    assert found.filter(pl.col("parameter") == "mu2")["value"].item() == pytest.approx(21, abs=0.1)


def test_overdispersion_is_told_and_widens_the_error() -> None:
    frame = data(TRUE, 6)
    rng = np.random.Generator(np.random.Philox(key=7))
    noisy = frame.with_columns(value=pl.col("value") * pl.Series(np.exp(rng.normal(0, 0.2, frame.height))))
    found = fit_schedules(noisy, sizes=[7])
    assert found.models["dispersion"].item() > 2
    assert (found.parameters["scaled_error"] > found.parameters["error"]).all()


def test_pooled_shape_with_own_levels() -> None:
    many = pl.concat(
        [data({k: v * f if k in ("a1", "a2", "c") else v for k, v in TRUE.items()}, i, 1e5).with_columns(region=pl.lit(r))
         for i, (r, f) in enumerate([("A", 0.5), ("B", 1.0), ("C", 2.0)])]
    )  # fmt: skip
    parameters, levels, deviance = pooled_fit(many, "region")
    level = dict(levels.rows())
    assert level["C"] / level["A"] == pytest.approx(4, rel=0.02)
    assert dict(parameters.rows())["mu2"] == pytest.approx(21, abs=0.3)
    separate = sum(
        fit_schedules(many.filter(pl.col("region") == r), sizes=[7]).models["deviance"].item() for r in "ABC"
    )
    assert separate <= deviance + 1e-3
    assert deviance - separate < 40


def test_families_have_the_asked_gross_rate() -> None:
    for name, sex in families().select("family", "sex").rows():
        assert family(name, list(np.arange(101) + 0.5), 2.5, sex)["rate"].sum() == pytest.approx(2.5)
    with pytest.raises(BadInput, match="male, female"):
        family("old_entry", [20.5])
    with pytest.raises(BadInput, match="western_standard"):
        family("eastern", [20.5])


def test_indices_of_the_fundamental_schedule() -> None:
    """Stored output of migest 2.0.5, index_age_rc(rc_model_fund): 20, 0.333, 3, 4, 1."""
    found = indices(schedules.FUNDAMENTAL, np.arange(101) + 0.5)
    names = ("child_dependency", "labour_dependency", "labour_asymmetry", "regularity")
    assert [round(found[name], 3) for name in names] == [0.333, 3, 4, 1]


def test_published_families_are_normed_and_peak_where_they_say() -> None:
    """United Nations (1992): unit gross rates to rounding; a later entry moves the peak by its shift of mu2."""
    ages = np.arange(0, 100, 0.01)
    for name, sex in families().select("family", "sex").rows():
        parameters = family_parameters(name, sex)
        assert schedules.curve(parameters, np.arange(101) + 0.5).sum() == pytest.approx(1, abs=0.07), (name, sex)
    peaks = [
        ages[schedules.curve(family_parameters(name, "male"), ages).argmax()] for name in ("young_entry", "old_entry")
    ]
    assert peaks[1] - peaks[0] == pytest.approx(23.99 - 16.09, abs=0.6)


def test_series_that_cannot_be_fitted_are_told() -> None:
    good, short = data(TRUE, 1).with_columns(region=pl.lit("A")), data(TRUE, 2).head(5).with_columns(region=pl.lit("B"))
    found = fit_schedules(pl.concat([good, short]), ["region"], [7])
    assert found.failed.rows() == [("B", "schedules.few", 5, 8)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda f: f.drop("value"), "no column value"),
        (lambda f: f.filter(pl.col("age_start") != 30), "29–29 is followed by one that begins at 31"),
        (
            lambda f: f.with_columns(value=pl.when(pl.col("age_start") == 12).then(-1.0).otherwise("value")),
            "value of age 12",
        ),
        (
            lambda f: f.with_columns(exposure=pl.when(pl.col("age_start") == 40).then(0.0).otherwise("exposure")),
            "exposure at age 40",
        ),
        (lambda f: f.head(6), "are 6 age groups"),
        (lambda f: f.with_columns(value=pl.lit(0.0)), "have no migrants"),
    ],
)
def test_faults_are_named(change, sentence) -> None:
    with pytest.raises(BadInput, match=sentence):
        fit_schedules(change(data(TRUE)))
