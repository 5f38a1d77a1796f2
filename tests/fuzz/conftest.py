"""The user's door for broken files."""

import pytest


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    """Nothing of the person's own is touched."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("QONYS_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
