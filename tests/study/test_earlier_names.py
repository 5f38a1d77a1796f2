"""Objects stored before modules and classes got better names still open."""

from pathlib import Path

import numpy as np

from qonys.projection.regional.processes import AR1Process, Deviations
from qonys.study.ensembles.objects import read_object

STORED = Path(__file__).with_name("object-of-earlier-version.npz")


def test_a_stored_object_of_an_earlier_version_opens():
    found = read_object(STORED)
    assert isinstance(found["deviations"], Deviations)
    assert found["deviations"].level == AR1Process(0.9, 0.2, 0.1, 1.5, 2.5, 7)
    assert np.array_equal(found["values"], np.arange(3.0))
