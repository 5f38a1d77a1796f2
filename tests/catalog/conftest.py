"""A pack for tests (fixtures/testland: made-up figures of a country that does not exist)."""

import shutil
from pathlib import Path

import pytest

from qonys.catalog import open_pack
from qonys.cli import main

TESTLAND = Path(__file__).parent / "fixtures" / "testland"


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """No test touches the cache or the data of the person who runs it."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("QONYS_LANG", raising=False)
    monkeypatch.delenv("QONYS_IMPORT_LIMIT_MB", raising=False)


@pytest.fixture
def testland():
    return open_pack(TESTLAND)


@pytest.fixture
def folder(tmp_path):
    """A copy of the test pack that a test may spoil."""
    return Path(shutil.copytree(TESTLAND, tmp_path / "testland"))


@pytest.fixture
def spoil(folder):
    """Replace text in a file of the copy; the text must be there."""

    def replace(name, before, after):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        return open_pack(folder)

    return replace


@pytest.fixture
def run(folder, capsys):
    """Run a command on a copy of the test pack: exit code, output, errors."""

    def call(*arguments, language="en"):
        code = main([*arguments, "--pack", str(folder), "--lang", language])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return call
