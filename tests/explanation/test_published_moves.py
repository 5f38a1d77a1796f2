"""Gravity against other hands: published coefficients of Austrian moves, clustered errors of R, a published panel.

`austria_moves.csv`: moves between the nine regions of Austria in 2006 with distances in km and registered departures
and arrivals (Dennett 2012, CASA Working Paper 181, from Eurostat), as PySAL spint distributes them (BSD 3-Clause).
`institutions.parquet`: citations of patents of 803 American firms, 1991-1999 (Aghion, Van Reenen and Zingales 2013,
American Economic Review 103:277), eight columns as R sandwich distributes them (`InstInnovation`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.explanation.constrained import calibrated, doubly
from qonys.explanation.gravity import Model, fit_gravity

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def austria():
    frame = pl.read_csv(HERE / "austria_moves.csv")
    return frame.with_columns(
        pl.col("departures", "arrivals").log(), far=pl.col("distance").log(),
        pair=pl.concat_str(pl.min_horizontal("origin", "destination"), pl.max_horizontal("origin", "destination")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("model", "values", "deviance"),
    [
        (
            Model("moves", ("departures", "arrivals", "distance")),
            (0.863867812, 0.880474585, -0.00620544765),
            19806.4087,
        ),
        (Model("moves", ("arrivals", "distance"), ("origin",)), (0.89278717, -0.00727113), 15279.9742),
        (Model("moves", ("departures", "distance"), ("destination",)), (0.89235874, -0.00693755), 15673.2226),
        (Model("moves", ("distance",), ("origin", "destination")), (-0.00791533,), 9360.48209),
    ],
)
def test_the_coefficients_published_for_austria(austria, model, values, deviance):
    """Unconstrained, production, attraction and doubly constrained models of Oshan (2016), REGION 3:R11, and spint."""
    found = fit_gravity(austria, model, "own")
    assert found.coefficients() == pytest.approx(values, rel=1e-5)
    assert found.fit.deviance == pytest.approx(deviance, rel=1e-6)


@pytest.mark.parametrize(
    ("model", "errors"),
    [
        (Model("moves", ("departures", "arrivals", "distance"), (), ("origin",)),
         (0.1008255332502, 0.1151599746364, 0.0008230888678)),
        (Model("moves", ("departures", "arrivals", "distance"), (), ("destination",)),
         (0.177802107707, 0.137996781902, 0.001557235857)),
        (Model("moves", ("departures", "arrivals", "distance"), (), ("pair",)),
         (0.111025350325, 0.104850519892, 0.001421545289)),
        (Model("moves", ("arrivals", "distance"), ("origin",), ("pair",)), (0.088125282124, 0.001231137276)),
        (Model("moves", ("far",), ("origin", "destination"), ("pair",)), (0.0921195985,)),
        (Model("moves", ("distance",), ("origin", "destination"), ("pair",)), (0.001090492896,)),
    ],
)  # fmt: skip
def test_clustered_errors_are_those_of_r(austria, model, errors):
    """vcovCL(type = "HC1") of R sandwich 3.0-2 (Zeileis, Koell and Graham 2020) on glm(family = poisson)."""
    assert fit_gravity(austria, model, "own").terms["error"].to_numpy() == pytest.approx(errors, rel=1e-6)


def test_two_clusterings_where_r_has_them(austria):
    """Along either end: R gives 0.00141100708 for distance, unmended; ours may only be larger, by its own floor."""
    found = fit_gravity(
        austria, Model("moves", ("departures", "arrivals", "distance"), (), ("origin", "destination")), "own"
    )
    assert found.terms["error"][2] >= 0.001557235857 * (1 - 1e-6)


def test_the_balanced_table_of_the_published_decay_is_the_fitted_one(austria):
    found = calibrated(pl.read_csv(HERE / "austria_moves.csv"), "doubly", "exponential", engine="own")
    assert found.value == pytest.approx(-0.00791533, abs=1e-8)
    places = austria["origin"].unique().sort().to_list()
    moves, far = np.zeros((9, 9)), np.zeros((9, 9))
    for origin, destination, count, distance in austria.select("origin", "destination", "moves", "distance").rows():
        place = places.index(origin), places.index(destination)
        moves[place], far[place] = count, distance
    balanced = doubly(moves.sum(axis=1), moves.sum(axis=0), np.where(far > 0, np.exp(-0.00791533 * far), 0.0))
    assert balanced[far > 0] == pytest.approx(found.fit.fitted, rel=1e-5)


def test_a_distance_in_error_would_be_caught(austria):
    """Planted fault: two digits of one distance exchanged (91.6 in place of 45.8 km) move the published coefficient."""
    wrong = austria.with_columns(
        pl.when(pl.col("pair") == "AT12AT13").then(91.59).otherwise(pl.col("distance")).alias("distance")
    )
    found = fit_gravity(wrong, Model("moves", ("distance",), ("origin", "destination")), "own")
    assert abs(found.coefficients()[0] + 0.00791533) > 1e-4


def test_a_published_panel_with_errors_by_firm():
    """Poisson of citations with effects of 136 industries and nine years: 0.0097 (0.0024) per point of institutional
    ownership, 0.483 (0.136), 0.820 (0.042); R glm and vcovCL: 0.0096872, 0.4828835, 0.8203176 on 6208 rows.
    """
    frame = pl.read_parquet(HERE / "institutions.parquet").with_columns(
        capital=(pl.col("capital") / pl.col("employment")).log(), sales=pl.col("sales").log()
    )
    model = Model("cites", ("institutions", "capital", "sales"), ("industry", "year"), ("firm",))
    found = fit_gravity(frame, model, "own")
    assert found.coefficients() == pytest.approx([0.0096872372, 0.4828835487, 0.8203175999], rel=1e-6)
    assert found.terms["error"].to_numpy() == pytest.approx([0.00240638781, 0.1359532554, 0.04152340487], rel=2e-2)
