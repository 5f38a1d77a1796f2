"""What cannot be an argument is one sentence (BadInput), in three languages, never an error of Python."""

import inspect

import numpy as np
import pytest

import qonys
from qonys import words
from qonys.errors import BadInput
from qonys.face.frames import noted_names

FLOWS = {"origin": ["a", "b"], "destination": ["b", "a"], "value": [3, 4]}
COUNTS = {"region": ["x", "x", "y", "y"], "group": ["g", "h", "g", "h"], "value": [5, 3, 2, 6]}
REFUSED = [
    (lambda: qonys.multiplicative_components(FLOWS, columns="value"), "columns", ["'value'", "names your columns"]),
    (lambda: qonys.multiplicative_components(FLOWS, columns={"value": 3}), "columns", ["names your columns"]),
    (lambda: qonys.segregation(COUNTS, draws="200"), "whole", ["draws", "'200'", "whole number"]),
    (lambda: qonys.segregation(COUNTS, draws=True), "whole", ["True"]),
    (lambda: qonys.rake(FLOWS, [FLOWS], tolerance="small"), "number", ["tolerance", "'small'"]),
    (lambda: qonys.project("kazakhstan", regions="no"), "truth", ["regions", "'no'"]),
    (lambda: qonys.project("kazakhstan", seed="one"), "whole", ["seed", "'one'"]),
    (lambda: qonys.country("kazakhstan").project(draws="5"), "whole", ["draws", "'5'"]),
    (lambda: qonys.life_table(FLOWS, sex=1), "text", ["sex", "1"]),
    (lambda: qonys.segregation(COUNTS, 3), "many", ["segregation", "1", "2"]),
    (lambda: qonys.country("kazakhstan").table("census", 1), "many", ["at most 1", "2 were"]),
    (lambda: qonys.segregation(COUNTS, counts=COUNTS), "twice", ["counts"]),
    (lambda: qonys.segregation(), "missing", ["counts"]),
]


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(("call", "key", "parts"), REFUSED)
def test_an_argument_that_cannot_be_is_one_sentence(call, key, parts, language):
    with pytest.raises(BadInput) as caught:
        call()
    assert caught.value.key == f"face.arguments.{key}"
    assert caught.value.sentence(language)
    for part in parts:
        assert part in str(caught.value)


def test_options_that_are_not_known_are_named_with_those_that_are():
    for call in (lambda: qonys.diversity(COUNTS, drws=3), lambda: qonys.country("kazakhstan").lab(drws=3)):
        with pytest.raises(BadInput, match="drws") as caught:
            call()
        assert caught.value.key == "face.option"


def test_numbers_of_numpy_are_numbers():
    found = qonys.segregation(COUNTS, draws=np.int64(20)).frame
    assert found.equals(qonys.segregation(COUNTS, draws=20).frame)


def test_a_name_of_columns_that_no_table_uses_is_refused():
    own = {"from": ["a"], "into": ["b"], "n": [1]}
    for columns, name in (({"orgin": "from", "destination": "into"}, "orgin"), ({"age": "n"}, "age")):
        with pytest.raises(BadInput, match=f"“{name}”") as caught:
            qonys.multiplicative_components({**own, "to": ["b"]}, columns=columns)
        assert caught.value.key == "face.table.stray"
        assert "origin" in str(caught.value)
    assert qonys.multiplicative_components(own, columns={"destination": "into"}).frame.height
    with noted_names() as read:
        qonys.multiplicative_components(own, columns={"destination": "into"})
    assert not read  # the inner call notes for itself


def test_every_function_of_qonys_checks_its_arguments():
    functions = {name: getattr(qonys, name) for name in qonys.__all__ if inspect.isfunction(getattr(qonys, name))}
    assert len(functions) > 30
    for name, function in functions.items():
        with pytest.raises(BadInput):
            function(*[None] * 40)
        assert inspect.signature(function).parameters, name
