"""A small pack with a law register that a test may spoil."""

import csv

import pytest

from qonys.catalog import open_pack
from qonys.cli import main
from qonys.law.files import COLUMNS

DESCRIPTOR = """{"name": "lawland", "title": "Lawland", "country": {"code": "LL", "iso3": "LLD", "name_en": "Lawland",
"name_ru": "Лоуленд", "name_kk": "Лоуленд"}, "languages": ["en", "ru", "kk"], "resources": []}"""
ROWS = {
    "acts": [
        {"act": "law-1", "type": "law", "number": "1-I", "adopted": "2000-01-01", "in_force_from": "2000-02-01", "in_force_to": "2010-06-01",
         "ended_by": "law-2", "role": "base", "topic": "entry"},
        {"act": "law-2", "type": "law", "number": "2-I", "adopted": "2010-05-01", "in_force_from": "2010-06-01", "role": "base", "topic": "entry"},
        {"act": "order-3", "type": "order", "adopted": "2011-12", "role": "base", "topic": "labour", "in_force_to": "2013-01-01", "ended_by": "order-3"},
        {"act": "law-4", "type": "law", "number": "4-I", "adopted": "2001-01-01", "role": "ratifying", "topic": "refugees"},
        {"act": "bill-5", "type": "resolution", "number": "5", "adopted": "2002-01-01", "role": "draft", "topic": "refugees"},
    ],
    "changes": [{"act": "law-2", "target": "law-1", "date": "2010-06-01", "kind": "replaces"}],
    "parameters": [{"parameter": "stay", "topic": "entry", "unit": "days"}, {"parameter": "quota", "topic": "labour", "unit": "persons"},
                   {"parameter": "idle", "topic": "labour", "unit": "persons"}],
    "values": [
        {"parameter": "stay", "from": "2000-02-01", "value": "90", "act": "law-1"},
        {"parameter": "stay", "from": "2010-06-01", "value": "30", "act": "law-2"},
        {"parameter": "stay", "from": "2010-06-01", "value": "40", "act": "law-2", "region": "LL-1"},
        {"parameter": "quota", "from": "2012-01-01", "to": "2013-01-01", "value": "500", "act": "order-3"},
    ],
    "conventions": [{"convention": "treaty", "topic": "refugees", "body": "UN", "adopted": "1951-07-28", "state": "party", "signed": "2000",
                     "since": "2001-03-01", "binding": "2001-06-01", "act": "law-4"},
                    {"convention": "other", "topic": "labour", "body": "ILO", "adopted": "1949-07-01", "state": "not_party"}],
    "obligations": [{"convention": "treaty", "obligation": "return", "article": "33", "act": "law-2", "domestic_article": "7", "cover": "partly"}],
    "searched": [{"topic": "labour", "from_year": "2000", "to_year": "2014"}],
}  # fmt: skip
EVERY = {"title": "{} {}", "text": "Text {} {}", "name": "Name {} {}"}


def filled(name, row):
    """A row with a source, a status and texts in three languages where the file has them."""
    cells = dict.fromkeys(COLUMNS[name], "") | row
    for column in COLUMNS[name]:
        kind, _, language = column.rpartition("_")
        if language in ("en", "ru", "kk") and kind in EVERY and not cells[column]:
            cells[column] = EVERY[kind].format(next(iter(row.values())), language)
    if "source" in cells:
        cells |= {"source": cells["source"] or "s", "status": cells["status"] or "official"}
    return cells


def write(folder, rows):
    """The files of a register."""
    (folder / "law").mkdir(exist_ok=True)
    for name, listed in rows.items():
        with (folder / "law" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name])
            writer.writeheader()
            writer.writerows(filled(name, row) for row in listed)


@pytest.fixture
def rows():
    return {name: [dict(row) for row in listed] for name, listed in ROWS.items()}


@pytest.fixture
def folder(tmp_path, rows):
    """The folder of the pack."""
    place = tmp_path / "lawland"
    place.mkdir()
    (place / "datapackage.json").write_text(DESCRIPTOR, encoding="utf-8")
    (place / "sources.csv").write_text("id,title\ns,Source\n", encoding="utf-8")
    (place / "regions.csv").write_text("region,name_en\nLL,Lawland\nLL-1,North\n", encoding="utf-8")
    write(place, rows)
    return place


@pytest.fixture
def run(folder, capsys):
    """Run a command of the law on the pack: exit code, output, errors."""

    def call(*arguments, language="en"):
        code = main(["law", *arguments, "--pack", str(folder), "--lang", language])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return call


@pytest.fixture
def spoiled(folder, rows, run):
    """What `law check` says of the pack after a row of a file was changed, or one was added."""

    def call(file, place, **cells):
        if place is None:
            rows[file].append(cells)
        else:
            rows[file][place] |= {name.rstrip("_"): text for name, text in cells.items()}
        write(folder, rows)
        return run("check")

    return call


@pytest.fixture
def pack(folder):
    return open_pack(folder)
