"""The user's door for files in tests: a command run in the folder of its case, nothing of the person's own touched."""

import pytest

from qonys.cli import main


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run a command in a folder: exit code, output, errors."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("QONYS_LANG", raising=False)

    def call(folder, *arguments):
        monkeypatch.chdir(folder)
        code = main(list(arguments))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return call
