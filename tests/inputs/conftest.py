"""The made-up pack of the catalog's tests, and the shipped one."""

import shutil
from pathlib import Path

import pytest

from qonys.catalog import open_pack

TESTLAND = Path(__file__).parents[1] / "catalog" / "fixtures" / "testland"
SHIPPED = Path(open_pack("kazakhstan").path)


@pytest.fixture
def testland():
    return open_pack(TESTLAND)


@pytest.fixture
def shipped():
    return open_pack("kazakhstan")


@pytest.fixture
def own(tmp_path):
    """A copy of the shipped pack that may be changed."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "own"))
