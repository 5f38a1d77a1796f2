"""The commit that a manifest names: of a checkout, of an installed package, or none."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from qonys.study.runs import commit as module
from qonys.study.runs.commit import commit

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with a package under src; the package's folder."""
    package = tmp_path / "src" / "qonys"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (tmp_path / "notes.txt").write_text("one")
    named = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*named, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return package


def head(package: Path) -> str:
    words = ["git", "-C", str(package), "rev-parse", "HEAD"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


@needs_git
def test_the_commit_of_a_checkout_and_whether_the_code_differs_from_it(checkout: Path) -> None:
    assert commit(checkout) == head(checkout)
    (checkout.parents[1] / "notes.txt").write_text("two")
    assert commit(checkout) == head(checkout)
    (checkout / "__init__.py").write_text("changed = True")
    assert commit(checkout) == head(checkout) + "+changed"


@needs_git
def test_a_package_inside_another_repository_does_not_take_its_commit(checkout: Path) -> None:
    inside = checkout.parents[1] / ".venv" / "lib" / "site-packages" / "qonys"
    inside.mkdir(parents=True)
    assert commit(inside) == "none"


def test_without_git_or_repository_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commit(tmp_path / "src" / "qonys") == "none"
    (tmp_path / ".git").write_text("gitdir: nowhere")
    assert commit(tmp_path / "src" / "qonys") == "none"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert commit(tmp_path / "src" / "qonys") == "none"


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        (json.dumps({"url": "x", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}}), "a" * 40),
        (json.dumps({"url": "x", "archive_info": {}}), "none"),
        (None, "none"),
        ("{", "none"),
    ],
)
def test_an_installed_package_has_the_commit_that_its_installer_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: str | None, expected: str
) -> None:
    class Installed:
        def locate_file(self, name: str) -> Path:
            return tmp_path / name

        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return recorded

    monkeypatch.setattr(module, "distribution", lambda name: Installed())
    assert commit(tmp_path / "qonys") == expected
    assert commit(tmp_path / "elsewhere" / "qonys") == "none"
