"""The description of the model is that of the code, and the page on behaviour names what the code has."""

import importlib.util
import re
from pathlib import Path

from qonys import words
from qonys.behaviour.parameters import BASES, PARAMETERS, PLACES
from qonys.projection.scenarios import KEYS
from qonys.study.analyses.behaviour import ACTS

DOCS = Path(__file__).parents[2] / "docs"


def generator():
    spec = importlib.util.spec_from_file_location("behaviour_description", DOCS / "behaviour_description.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_description_is_that_of_the_code():
    """Run `python docs/behaviour_description.py` where this fails."""
    found = generator()
    assert found.description() == found.PAGE.read_text(encoding="utf-8")


def test_the_description_has_every_part_of_the_protocol():
    text = generator().description()
    for part in ("Purpose", "Entities, state, scales", "Process overview", "individual decisions", "Learning", "Sensing",
                 "Interaction", "Heterogeneity", "Stochasticity", "Observation", "Implementation", "Initialisation",
                 "Input data"):  # fmt: skip
        assert part in text
    assert set(re.findall(r"^\| `(\w+)` \| -?\d", text, re.MULTILINE)) == {one.name for one in PARAMETERS}


def test_every_parameter_has_a_place_a_basis_and_words():
    for one in PARAMETERS:
        assert one.place in PLACES
        assert one.basis in BASES
        assert one.low <= one.mean <= one.high
        assert all(words.has(f"behaviour.p.{one.name}", language) for language in ("en", "ru", "kk"))


def test_every_change_of_a_scenario_has_its_place():
    assert set(ACTS) | {"since", "until"} == set(KEYS)
    for place, basis in ACTS.values():
        for language in ("en", "ru", "kk"):
            assert words.has(f"behaviour.act.{place}", language)
            assert words.has(f"behaviour.basis.{basis}", language)
