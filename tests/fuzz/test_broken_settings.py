"""Broken files of settings (scenario, study, rules, claims, measures, country): read, or refused in one sentence."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qonys
from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.country import country_declaration
from qonys.catalog.figures import figure_specs
from qonys.catalog.sentences import pack_sentences
from qonys.errors import QonysError
from qonys.inputs import country
from qonys.measurement.typology.rules import read_rules
from qonys.study.claims.check import check_claims
from qonys.study.ensembles.scenario_files import scenario_of
from qonys.study.lab.policy_measures import read_measures
from qonys.study.plan import read_plan_file, resolve

from .refusals import LONG, SHORT, without_python

PACK = open_pack("georgia")
RULES = Path(qonys.__file__).parent / "measurement" / "typology" / "rules.toml"
SCENARIO = """since = 2030
until = 2040
net_add = 1000
fertility_times = 1.1
longevity_add = 0.5
no_migration = false
region_attraction = {"KZ-71" = 1.2}
immigration_add = {kazakh = {"KZ-61" = 4000}, russian = 10}
"""
STUDY = """country = "georgia"
languages = ["en"]
[projection]
until = 2060
shown = [2030, 2050]
draws = 100
[groups]
share = 0.01
[scenarios]
nation = ["half"]
[scenarios.named.half]
emigration_times = 0.5
"""
MEASURES = """measures:
- id: m
  name: {en: M, ru: M, kk: M}
  unit: persons_a_year
  now: {year: 2020, value: 10, text: {en: a}}
  low: 0
  high: 100
  step: 1
  decided_by: ministry
  effects:
  - form: factor
    key: immigration_times
    per_unit: {value: 0.1, basis: assumption, low: 0.05}
    text: {en: b}
"""
YAML_SCENARIO = SCENARIO.replace(" = ", ": ").replace('"KZ-71": ', "KZ-71: ")
FILES = {name: (PACK.path / name).read_text(encoding="utf-8") for name in ("claims.yaml", "country.yaml", "figures.yaml")}
FILES |= {"measures.yaml": MEASURES, "sentences.yaml": "report.title: {en: A, ru: B}\n", "scenario.toml": SCENARIO,
          "scenario.yaml": YAML_SCENARIO, "study.toml": STUDY, "rules.toml": RULES.read_text(encoding="utf-8")}  # fmt: skip
VALUES = (
    "010000", "1:30:00", "1e12", "-1", "0", "nan", ".inf", "inf", "9" * 400, "9" * 5000, "true", "null", "[]", "{}", "[1, 2]", "{a = 1}", "{a: 1}",
    '""', "''", '"x"', "2020-13-45", "2020-01-31", "&a [*a]", "*a", "!!int 3", "0x10", "'", '"', "[" * 200, "{" * 200, "x" * 5000, "\x07", "{path}",
    "<<", "?", "- ", "# ", "no", "1_000", "~", "1e400", "- - -", "a: b: c",
)  # fmt: skip


@st.composite
def texts(draw):
    """Name of a file and its text after one to three mutations of lines and signs."""
    name = draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(lines) - 1, 0)))
        line = lines[place] if lines else ""
        sign = ":" if ":" in line else "="
        kind = draw(st.sampled_from(("value", "value", "value", "twice", "gone", "key", "sign", "indent", "text")))
        if kind == "value":
            lines[place : place + 1] = [line.partition(sign)[0] + f"{sign} " + draw(st.sampled_from(VALUES))]
        elif kind == "twice":
            lines.insert(place, line)
        elif kind == "gone":
            del lines[place : place + 1]
        elif kind == "key":
            lines[place : place + 1] = [draw(st.sampled_from(("x", "", "{0}", "1", "id"))) + sign + line.partition(sign)[2]]
        elif kind == "sign":
            at = draw(st.integers(0, len(line)))
            lines[place : place + 1] = [line[:at] + draw(st.sampled_from("{}[]:=,'\"#&*!|>%@`\t -x0\x00\x85\ufeff")) + line[at:]]
        elif kind == "indent":
            lines[place : place + 1] = [" " * draw(st.integers(0, 5)) + line.strip()]
        else:
            lines[place : place + 1] = [draw(st.text(max_size=30))]
    return name, "\n".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that is a pack without documents of its own."""
    folder = tmp_path_factory.mktemp("packs") / "mine"
    folder.mkdir()
    for path in PACK.path.iterdir():
        if path.name not in FILES:
            (folder / path.name).symlink_to(path)
    shutil.copy(PACK.path / "figures.yaml", folder)
    return folder


READERS = {
    "claims.yaml": lambda pack, path: check_claims(pack),
    "country.yaml": lambda pack, path: (country_declaration(pack), country(pack)),
    "figures.yaml": lambda pack, path: figure_specs(pack),
    "measures.yaml": lambda pack, path: read_measures(pack),
    "sentences.yaml": lambda pack, path: pack_sentences(pack),
    "scenario.toml": lambda pack, path: scenario_of(path),
    "scenario.yaml": lambda pack, path: scenario_of(path),
    "study.toml": lambda pack, path: resolve(PACK, read_plan_file(path), str(path)),
    "rules.toml": lambda pack, path: read_rules(path.read_text(encoding="utf-8"), str(path)),
}


def one(folder, name, text):
    """Write the file, read it, look at the sentence if it is refused."""
    path = folder / name
    before = path.read_bytes() if path.exists() else None
    path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    try:
        READERS[name](open_pack(str(folder)), path)
    except QonysError as error:
        for language in words.LANGUAGES:
            sentence = error.sentence(language)
            assert without_python(sentence), sentence
    finally:
        path.unlink()
        if before is not None:
            path.write_bytes(before)


@pytest.mark.long
@settings(max_examples=LONG, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_text=texts())
def test_many_broken_settings(folder, given_text):
    one(folder, *given_text)


@settings(max_examples=2 * SHORT, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_text=texts())
def test_broken_settings(folder, given_text):
    one(folder, *given_text)


@pytest.mark.parametrize("name", sorted(FILES))
def test_sound_settings_are_read(folder, name):
    one(folder, name, FILES[name])
