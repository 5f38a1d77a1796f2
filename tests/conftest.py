"""What all tests share: the study of the shipped pack is computed once, whatever the number of workers."""

from __future__ import annotations

import pytest

from qonys.catalog import open_pack
from qonys.catalog.locks import exclusive
from qonys.study.run import study_results


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
