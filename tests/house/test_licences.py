"""What Qonys runs with, extras included, may be used under a licence that asks nothing of who uses Qonys."""

import json
from importlib import metadata

import pytest

from qonys.cli import main
from qonys.cli.installed.licences import Licence, licence_of, licences

FREE = ("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "MPL", "Zlib")


def test_no_package_is_under_the_gpl_alone_and_each_names_a_licence():
    found = licences()
    assert {one.package.lower() for one in found} >= {"qonys", "numpy", "polars", "fastapi", "jinja2", "uvicorn", "starlette"}
    assert not [one for one in found if one.copyleft_only]
    assert not [one for one in found if not one.licence]
    asked = {"matplotlib": "License agreement"}  # its own text, of the kind of the PSF's
    unknown = [one for one in found if not any(name in one.licence for name in FREE)]
    assert not [one for one in unknown if asked.get(one.package, "—") not in one.licence], unknown


def test_tools_of_tests_and_docs_are_not_among_them():
    assert not {one.package.lower() for one in licences()} & {"pytest", "sphinx", "hypothesis", "mypy", "frictionless"}


@pytest.mark.parametrize(
    ("licence", "strong"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-or-later", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT OR GPL-3.0-only", False),
        ("GPL-2.0-only OR GPL-3.0-only", True),
        ("MIT License; GNU General Public License v2 (GPLv2)", False),
        ("MIT", False),
        ("", False),
    ],
)
def test_which_licences_count_as_strong(licence, strong):
    assert Licence("x", "1", licence).copyleft_only is strong


def test_a_planted_package_rings(tmp_path, monkeypatch):
    """A package of the closure that is under the GPL alone."""
    info = tmp_path / "numpy-9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: numpy\nVersion: 9\nLicense-Expression: GPL-3.0-only\n")
    real = metadata.distribution
    planted = metadata.PathDistribution(info)
    monkeypatch.setattr(metadata, "distribution", lambda name: planted if name == "numpy" else real(name))
    assert [one.package for one in licences() if one.copyleft_only] == ["numpy"]
    assert licence_of(planted) == "GPL-3.0-only"


def test_the_command_prints_them(capsys):
    assert main(["doctor", "--licences", "--format", "json"]) == 0
    rows = {row["package"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["qonys"]["licence"] == "Apache-2.0"
    assert rows["numpy"]["version"] == metadata.version("numpy")
