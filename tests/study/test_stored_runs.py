"""Runs that are stored are found: the last of a pack whatever its plan, and the one that a report was made of."""

import json

import pytest

from qonys.catalog import open_pack
from qonys.cli import main
from qonys.errors import BadInput
from qonys.study.chapters import registry
from qonys.study.chapters.registry import chapter_of
from qonys.study.plan import resolve
from qonys.study.runs import run as runs
from qonys.study.runs.folders import runs_folder
from qonys.study.runs.run import study_results
from qonys.study.runs.stored_runs import latest_run, run_folder
from qonys.web import server

NUMBER = "retrospective.1989_1999.residual"


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture
def study_file(tmp_path, monkeypatch):
    """A study file with a plan of its own; the study has one chapter and an empty cache."""
    chapters = (chapter_of("retrospective"),)
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(runs, "CHAPTERS", chapters)
    monkeypatch.setattr(runs, "in_order", lambda given=chapters: registry.in_order(given))
    monkeypatch.setattr(runs, "absences", lambda pack: registry.absences(pack, chapters))
    path = tmp_path / "study.toml"
    path.write_text("[account]\nseed = 21\n", encoding="utf-8")
    return path


def test_why_and_serve_find_the_run_of_a_study_file(study_file, tmp_path, capsys, pack):
    assert main(("why", NUMBER)) == 1
    assert str(runs_folder()) in capsys.readouterr().err
    out = tmp_path / "out"
    assert main(("study", "--study", str(study_file), "--out", str(out), "--format", "html")) == 0
    stored = runs_folder() / json.loads((out / "en" / "manifest.json").read_text())["run"]
    assert str(stored) in capsys.readouterr().err
    for given in ((), ("--results", str(out)), ("--results", str(out / "en")), ("--results", stored.name)):
        assert main(("why", NUMBER, *given)) == 0
        assert "births" in capsys.readouterr().out
    said = []
    site = server.site_of(pack, None, "en", tell=lambda key, values: said.append(key))
    assert (site.model, said) == (stored.name[:12], [])
    assert server.site_of(pack, out, "en").results.about["run"] == stored.name
    assert main(("study", "--study", str(study_file), "--out", str(out), "--format", "html")) == 0
    assert str(stored) in capsys.readouterr().err


def test_the_last_run_is_the_one_asked_for_last(study_file, pack):
    assert latest_run(pack) is None
    plans = [resolve(pack, {"account": {"seed": seed}}) for seed in (21, 22)]
    names = [study_results(pack, plan=plan, jobs=0).about["run"] for plan in plans]
    assert latest_run(pack).name == names[1]
    study_results(pack, plan=plans[0], jobs=0)
    assert latest_run(pack).name == names[0]
    for name in names:  # made by other code: the name of such a run is not that of its plan today
        (runs_folder() / name).rename(runs_folder() / name[::-1])
    assert latest_run(pack) is None


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_report_whose_run_is_gone_says_so(tmp_path, monkeypatch, language):
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "manifest.json").write_text('{"run": "0123"}')
    with pytest.raises(BadInput, match="0123") as error:
        run_folder(tmp_path)
    assert "0123" in error.value.sentence(language)
