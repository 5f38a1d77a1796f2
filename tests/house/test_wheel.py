"""The wheel holds what the package needs, and works in an environment of its own with the light set of packages."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "openpyxl", "frictionless")
BUILT = {".pyc", ".nbi", ".nbc"}
pytestmark = pytest.mark.long


def run(arguments, folder, **more):
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")} | more
    return subprocess.run([str(a) for a in arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    done = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], ROOT)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def fresh(wheel, tmp_path_factory):
    """An environment with the light lock and the wheel; from what uv has kept, else from the registry."""
    uv = shutil.which("uv") or ROOT / ".tools" / "bin" / "uv"
    if not Path(uv).is_file():
        pytest.skip("uv is not here; ./run brings it")
    folder = tmp_path_factory.mktemp("fresh")
    python = folder / "env" / "bin" / "python"
    assert run([uv, "venv", "-q", "--python", sys.executable, folder / "env"], folder).returncode == 0
    locked = re.findall(rf"^(?:{'|'.join(TOOLS)})==\S+", (ROOT / "requirements-test.lock").read_text(encoding="utf-8"), re.M)
    assert len(locked) == len(TOOLS)
    tools = ["-c", ROOT / "requirements-test.lock", *locked]
    for asked in (["-r", ROOT / "requirements.lock"], tools):
        command = [uv, "pip", "install", "-q", "--python", python, "--require-hashes", *asked]
        done = run([*command, "--offline"], folder)
        done = done if done.returncode == 0 else run(command, folder)
        if "error sending request" in done.stderr:
            pytest.skip("neither uv's cache nor a registry has the packages")
        assert done.returncode == 0, done.stderr
    done = run([uv, "pip", "install", "-q", "--python", python, "--no-deps", "--offline", wheel], folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def qonys(fresh, tmp_path):
    """Runs a command of the installed package far from the sources."""
    program = fresh / "env" / "bin" / "qonys"
    places = {"QONYS_CACHE": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data"), "QONYS_LANG": "en"}
    return lambda *arguments: run([program, *arguments], tmp_path, **places)


def test_every_file_of_the_package_is_in_the_wheel_and_nothing_built(wheel):
    with zipfile.ZipFile(wheel) as file:
        held = set(file.namelist())
    wanted = {p.relative_to(SOURCE).as_posix() for p in (SOURCE / "qonys").rglob("*") if p.is_file() and p.suffix not in BUILT}
    assert {name for name in held if name.startswith("qonys/")} == wanted
    packs = {name.split("/")[2] for name in held if name.startswith("qonys/packs/")}
    assert packs == {path.parent.name for path in (SOURCE / "qonys" / "packs").glob("*/datapackage.json")}
    for suffix in (".po", ".otf", ".woff", ".c", ".toml", ".csv", ".typ", ".j2", ".js", ".css", ".geojson", ".yaml"):
        assert any(name.endswith(suffix) for name in held), suffix
    assert any(name.endswith("licenses/NOTICE") for name in held)


def test_commands_of_the_installed_package(qonys, fresh, tmp_path):
    assert qonys("--version").stdout.strip()
    listed = json.loads(qonys("catalog", "list", "--format", "json").stdout)
    assert len(listed) > 30
    done = qonys("flows", "classify", ROOT / "docs" / "examples" / "moves.csv", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "repatriation" in {row["form"] for row in json.loads(done.stdout)}
    (tmp_path / "moves.csv").write_text("origin,destination,value\nA,B,30\nB,A,10\nA,C,5\nC,B,8\n")
    (tmp_path / "people.csv").write_text("region,population\nA,900\nB,500\nC,400\n")
    done = qonys("indicators", "moves.csv", "--population", "people.csv", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "mei" in {row["indicator"] for row in json.loads(done.stdout)}
    found = qonys("doctor", "--format", "json")
    assert found.returncode == 0, found.stdout
    states = {(row["group"], row["name"]): row["state"] for row in json.loads(found.stdout)}
    assert states["extras", "report"] == states["extras", "surveys"] == states["extras", "observatory"] == "ok"
    assert states["extras", "jax"] == states["extras", "scale"] == "absent"
    where = run([fresh / "env" / "bin" / "python", "-c", "import qonys; print(qonys.__file__)"], fresh).stdout
    assert where.startswith(str(fresh))


def test_a_missing_extra_is_one_sentence(qonys):
    moves = ROOT / "tests" / "explanation" / "austria_moves.csv"
    asked = ("factors", moves, "--outcome", "moves", "--log", "distance", "--effects", "origin,destination")
    done = qonys(*asked, "--engine", "library")
    assert done.returncode == 1
    assert "./run --with explanation" in done.stderr.splitlines()[-1]
    assert qonys(*asked).returncode == 0


def test_tests_run_from_the_wheel(fresh, tmp_path):
    """The rooms that need no study, with the sources out of reach."""
    for name in ("tests", "docs", "pyproject.toml"):
        place = ROOT / name
        copy = shutil.copytree if place.is_dir() else shutil.copy
        copy(place, tmp_path / name)
    rooms = ["tests/catalog", "tests/quantities", "tests/spaces", "tests/measurement", "tests/kernels/test_indices.py"]
    command = [fresh / "env" / "bin" / "python", "-m", "pytest", "-q", "-x", "-o", "addopts=", "--import-mode=importlib"]
    done = run([*command, "-p", "no:cacheprovider", *rooms], tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
