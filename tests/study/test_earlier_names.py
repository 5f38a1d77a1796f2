"""Objects stored before modules and classes got better names still open."""

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.projection.regional.processes import AR1Process, Deviations
from qonys.study.ensembles.objects import read_object
from qonys.study.ensembles.shards import collect

STORED = Path(__file__).with_name("object-of-earlier-version.npz")
SHARDS = Path(__file__).with_name("shards-of-earlier-version")


def test_a_stored_object_of_an_earlier_version_opens():
    found = read_object(STORED)
    assert isinstance(found["deviations"], Deviations)
    assert found["deviations"].level == AR1Process(0.9, 0.2, 0.1, 1.5, 2.5, 7)
    assert np.array_equal(found["values"], np.arange(3.0))


@pytest.mark.parametrize(
    ("kind", "first", "total"),
    [("regional", 1403187.4737890884, 53647365.03875376), ("national", 4447400.055664559, 53647696.08171865)],
)
def test_shards_of_an_earlier_version_are_put_together(kind, first, total):
    """The folder was written before modules, classes and fields got the names that they have now."""
    found = collect(SHARDS / kind)
    people = found.draws("population", ("region",)) if kind == "regional" else found.population
    assert people.ravel()[0] == pytest.approx(first, rel=1e-12)
    assert people.sum() == pytest.approx(total, rel=1e-12)
    if kind == "regional":
        assert found.moments_frame().height > 0


def test_a_stored_world_that_was_changed_is_refused(tmp_path):
    """Planted fault: one number of the stored world is another."""
    copytree(SHARDS / "national", tmp_path / "shards")
    (path,) = (tmp_path / "shards").glob("world-*.npz")
    with np.load(path) as held:
        arrays = dict(held)
    arrays["a0"] = arrays["a0"] * (1 + 1e-9)
    np.savez(path, **arrays)
    with pytest.raises(BadInput, match="world"):
        collect(tmp_path / "shards")
