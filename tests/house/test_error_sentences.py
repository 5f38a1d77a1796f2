"""Every error, finding and note has its sentence in three languages, and its places are filled where it is raised."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import qonys
from qonys import words
from qonys.errors import BadInput, QonysError

SOURCE = Path(qonys.__file__).parent
OF_PYTHON = re.compile(r"\b(?:float|int|str|bool|dict|tuple|NoneType|ndarray|traceback)\b")
RAISING = {"BadInput", "UsageError", "UnknownName", "AxisMismatch", "DefinitionMismatch", "VintageMismatch", "IdentityBroken",
           "StoreDamaged", "RenderFailed", "RefusedWithin", "RefusedCells", "QonysError", "ImportRefused"}  # fmt: skip
SAYING = RAISING | {"Finding", "note"}
FILLED = {"RefusedWithin": {"problem"}}


class Sample:
    """A value that any place takes."""

    def __format__(self, form):
        return "7"

    def __str__(self):
        return "7"


def fields(text):
    """Names of the places of a text."""
    return {name.partition(".")[0].partition("[")[0] for _, name, _, _ in Formatter().parse(text) if name}


def said(key, language):
    """The text of a key, forms of the plural joined."""
    entry = words.catalogue._entries(language)[key]
    return entry if isinstance(entry, str) else " ".join(entry)


def calls():
    """File, line, name of the function, node of the key and the node of each call that says a sentence."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in SAYING:
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", name, node.args[0], node


def keys_of(node):
    """The keys that an expression can give; None where the code alone does not say."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if isinstance(node, ast.IfExp):
        both = keys_of(node.body), keys_of(node.orelse)
        return None if None in both else [*both[0], *both[1]]
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+" for part in node.values]
        if len(parts[0]) > 1 and isinstance(node.values[0], ast.Constant) and "." in node.values[0].value:
            return [key for key in sorted(words.keys("en")) if re.fullmatch("".join(parts), key)]
    return None


FOUND = [(where, name, keys_of(key), node) for where, name, key, node in calls()]
ERRORS = sorted({key for _, name, keys, _ in FOUND if name in RAISING for key in keys or ()})


def faults_of(where, name, keys, node):
    """What is wrong with one call."""
    given = {item.arg for item in node.keywords}
    if "key" in given and name != "Finding":
        yield f"{where}: a value is named key"
    if keys == []:
        yield f"{where}: no such key"
    if keys is None or None in given or name == "Finding":
        return
    wanting = {}
    for key in keys:
        if not words.has(key):
            yield f"{where}: no key {key}"
        elif lacking := fields(said(key, "en")) - given - FILLED.get(name, set()):
            wanting[key] = lacking
    # of keys that the code puts together, more have the form than can be meant
    if not isinstance(node.args[0], ast.JoinedStr) or len(wanting) == len(keys):
        yield from (f"{where}: {key} wants {sorted(lacking)}" for key, lacking in wanting.items())


def test_places_are_filled_where_a_sentence_is_raised():
    assert len(FOUND) > 700
    assert [fault for call in FOUND for fault in faults_of(*call)] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_error_is_a_sentence(language, capsys):
    wrong = []
    for key in ERRORS:
        if not words.has(key, language):
            wrong.append(f"{key}: none in {language}")
            continue
        text = said(key, language)
        sentence = Formatter().vformat(text, (), dict.fromkeys(fields(text), Sample()))
        print(f"{language} {key}: {sentence}")
        if fields(text) != fields(said(key, "en")):
            wrong.append(f"{key}: {sorted(fields(text) ^ fields(said(key, 'en')))} in one language only")
        if OF_PYTHON.search(sentence) or "  " in sentence or "\n" in sentence or sentence[-1:] not in ".?!)7:»”":
            wrong.append(f"{key}: {sentence}")
    assert wrong == []
    assert len(ERRORS) > 500


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ('BadInput("catalog.add.folder")', "wants ['path']"),
        ('BadInput("catalog.add.folder", path=1, key=2)', "named key"),
        ('BadInput("catalog.add.folders", path=1)', "no key"),
        ('BadInput(f"catalog.nothing.{kind}", path=1)', "no such key"),
        ('BadInput("catalog.add.folder" if x else "catalog.add.no_encoding", path=1)', "no key"),
    ],
)
def test_a_planted_fault_rings(code, fault):
    node = ast.parse(code).body[0].value
    assert any(fault in found for found in faults_of("x", "BadInput", keys_of(node.args[0]), node))


def test_a_value_may_not_be_called_as_the_key_is():
    with pytest.raises(TypeError):
        BadInput("catalog.add.folder", **{"key": 1})
    assert issubclass(BadInput, QonysError)


def test_the_reason_of_the_system_is_said_in_the_readers_language():
    """Python's own reason is in English: only the module that translates reasons reads it."""
    own = re.compile(r"\.strerror\b")
    assert own.search("error.strerror")
    found = [str(path.relative_to(SOURCE)) for path in sorted(SOURCE.rglob("*.py")) if own.search(path.read_text(encoding="utf-8"))]
    assert found == []
