"""What interrupted processes left is swept at the next start, unless its process lives; damage is said and mended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qonys.catalog import drafts
from qonys.catalog.drafts import draft_file, draft_folder, sweep, sweep_own
from qonys.catalog.locks import exclusive, free_lock
from qonys.cli import main
from qonys.study.runs.folders import say_if_damaged, sound, write_whole
from qonys.words.notes import listening

DAYS = 2 * drafts.DAY


def left_by(body: str, *given: str) -> Path:
    """What a killed process left: it writes a draft and dies in the block."""
    code = (
        "import os, signal, sys; from pathlib import Path; from qonys.catalog.drafts import draft_file, draft_folder\n"
        f"{body}\n"
    )
    subprocess.run([sys.executable, "-c", code, *given], check=False, timeout=120)
    (found,) = (path for path in Path(given[0]).iterdir() if path.name.startswith("."))
    return found


FILE = "with draft_file(Path(sys.argv[1]) / 'a.json') as d: d.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
FOLDER = "with draft_folder(Path(sys.argv[1]) / 'a') as d: (d / 'b').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize("body", [FILE, FOLDER])
def test_a_draft_of_a_dead_process_is_swept(tmp_path, body) -> None:
    left_by(body, str(tmp_path))
    assert sweep(tmp_path) == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_was_being_replaced_gets_its_name_back(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("whole")
    left_by(
        "real = Path.rename\n"
        "def rename(one, other):\n"
        "    real(one, other)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "Path.rename = rename\n"
        "drafts = sys.modules['qonys.catalog.drafts']\n"
        "drafts.Path.mkdir = lambda self: None if self.name.endswith('.draft') else os.mkdir(self)\n"
        "with draft_folder(Path(sys.argv[1]) / 'a'): pass",
        str(tmp_path),
    )
    assert not (tmp_path / "a").exists()
    sweep(tmp_path)
    assert (tmp_path / "a" / "b").read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_draft_of_a_living_process_is_left(tmp_path) -> None:
    code = (
        "import sys; from pathlib import Path; from qonys.catalog.drafts import draft_file\n"
        "with draft_file(Path(sys.argv[1]) / 'a') as d: d.write_text('half'); print('there', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], **pipes) as process:
        assert process.stdout.readline() == b"there\n"
        assert sweep(tmp_path) == 0
        process.stdin.close()
        process.wait(60)
    assert (tmp_path / "a").read_text() == "half"


def test_the_number_of_a_process_that_another_bears_now_protects_nothing(tmp_path) -> None:
    with draft_file(tmp_path / "a") as mine:
        mine.write_text("")
        _, pid, begun, rest = mine.name.rsplit("-", 3)
        other = mine.with_name(mine.name.replace(f"-{pid}-{begun}-{rest}", f"-{pid}-{int(begun) - 1}-{rest}"))
        other.write_text("")
        sweep(tmp_path)
        assert mine.exists()
        assert other.exists() == (begun == "0")


def test_drafts_of_other_machines_and_of_earlier_versions_are_swept_when_old(tmp_path) -> None:
    names = [".a.00000000-1-1-0.draft", ".draft-abcdefgh", ".x.77.rows.tmp", "y.77.part", "z.part"]
    for name in names:
        (tmp_path / name).write_text("")
    (tmp_path / "kept.json").write_text("")
    assert sweep(tmp_path, earlier=True) == 0
    for path in tmp_path.iterdir():
        os.utime(path, (time.time() - DAYS,) * 2)
    assert sweep(tmp_path) == 1  # elsewhere a file called .part may be a person's own
    assert sweep(tmp_path, earlier=True) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]


def test_a_lock_that_nobody_holds_is_removed_and_one_that_is_held_stays(tmp_path) -> None:
    path = tmp_path / "a.lock"
    with exclusive(path):
        os.utime(path, (time.time() - DAYS,) * 2)
        assert sweep(tmp_path, earlier=True) == 0
        assert not free_lock(path)
    assert sweep(tmp_path, earlier=True) == 1
    assert not path.exists()


def test_a_lock_removed_while_one_waits_is_taken_anew(tmp_path, monkeypatch) -> None:
    from qonys.catalog import locks

    path, real, calls = tmp_path / "a.lock", locks._take, []

    def take(file):
        calls.append(1)
        if len(calls) == 1:
            path.unlink()  # another process swept it between our opening and our taking
        return real(file)

    monkeypatch.setattr(locks, "_take", take)
    with exclusive(path, 5):
        assert path.exists()
    assert len(calls) == 2


def test_every_command_sweeps_what_is_its_own(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    places = [tmp_path / "cache" / "states", tmp_path / "cache" / "chapters" / "data", tmp_path / "data" / "qonys" / "x" / "tables"]
    for place in places:
        place.mkdir(parents=True)
        left_by(FILE, str(place))
    assert main(["catalog", "list"]) == 0
    assert not [path for place in places for path in place.iterdir()]
    assert sweep_own() == 0
    capsys.readouterr()


@pytest.mark.parametrize("damage", ["cut", "zeroed", "random", "gone", "no_sums", "sums_of_zeroes", "sums_no_table"])
def test_a_damaged_folder_is_not_sound_and_is_said(tmp_path, damage) -> None:
    place = tmp_path / "a"
    write_whole(place, lambda draft: (draft / "b.json").write_text("[1, 2, 3]" * 50), lambda: False)
    assert sound(place)
    path, sums = place / "b.json", place / "sums.json"
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:100])
    elif damage == "zeroed":
        path.write_bytes(bytes(len(content)))
    elif damage == "random":
        path.write_bytes(os.urandom(len(content)))
    elif damage == "gone":
        path.unlink()
    elif damage == "no_sums":
        sums.unlink()
    else:
        sums.write_bytes(bytes(80) if damage == "sums_of_zeroes" else b"[]")
    assert not sound(place)
    said = []
    with listening(lambda key, values: said.append((key, values["path"]))):
        say_if_damaged(place)
        say_if_damaged(tmp_path / "nothing")
    assert said == [("study.kept.damaged", str(place))]


def test_what_another_process_wrote_meanwhile_stays(tmp_path) -> None:
    place = tmp_path / "a"

    def write(draft: Path) -> None:
        (draft / "b").write_text("second")
        if not place.exists():
            write_whole(place, lambda first: (first / "b").write_text("first"), lambda: False)

    write_whole(place, write, lambda: sound(place))
    assert (place / "b").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_draft_is_removed_after_an_error(tmp_path) -> None:
    def fill() -> None:
        with draft_folder(tmp_path / "a") as draft:
            (draft / "b").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fill()
    assert not list(tmp_path.iterdir())
