"""Time of reading grows with the length of a text, not with its square.

Every pattern of a module, with the methods by which the module uses it, and every function of reading that takes one text,
read texts of 30,000 signs of a kind. One that looks again from every place needs 5 x 10^8 steps, which is seconds of
the processor, and rings at half a second; a linear one needs milliseconds. Time of other processes does not count.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

import qonys
from qonys.catalog import reading
from qonys.catalog.reading.formats.headers import block_of
from qonys.errors import BadInput, QonysError
from qonys.projection.questions import ages_of, parse
from qonys.spaces.ages import AgeGroup

from .reading_commands import COMMANDS, line_of, sound_files
from .test_broken_tables import look, run

LENGTH, SECONDS, SHARE = 30_000, 0.5, 6
UNITS = ("a", "7", "0", " ", "\n", ",", '"', "(", "[", "{", "<", ".", "-", "/", ":", ";", "a1 ", "1 ", "1,", "a: ", "(a", " -", "in ", "1 000 ")
TEXTS = [f"1{unit * (LENGTH // len(unit))}!" for unit in UNITS]
METHODS = {"search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn"}
WRITTEN_BY_QONYS = ("qonys.cli.", "qonys.figures.", "qonys.web.downloads", "qonys.catalog.drafts")

pytestmark = pytest.mark.skipif(not hasattr(signal, "ITIMER_VIRTUAL"), reason="no timer of the processor's time")


class Late(BaseException):
    """The time is over."""


@contextmanager
def in_time():
    """Raise Late after `SECONDS` of this process."""

    def late(*_):
        raise Late

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def modules(package):
    return [importlib.import_module(one.name) for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if "__main__" not in one.name]


def used_patterns():
    """(module, name, pattern, method) as the modules call them."""
    for module in modules(qonys):
        if module.__name__.startswith(WRITTEN_BY_QONYS) or not any(isinstance(one, re.Pattern) for one in vars(module).values()):
            continue
        calls = (node.func for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        named = {(f.value.id, f.attr) for f in calls if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.attr in METHODS}
        for name, method in sorted(named):
            if isinstance(pattern := vars(module).get(name), re.Pattern):
                yield module.__name__, name, pattern, method


def looked(pattern, method, text):
    """Use the pattern to the end."""
    found = text.encode() if isinstance(pattern.pattern, bytes) else text
    if method in ("sub", "subn"):
        pattern.sub(found[:0], found)
    elif method == "finditer":
        for _ in pattern.finditer(found):
            pass
    else:
        getattr(pattern, method)(found)


def some(place, every):
    """All texts in the full tier; in the short one those whose turn it is, so that neighbours read different ones."""
    return TEXTS if every else TEXTS[place % SHARE :: SHARE]


def late_of(use, texts=TEXTS):
    """The beginning of the first text that takes too long."""
    for text in texts:
        try:
            with in_time():
                use(text)
        except Late:
            return text[:8]
    return None


def test_patterns_are_linear(every):
    used = list(used_patterns())
    assert len(used) > 50
    late = {
        (module, name, method): found
        for place, (module, name, pattern, method) in enumerate(used)
        if (found := late_of(lambda t, p=pattern, m=method: looked(p, m, t), some(place, every)))
    }
    assert not late


def readers_of_a_text():
    for module in modules(reading):
        for name, function in vars(module).items():
            if getattr(function, "__module__", "") == module.__name__ and callable(function) and not inspect.isclass(function):
                needed = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
                if [str(one.annotation) for one in needed] in (["str"], ["str | None"]):
                    yield f"{module.__name__}.{name}", function


def test_functions_that_read_a_text_are_linear(every):
    def use(function, text):
        with suppress(QonysError, ValueError, KeyError, TypeError):
            function(text)

    functions = dict(readers_of_a_text())
    assert len(functions) > 40
    late = {
        name: found
        for place, (name, one) in enumerate(functions.items())
        if (found := late_of(lambda t, f=one: use(f, t), some(place, every)))
    }
    assert not late


def test_some_texts_are_all_texts_after_as_many_places():
    assert sorted(text for place in range(SHARE) for text in some(place, every=False)) == sorted(TEXTS)
    assert some(0, every=True) == TEXTS


def test_a_pattern_that_looks_again_from_every_place_rings():
    assert late_of(re.compile(r"\s*x").search) == f"1{' ' * 7}"
    assert late_of(re.compile(r"x").search) is None



def lines(share):
    """Long lines, their length divided by `share`; each remains longer, wider or deeper than any file that is read."""
    million, columns = 1_000_000 // share, 100_000 // share
    return (
        b"a" * million + b"\xe9", b"a," * columns + b"\n1\n" * (columns // 10), b"a\n" + b"\n" * (3 * columns) + b"," * columns,
        b"value," + b"1" * million, b'"' * million, b"{" + b'"a":[' * (2 * columns),
    )  # fmt: skip


LINES, SHORTER = lines(1), lines(5)
SOON = 10.0


@pytest.mark.parametrize(
    ("place", "content"),
    [
        pytest.param(place, content, marks=() if content == place % len(LINES) else pytest.mark.long, id=f"{place}-{content}")
        for place in range(len(COMMANDS))
        for content in range(len(LINES))
    ],
)
def test_one_very_long_line_is_refused_soon_in_every_command(tmp_path, place, content, every):
    asked = COMMANDS[place]
    files = sound_files(asked)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "x.csv").write_bytes((LINES if every else SHORTER)[content])
    begun = time.process_time()
    code, out, err = run(line_of(asked, "x.csv", files))
    assert time.process_time() - begun < (SOON if every else SOON / 2)
    look(code, out, err)
    assert code == 1


@pytest.mark.parametrize("place", [place for place, asked in enumerate(COMMANDS) if asked.companions])
def test_one_very_long_line_in_a_companion_is_refused_soon(tmp_path, place, every):
    asked = COMMANDS[place]
    files = sound_files(asked)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / list(files)[1]).write_bytes((LINES if every else SHORTER)[place % len(LINES)])
    begun = time.process_time()
    code, out, err = run(line_of(replace(asked, accompanied=True), "0-sound.csv", files))
    assert time.process_time() - begun < (SOON if every else SOON / 2)
    look(code, out, err)
    assert code == 1


def test_more_columns_than_a_sheet_has_are_refused(tmp_path):
    (tmp_path / "x.csv").write_text(",".join(f"c{n}" for n in range(20_000)) + "\n1\n")
    code, _, err = run(["flows", "components", "x.csv", "--lang", "en"])
    assert (code, "at most 16384 are read" in err) == (1, True), err


@pytest.mark.parametrize("year", ["9" * 5000, "²"])
def test_years_and_ages_of_a_question_are_short(year):
    with pytest.raises(BadInput):
        parse(f"population[region=A, year={year}] < 1")
    with pytest.raises(BadInput):
        ages_of(f"{year}+")


def test_an_age_group_with_very_many_blanks_is_refused_soon():
    with in_time(), pytest.raises(BadInput):
        AgeGroup.parse(f"1{' ' * LENGTH}x")


def test_a_header_of_very_many_names_is_looked_at_once():
    names = [f"c{place}" for place in range(10_000)]
    with in_time():
        assert block_of(Path("x"), [names, ["1"] * len(names)], 1).names == names


def test_a_merged_range_ends_where_the_rows_do():
    with in_time():
        found = block_of(Path("x"), [["a", "b"], ["p", "1"], [None, "2"]], 1, [(1, 10**8, 0, 0)])
    assert [row for _, row in found.body] == [["p", "1"], ["p", "2"]]
