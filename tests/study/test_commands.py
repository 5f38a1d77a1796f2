"""`qonys claims` and `qonys study` as a user calls them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qonys.cli import main
from qonys.study.ensembles import fits

TESTLAND = Path(__file__).parents[1] / "catalog" / "fixtures" / "testland"
CALL = [sys.executable, "-c", "import sys; from qonys.cli import main; sys.exit(main())"]


@pytest.fixture(autouse=True)
def cache(study_cache, monkeypatch):
    monkeypatch.setenv("QONYS_CACHE", str(study_cache))


def test_project_takes_the_account_and_the_fits_of_the_study(monkeypatch, capsys):
    """After a study nothing is reconciled or fitted again, neither for the nation nor for its regions."""
    for name in ("national_account", "prepare"):
        monkeypatch.setattr(fits, name, lambda *given, name=name: pytest.fail(f"{name} again"))
    assert main(["project", "--draws", "2", "--horizon", "2030"]) == 0
    assert main(["project", "--draws", "2", "--horizon", "2026", "--regions", "all"]) == 0
    said = capsys.readouterr().err
    assert "First run" not in said
    assert "No stored study" not in said


def run(tmp_path, *arguments):
    environment = dict(os.environ)
    return subprocess.run([*CALL, *arguments], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)


def test_claims_as_a_table_and_as_json(tmp_path):
    table = run(tmp_path, "claims", "--lang", "ru")
    assert table.returncode == 0, table.stderr
    assert "подтверждено" in table.stdout
    document = json.loads(run(tmp_path, "claims", "--format", "json").stdout)
    rows = document if isinstance(document, list) else document["rows"]
    assert {row["id"] for row in rows} >= {"offset_1970s", "evacuated_25"}


def test_study_writes_a_folder_and_then_has_nothing_to_do(tmp_path, every):
    """The shipped pack in the full tier, a small one in the short one, where other tests typeset the report of the shipped."""
    pack = () if every else ("--pack", str(TESTLAND))
    first = run(tmp_path, "study", "--lang", "kk", "--format", "pdf,html", "--out", "o", *pack)
    assert first.returncode == 0, first.stderr
    folder = tmp_path / "o" / "kk"
    names = {path.name for path in folder.iterdir()}
    assert names == {"report.pdf", "report.html", "tables", "figures", "numbers.json", "manifest.json"}
    before = (folder / "manifest.json").stat().st_mtime_ns
    again = run(tmp_path, "study", "--lang", "kk", "--out", "o", *pack)
    assert again.returncode == 0
    assert "өзгермеген" in again.stderr
    assert (folder / "manifest.json").stat().st_mtime_ns == before


def test_refusals_are_one_sentence(tmp_path):
    (tmp_path / "o" / "en").mkdir(parents=True)
    (tmp_path / "o" / "en" / "mine.txt").write_text("mine")
    for arguments, code, part in (
        (("study", "--format", "docx"), 1, "docx"),
        (("study", "--lang", "en", "--out", "o"), 1, "not part of a Qonys report"),
        (("study", "--pack", "atlantis"), 1, "atlantis"),
        (("study", "--lang", "fr"), 2, "fr"),
    ):
        done = run(tmp_path, *arguments)
        assert done.returncode == code, done.stderr
        assert part in done.stderr
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / "o" / "en" / "mine.txt").read_text() == "mine"
