"""The user's door for files in tests: a command run in the folder of its case, nothing of the person's own touched."""

import csv
import io

import openpyxl
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


@pytest.fixture
def moves(command, tmp_path):
    """Moves and places of a file that `indicators` counts, or None where it refuses; and what was said."""

    def call(content, *arguments, name="flows.csv", folder=None):
        if isinstance(content, str):
            (tmp_path / name).write_text(content, encoding="utf-8")
        elif isinstance(content, bytes):
            (tmp_path / name).write_bytes(content)
        elif content is not None:
            book = openpyxl.Workbook()
            content(book)
            name = "flows.xlsx"
            book.save(tmp_path / name)
        code, out, err = command(folder or tmp_path, "indicators", name, "--draws", "0", "--format", "csv", *arguments)
        rows = list(csv.DictReader(io.StringIO(out))) if code == 0 else []
        found = [float(row["value"]) for row in rows if row["indicator"] == "moves"]
        return found or None, err

    return call


@pytest.fixture
def read(command, tmp_path):
    """Exit code, rows and what is said of a text that a command reads from `own.csv`."""

    def call(text, name, *arguments):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        code, out, err = command(tmp_path, *name.split(), "own.csv", "--format", "csv", *arguments)
        return code, list(csv.DictReader(io.StringIO(out))) if code == 0 else [], err

    return call
