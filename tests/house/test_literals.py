"""What is of one country stands in its pack: no source, region, country, group, survey or year in the code.

Docstrings are exempt (references, examples), and so are the labels that every country has.
"""

import ast
from pathlib import Path

import pytest

from qonys.catalog import open_pack
from qonys.catalog.pack import shipped_packs

SOURCE = Path(__file__).parents[2] / "src" / "qonys"
YEARS = range(1890, 2101)
GENERAL = {"total", "all", "other", "other_and_not_stated", "not_stated", "both", "none", "unknown"}
NAMED_AXES = ("ethnic_group", "country", "survey")
# path -> literals that may stand there, and why; the list may only get shorter
CONVENTION = "published formats of the United Nations name them, whatever the country"
DRAWN = "a number of draws, rounds or persons, no year"
RECORD = "years of origin of the record of skill; the plan of a study may name others"
DEFAULTS = "defaults of a study; the pack's own study.toml and country.yaml take their place"
ALLOWED: dict[str, tuple[set[object], str]] = {
    "catalog/exporting.py": ({1980}, "the earliest date that a zip archive can hold"),
    "catalog/packing/tables.py": ({"SRB"}, CONVENTION),
    "catalog/packing/territories.py": ({"OOO", "STL", "DEU", "COD", "FRA", "MMR", "YEM", 2003}, CONVENTION),
    "catalog/packing/unhcr.py": ({"XXA", "UNK"}, CONVENTION),
    "catalog/packing/wpp.py": ({2022, 2024, "SRB"}, CONVENTION),
    "kernels/flows/sinkhorn.py": ({2000}, DRAWN),
    "kernels/indices/intensity.py": ({2000}, DRAWN),
    "projection/processes/dependence.py": ({2000}, DRAWN),
    "projection/processes/vital_logistic.py": ({2000}, DRAWN),
    "report/chapters/present.py": ({2000}, DRAWN),
    "web/charts/subjects.py": ({"2000"}, DRAWN),
    "projection/backtest/run.py": ({1980, 1985, 1990, 1995, 2000, 2005, 2010, 2013, 2015, 2018}, RECORD),
    "projection/regional/backtest.py": ({2007, 2010, 2013, 2015, 2018}, RECORD),
    "study/hindcast/gross.py": ({2021}, RECORD),
    "study/plan.py": (set(YEARS), DEFAULTS),
}


def codes():
    """Codes that belong to a country: those of all shipped packs."""
    found = {}
    for name in shipped_packs():
        pack = open_pack(name)
        found |= dict.fromkeys(pack.sources()["id"], "source")
        found |= dict.fromkeys(pack.regions()["region"], "region")
        labels = pack.labels().select("axis", "code").rows()
        found |= {code: axis for axis, code in labels if axis in NAMED_AXES}
        found |= {pack.whole: "region", pack.country["iso3"]: "country"}
    return {code: what for code, what in found.items() if code not in GENERAL}


def texts_alone(tree):
    """Constants that are statements of their own: docstrings."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def literals(tree, known):
    """Line and value of each literal that is of one country."""
    aside = texts_alone(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in aside:
            continue
        value = node.value
        if isinstance(value, str):
            if value in known or (value.isdigit() and int(value) in YEARS):
                yield node.lineno, value
        elif isinstance(value, int | float) and not isinstance(value, bool) and value in YEARS:
            yield node.lineno, value


def test_code_knows_no_country():
    known, found, unused = codes(), {}, {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith("packs/"):
            continue
        met = list(literals(ast.parse(path.read_text(encoding="utf-8")), known))
        allowed, why = ALLOWED.get(name, (set(), ""))
        strange = [(line, value) for line, value in met if value not in allowed]
        if strange:
            found[name] = strange
        gone = allowed - {value for _, value in met}
        if gone and why != DEFAULTS:
            unused[name] = gone
    assert not found, found
    assert not unused, f"take out of the list: {unused}"


@pytest.mark.parametrize(
    "planted", ["x = 'wpp2024'", "x = 'KZ-75'", "f(country='KAZ')", "x = 'kazakh'", "x = 1991", "x = '1991'"]
)
def test_a_planted_literal_rings(planted):
    assert list(literals(ast.parse(planted), codes()))


@pytest.mark.parametrize("fair", ["'''Since 1991 in KAZ.'''", "x = 'total'", "x = 'en'", "x = 400"])
def test_what_every_country_has_does_not(fair):
    assert not list(literals(ast.parse(fair), codes()))
