"""What all tests share: the study of the shipped pack is computed once, whatever the number of workers.

Workers share the tests in equal runs of the list and then steal from each other's ends. So the list begins with
what waits for the study (one worker computes it while the others do the rest), goes on with the kernels (compiled by
the study already), and the next worker begins with the longest tests.
"""

from __future__ import annotations

import pytest

from qonys.catalog import open_pack
from qonys.catalog.locks import exclusive
from qonys.study.runs.run import study_results

LONG = ("tests/house/test_docs.py", "tests/kernels/test_hierarchical_ar.py", "tests/kernels/test_multiregional_jax.py")
COMPILED = ("tests/kernels/", "tests/projection/")


def pytest_collection_modifyitems(items):
    """Order: those of the study, the compiled ones, the others; the longest where the second worker begins."""
    groups = [[], [], [], []]
    for item in items:
        groups[_place(item)].append(item)
    longest, studied, compiled, others = groups
    items[:] = studied + compiled + others
    middle = (len(items) + len(longest)) // 2
    items[middle:middle] = longest


def _place(item):
    if item.nodeid.startswith(LONG):
        return 0
    if item.nodeid.startswith("tests/web/") or {"study", "study_cache"} & set(getattr(item, "fixturenames", ())):
        return 1
    return 2 if item.nodeid.startswith(COMPILED) else 3


@pytest.fixture(scope="session")
def study_cache(tmp_path_factory, worker_id):
    """A folder for `QONYS_CACHE` that holds the study of the shipped pack."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "study-cache"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, exclusive(folder / "lock", 3600):
        patch.setenv("QONYS_CACHE", str(folder))
        study_results(open_pack("kazakhstan"))
    return folder


@pytest.fixture(scope="session")
def study(study_cache):
    """The results of the shipped pack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QONYS_CACHE", str(study_cache))
        return study_results(open_pack("kazakhstan"))
