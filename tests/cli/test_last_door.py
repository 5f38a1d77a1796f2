"""No input and no fault of the machine ends in a traceback: the last door says one sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from qonys import words
from qonys.cli import FAULT, TERMINATED, main
from qonys.cli import app as app_module


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """A fault planted where every command passes."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))

    def fail(error: BaseException):
        def raising(*given: object, **named: object) -> None:
            raise error

        monkeypatch.setattr(app_module, "build_app", raising)

    return fail


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_fault_is_one_sentence_and_a_file(broken, capsys, tmp_path, language) -> None:
    broken(ZeroDivisionError("division by zero"))
    assert main(["catalog", "sources", "--lang", language]) == FAULT
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.count("\n") == 1
    assert "ZeroDivisionError" in said
    (details,) = (tmp_path / "cache" / "faults").iterdir()
    assert str(details) in said
    text = details.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "catalog sources" in text


def test_debugging_shows_the_fault_itself(broken, monkeypatch) -> None:
    broken(ZeroDivisionError("division by zero"))
    monkeypatch.setenv("QONYS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["catalog", "sources"])


def test_want_of_memory_is_said(broken, capsys) -> None:
    broken(MemoryError())
    assert main(["catalog", "sources"]) == FAULT
    assert "memory" in capsys.readouterr().err


def test_no_more_than_twenty_reports_are_kept(broken, tmp_path) -> None:
    folder = tmp_path / "cache" / "faults"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"fault-2020010{number:03d}-1.txt").write_text("x")
    broken(ZeroDivisionError())
    main(["catalog", "sources"])
    assert len(list(folder.iterdir())) == 20


def command(*arguments: str, **options):
    return subprocess.Popen([sys.executable, "-m", "qonys.cli", *arguments], **options)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_disk_below_the_output_is_said() -> None:
    with open("/dev/full", "w") as full:
        process = command("catalog", "list", stdout=full, stderr=subprocess.PIPE, text=True)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert "cannot be written" in said


def test_closed_streams_do_no_harm() -> None:
    script = f"exec >&- 2>&-; '{sys.executable}' -m qonys.cli catalog list"
    assert subprocess.run(["sh", "-c", script], timeout=120, check=False).returncode == 0


def test_a_request_to_end_is_obeyed_without_a_trace() -> None:
    process = command("project", "--draws", "2000", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    begun = process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert begun
    assert process.returncode in (TERMINATED, -signal.SIGTERM)
    assert "Traceback" not in said
