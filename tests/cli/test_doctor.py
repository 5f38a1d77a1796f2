"""`qonys doctor`: what it says of a whole installation, and that it notices what is taken away."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from qonys import words
from qonys.catalog import pack
from qonys.cli import FAULT, main
from qonys.cli.doctor import MARKS
from qonys.cli.installed import extras, machine
from qonys.kernels.multiregional import native

ROOT = Path(__file__).parents[2]


def asked(capsys, *arguments):
    code = main(["doctor", *arguments])
    return code, capsys.readouterr().out


def findings(capsys, *arguments):
    code, out = asked(capsys, "--format", "json", *arguments)
    return code, {(row["group"], row["name"]): row for row in json.loads(out)}


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def quick(monkeypatch):
    """Without the checks of packs, which other tests run."""
    monkeypatch.setattr("qonys.cli.installed.packs.packs", lambda chosen: [])
    monkeypatch.setattr("qonys.cli.doctor._packs", lambda: iter(()))


def lose(monkeypatch, *names):
    usual = extras.version_of
    monkeypatch.setattr(extras, "version_of", lambda name: "" if name in names else usual(name))


def test_a_whole_installation(capsys, monkeypatch, every):
    """The short tier checks one of the packs here; the tests of each pack check it too."""
    if not every:
        monkeypatch.setattr("qonys.catalog.pack.shipped_packs", lambda: ("georgia",))
    code, found = findings(capsys)
    assert code == 0
    assert {group for group, _ in found} == {"python", "extras", "machine", "tools", "folders", "packs"}
    assert not [row for row in found.values() if row["state"] == "broken"]
    assert {name for group, name in found if group == "packs"} == set(pack.shipped_packs())
    assert found["packs", "georgia"]["found"].startswith("data release 20")
    assert not every or found["packs", "kazakhstan"]["found"].startswith("data release 20")
    assert found["extras", "report"]["state"] == "ok"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("language", "last"), [("en", "All required"), ("ru", "Всё необходимое"), ("kk", "Қажеттінің")])
def test_its_page_in_three_languages(capsys, language, last):
    code, out = asked(capsys, "--lang", language)
    assert code == 0
    assert out.splitlines()[-1].startswith(last)
    assert all(words.text(f"doctor.group.{group}", language) in out for group in ("python", "extras", "machine", "tools"))
    assert not re.search(r"[{}]", out)


@pytest.mark.usefixtures("quick")
def test_a_missing_extra_says_what_it_gives_and_how_to_have_it(capsys, monkeypatch):
    lose(monkeypatch, "svy")
    code, found = findings(capsys)
    row = found["extras", "surveys"]
    assert (code, row["state"], row["found"]) == (0, "absent", "missing: svy")
    assert "./run --with surveys" in row["note"]
    assert "SPSS" in row["note"]


@pytest.mark.usefixtures("quick")
def test_a_missing_or_old_package_is_an_error(capsys, monkeypatch):
    lose(monkeypatch, "numpy")
    code, out = asked(capsys)
    assert code == 1
    assert f"{MARKS['broken']} numpy" in out
    assert out.splitlines()[-1] == "Required and missing or damaged: numpy."
    monkeypatch.setattr(extras, "version_of", lambda name: "1.26.4")
    code, found = findings(capsys)
    assert code == 1
    assert "2.0 or newer" in found["python", "numpy"]["note"]


@pytest.mark.usefixtures("quick")
def test_lost_fonts_old_python_no_compiler_no_browser(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "_PACKAGE", tmp_path)
    monkeypatch.setattr(machine, "PYTHON", (4, 0))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("QONYS_CHROMIUM", str(tmp_path / "none"))
    code, found = findings(capsys)
    assert code == 1
    states = {name: row["state"] for (_, name), row in found.items()}
    assert (states["fonts"], states["Python"], states["C compiler"], states["Chromium"]) == ("broken", "broken", "absent", "absent")


@pytest.mark.usefixtures("quick")
def test_a_cache_that_is_a_file_cannot_be_written_to(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "file" / "cache"))
    code, found = findings(capsys)
    row = found["folders", "stored results"]
    assert (code, row["state"]) == (1, "broken")
    assert str(tmp_path) in row["note"]


def test_a_pack_that_cannot_be_opened_is_one_sentence(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("qonys.catalog.pack.shipped_packs", lambda: ())
    (tmp_path / "land").mkdir()
    (tmp_path / "land" / "datapackage.json").write_text("{")
    code, found = findings(capsys, "--pack", str(tmp_path / "land"))
    rows = [row for (group, _), row in found.items() if group == "packs"]
    assert code == 1
    assert rows[0]["note"].endswith(".")
    assert "datapackage.json" in rows[0]["note"]


def test_every_extra_has_words_and_the_sizes_agree_with_the_project():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = set(declared["optional-dependencies"]) - {"study", "all"}
    assert all(words.has(f"doctor.extra.{name}", language) for name in names for language in words.LANGUAGES)
    assert set(extras.MODULES.values()) == names
    assert declared["requires-python"] == ">=" + ".".join(map(str, machine.PYTHON))
    assert machine.COMPILERS == native.COMPILERS


@pytest.mark.parametrize(("module", "extra"), [("typst", "report"), ("shapely.geometry", "maps"), ("distributed", "scale")])
def test_a_module_that_an_extra_brings_is_one_sentence(capsys, monkeypatch, module, extra):
    def fails():
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr("qonys.cli.doctor._findings", fails)
    code = main(["doctor"])
    error = capsys.readouterr().err
    assert code == 1
    assert f"./run --with {extra}" in error
    assert error.count("\n") == 1


def test_a_module_of_nobody_is_a_fault_of_the_program(monkeypatch, capsys, tmp_path):
    def fails():
        raise ModuleNotFoundError("No module named 'nobody'", name="nobody")

    monkeypatch.setattr("qonys.cli.doctor._findings", fails)
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path))
    assert main(["doctor"]) == FAULT
    assert "ModuleNotFoundError" in capsys.readouterr().err
