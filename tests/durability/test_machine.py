"""Faults of the machine and of what is stored: each is a sentence, a rebuilt result, or both; never a traceback."""

from __future__ import annotations

import json
import os
import pwd
import resource
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.store import open_store
from qonys.cli import main
from qonys.errors import BadInput
from qonys.projection.national import NationalInputs
from qonys.study.ensembles import fits
from qonys.study.plan import resolve
from qonys.study.runs import run as runs
from qonys.study.runs.folders import write_whole
from qonys.study.runs.stored import stored_chapter
from qonys.words.notes import listening

TESTS = Path(__file__).resolve().parents[1]
TESTLAND = TESTS / "catalog" / "fixtures" / "testland"


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(runs, "cores", lambda: runs.HERE)


def study(folder: Path) -> int:
    return main(["study", "--pack", str(TESTLAND), "--format", "html", "--out", str(folder), "--lang", "en"])


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json"}


def spoil(path: Path, how: str) -> None:
    content = path.read_bytes()
    made = {"cut": content[: len(content) // 2], "zeroed": bytes(len(content)), "random": os.urandom(len(content)), "empty": b""}
    path.write_bytes(made[how])


def command(*arguments: str, **options):
    given = {"capture_output": True, "text": True, "timeout": 300, "check": False} | options
    return subprocess.run([sys.executable, "-m", "qonys", *arguments], **given)


HOW, WHICH = ("cut", "zeroed", "random", "empty"), ("about.json", "results.json", "tables/*.parquet", "sums.json")
FIRST = set(zip(HOW, WHICH, strict=True))  # in the short tier each damage and each file once


@pytest.mark.parametrize(
    ("how", "which"),
    [pytest.param(*pair, marks=() if pair in FIRST else pytest.mark.long) for pair in product(HOW, WHICH)],
)
def test_a_damaged_stored_chapter_is_said_and_computed_anew(tmp_path, capsys, how, which) -> None:
    assert study(tmp_path / "out") == 0
    whole = contents(tmp_path / "out")
    shutil.rmtree(tmp_path / "cache" / "results")
    for path in (tmp_path / "cache" / "chapters" / "data").glob(f"*/{which}"):
        spoil(path, how)
    shutil.rmtree(tmp_path / "out")
    capsys.readouterr()
    assert study(tmp_path / "out") == 0
    said = capsys.readouterr().err
    assert said.count("is damaged or incomplete; it is computed anew") == 1
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("which", ["results.json", *(pytest.param(name, marks=pytest.mark.long) for name in ("tables/*.parquet", "sums.json"))])
def test_a_damaged_run_is_put_together_again(tmp_path, capsys, which) -> None:
    assert study(tmp_path / "out") == 0
    whole = contents(tmp_path / "out")
    for path in (tmp_path / "cache" / "results").glob(f"*/{which}"):
        spoil(path, "random")
    shutil.rmtree(tmp_path / "out")
    capsys.readouterr()
    assert study(tmp_path / "out") == 0
    assert "is damaged or incomplete" in capsys.readouterr().err
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("how", ["cut", "zeroed", "random", "earlier"])
def test_a_damaged_fit_and_one_of_another_version_are_made_anew(tmp_path, how) -> None:
    path, made = tmp_path / "fits" / "a.npz", []

    def make() -> tuple[int, ...]:
        made.append(1)
        return (1, 2, 3)

    fits._kept(path, make)
    if how == "earlier":
        shutil.copy(TESTS / "study" / "object-of-earlier-version.npz", path)
        with np_load(path) as text:
            text.clear()
            text |= {"class": f"{NationalInputs.__module__}:GoneSince", "fields": {}}
    else:
        spoil(path, how)
    said = []
    with listening(lambda key, values: said.append(key)):
        assert fits._kept(path, make) == (1, 2, 3)
        assert fits._kept(path, make) == (1, 2, 3)
    assert len(made) == 2
    assert said == ["study.kept.damaged"]


class np_load:
    """Change the text of a stored object."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self):
        import numpy as np

        with np.load(self.path, allow_pickle=False) as held:
            self.arrays = dict(held)
        self.text = json.loads(self.arrays["document"].tobytes())
        return self.text

    def __exit__(self, *given: object) -> None:
        import numpy as np

        self.arrays["document"] = np.frombuffer(json.dumps(self.text).encode(), np.uint8)
        np.savez(self.path, **self.arrays)


def test_the_account_is_that_of_the_stored_chapter(tmp_path, monkeypatch) -> None:
    """`project` takes the chapter `accounts` of the study; a damaged one is not taken."""
    pack = open_pack("kazakhstan")
    place = stored_chapter(fits.ACCOUNTS, pack, resolve(pack))
    frame = pl.DataFrame({"quantity": ["births"], "year": [2000], "median": [1.0]})

    def write(draft: Path) -> None:
        (draft / "tables").mkdir()
        frame.write_parquet(draft / "tables" / f"{fits.NATION}.parquet")

    class Anew:
        def table(self) -> pl.DataFrame:
            return frame.with_columns(median=pl.lit(2.0))

    write_whole(place, write, lambda: False)
    monkeypatch.setattr(fits, "national_account", lambda *given: pytest.fail("computed again"))
    assert fits.account_of(pack).equals(frame)
    spoil(place / "tables" / f"{fits.NATION}.parquet", "random")
    monkeypatch.setattr(fits, "national_account", lambda *given: (Anew(), ()))
    assert fits.account_of(pack)["median"].to_list() == [2.0]
    monkeypatch.setattr(fits, "national_account", lambda *given: pytest.fail("computed again"))
    assert fits.account_of(pack)["median"].to_list() == [2.0]


@pytest.fixture
def closed():
    """Close a folder for writing, for root too where the system lets it."""
    done = []

    def close(folder: Path) -> None:
        if os.geteuid():
            for path in (folder, *folder.rglob("*")):
                path.chmod(path.stat().st_mode & ~0o222)
        elif subprocess.run(["mount", "-o", "bind,ro", str(folder), str(folder)], capture_output=True, check=False).returncode:
            pytest.skip("root may not mount here")
        done.append(folder)

    yield close
    for folder in done:
        if os.geteuid():
            for path in (folder, *folder.rglob("*")):
                path.chmod(path.stat().st_mode | 0o700)
        else:
            subprocess.run(["umount", str(folder)], check=True)


def test_a_cache_for_reading_only_serves_what_it_holds(tmp_path, closed, capsys) -> None:
    pack = open_pack(TESTLAND)
    open_store(pack).close()
    assert study(tmp_path / "out") == 0
    closed(tmp_path / "cache")
    with open_store(pack) as store:
        assert store.table("national").height
    assert study(tmp_path / "other") == 0
    capsys.readouterr()


def test_an_empty_cache_for_reading_only_is_one_sentence(tmp_path, closed, capsys) -> None:
    (tmp_path / "cache").mkdir()
    closed(tmp_path / "cache")
    with pytest.raises(BadInput, match="QONYS_CACHE"):
        open_store(open_pack(TESTLAND))
    assert study(tmp_path / "out") == 1
    said = capsys.readouterr().err.splitlines()
    assert "QONYS_CACHE" in said[-1]


# JAX, where another test of this process imported it, warns of every fork; the child only sets its limit and starts.
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")
@pytest.mark.parametrize("size", [2_000, *(pytest.param(size, marks=pytest.mark.long) for size in (0, 20_000))])
def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(tmp_path, size) -> None:
    """The system refuses what is longer than `size` bytes in any file."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    codes = []
    for arguments in (
        ("study", "--pack", str(TESTLAND), "--format", "html", "--out", str(tmp_path / "out")),
        ("catalog", "export", "national", "--pack", str(TESTLAND), "--to", str(tmp_path / "export")),
    ):
        done = command(*arguments, preexec_fn=limit)
        assert "Traceback" not in done.stderr
        codes.append(done.returncode)
        assert codes[-1] == 0 or (codes[-1] == 1 and "Errno" not in done.stderr), done.stderr
        assert not [path for path in tmp_path.rglob(".*") if path.suffix in (".draft", ".former", ".wal")]
    assert (tmp_path / "out" / "en").exists() == (codes[0] == 0)
    assert 1 in codes
    assert study(tmp_path / "out") == 0


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_system_without_a_home_folder(monkeypatch, capsys, language) -> None:
    def nobody(number: int) -> None:
        raise KeyError(number)

    for name in ("HOME", "QONYS_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    code = main(["catalog", "show", "national", "--pack", str(TESTLAND), "--lang", language])
    said = capsys.readouterr().err
    assert code == 1
    assert said.count("\n") == 1
    assert "QONYS_CACHE" in said


def test_the_plainest_locale_prints_every_letter(tmp_path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONUTF8"))}
    for more in ({"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = command("--help", "--lang", "kk", env=kept | more, text=False)
        assert done.returncode == 0
        assert "қ" in done.stdout.decode("utf-8")


def test_two_processes_on_a_cold_cache(tmp_path) -> None:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    ask = [sys.executable, "-m", "qonys", "study", "--pack", str(TESTLAND), "--format", "html", "--jobs", "1"]
    both = [
        subprocess.Popen([*ask, "--out", str(tmp_path / name)], stderr=subprocess.PIPE, text=True, env=environment)
        for name in ("a", "b")
    ]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert not [path for path in (tmp_path / "cache").rglob(".*") if path.suffix == ".draft"]
