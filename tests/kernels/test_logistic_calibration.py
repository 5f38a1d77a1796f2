"""Simulation-based calibration of the double logistics, small: `benchmarks/calibration.py` runs the whole."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

spec = importlib.util.spec_from_file_location("calibration", Path(__file__).parents[2] / "benchmarks" / "calibration.py")
calibration = importlib.util.module_from_spec(spec)
spec.loader.exec_module(calibration)

LENGTH = (700, 40)


def probabilities(kind: str, worlds: int, shift: float = 0.0) -> np.ndarray:
    found = (calibration.ranks(kind, seed, LENGTH, shift) for seed in range(worlds))
    return calibration.chi_squares(np.stack([one for one in found if one is not None]))[1]


@pytest.mark.parametrize("kind", ["fertility", "longevity"])
def test_the_double_logistic_is_calibrated(kind, every) -> None:
    assert probabilities(kind, 50 if every else 20).min() > 0.001


@pytest.mark.parametrize("kind", ["fertility", "longevity"])
def test_a_prior_that_is_off_rings(kind) -> None:
    """Planted fault: means of the world two deviations higher in the sampler than in the truths."""
    assert probabilities(kind, 25, 2.0).min() < 1e-6
