"""The shipped pack, and a copy of it that a test may change."""

import shutil
from pathlib import Path

import pytest

from qonys.catalog import open_pack


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture
def own(tmp_path, pack):
    """A copy of the shipped pack that may be changed."""
    return Path(shutil.copytree(pack.path, tmp_path / "own"))
