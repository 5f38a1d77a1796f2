"""The command line as a program of its own: start, signals, pipes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qonys.catalog import open_pack
from qonys.catalog.user_tables import user_folder

HEAVY = ("scipy", "numba", "pandas", "statsmodels", "polars", "duckdb", "altair", "numpy", "pyarrow")
PROGRAM = [sys.executable, "-m", "qonys.cli"]


def environment(tmp_path, **more):
    own_places = {"QONYS_CACHE": str(tmp_path / "c"), "XDG_DATA_HOME": str(tmp_path / "d")}
    return {key: value for key, value in os.environ.items() if key != "QONYS_LANG"} | own_places | more


def program(arguments, tmp_path, **more):
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env=environment(tmp_path, **more),
        check=False,
    )


def test_version(tmp_path):
    done = program(["--version"], tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "0.1.0")


@pytest.mark.parametrize(
    "arguments",
    [
        "import qonys",
        "main(['--help'])",
        "main(['--version'])",
        "main(['catalog', '--help'])",
        "main(['catalog', 'add', '--help'])",
    ],
)
def test_import_and_help_pull_in_nothing_heavy(arguments, tmp_path):
    code = f"import sys; from qonys.cli import main; {arguments}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_is_quick(tmp_path):
    """In processor time: other programs may hold the machine."""
    best = 10.0
    for _ in range(3):
        start = os.times()
        assert program(["--help"], tmp_path).returncode == 0
        end = os.times()
        best = min(best, end.children_user + end.children_system - start.children_user - start.children_system)
    assert best < 0.5


def test_kazakh_prints_under_a_plain_locale(tmp_path, folder):
    done = program(
        ["--pack", str(folder), "--lang", "kk", "catalog", "list"],
        tmp_path,
        LC_ALL="C",
        LANG="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert done.returncode == 0
    assert "кесте" in done.stdout


def test_a_closed_pipe_is_no_error(tmp_path, folder):
    command = " ".join(
        [*PROGRAM, "--pack", str(folder), "catalog", "show", "moves", "--limit", "0", "--format", "json"]
    )
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1"], capture_output=True, text=True, env=environment(tmp_path), check=False
    )
    assert done.stderr == ""


def worked(process):
    """Seconds of processor time of a process, so that a busy machine does not decide what a test meets."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_ctrl_c_ends_with_130_and_leaves_nothing(tmp_path, folder, monkeypatch):
    path = tmp_path / "long.csv"
    rows = (f"{1500 + n % 500},net_migration,{n},persons,s{n}" for n in range(400_000))
    path.write_text("year,indicator,value,unit,note\n" + "\n".join(rows) + "\n", encoding="utf-8")
    arguments = [
        "--pack",
        str(folder),
        "catalog",
        "add",
        str(path),
        "--as",
        "national",
        "--source-title",
        "x",
        "--status",
        "estimate",
    ]
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(tmp_path)
    )
    while worked(process) < 0.9:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    left = user_folder(open_pack(folder))
    assert not left.exists() or not [item for item in left.iterdir() if item.name != ".lock"]


def test_the_entry_point_of_the_package(tmp_path):
    script = Path(sys.executable).with_name("qonys")
    done = subprocess.run(
        [str(script), "--version"], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert done.stdout.strip() == "0.1.0"
