"""The pages "A new country in an hour" and "Next year's figures": what they tell to write passes the checks."""

import json
import re
import shlex
from pathlib import Path

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.packing.gathering import Published
from qonys.catalog.packing.making import make_pack
from qonys.cli.app import COMMANDS
from qonys.inputs.figures import figure

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "how-to" / "new-country.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def add(folder, name, text):
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(text)


def test_the_census_of_the_page_can_be_added(forms, tmp_path):
    made = make_pack("GE", Published(wpp=(forms.indicators,)), tmp_path / "georgia")
    folder = made.folder
    (folder / "tables" / "census.csv").write_text(blocks("text")[0], encoding="utf-8")
    document = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    document["resources"].insert(0, json.loads(blocks("json")[0]))
    (folder / "datapackage.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    names = ("sources.csv", "labels.csv", "statements.csv", "preferences.csv")
    for name, text in zip(names, blocks("text")[1:], strict=True):
        add(folder, name, text)
    add(folder, "figures.yaml", blocks("yaml")[0])
    pack = open_pack(folder)
    assert [finding.sentence() for result in run_checks(pack) for finding in result.findings] == []
    assert figure(pack, "census_population", role="census").values.tolist() == [4371535, 3713804]


def test_the_python_of_the_page_runs(forms, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "WPP2024_Demographic_Indicators_Medium.csv").write_bytes(forms.indicators.read_bytes())
    code = blocks("python")[0].replace(".csv.gz", ".csv")
    exec(compile(code, "page", "exec"), {})
    assert "national" in capsys.readouterr().out
    assert (tmp_path / "georgia" / "datapackage.json").is_file()


def test_commands_and_options_of_the_pages_are_there():
    from qonys.cli.catalog.commands import app as catalog
    from qonys.cli.pack import app as pack

    known = {command.name for command in COMMANDS}
    groups = {"pack": pack, "catalog": catalog}
    for page in (PAGE, (DOCS / "how-to" / "next-year.md").read_text(encoding="utf-8")):
        for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                said = shlex.split(line, comments=True)
                if said:
                    rest = said[3:] if said[1] == "--pack" else said[1:]
                    assert rest[0] in known, line
                    if rest[0] in groups:
                        assert groups[rest[0]][rest[1]], line
