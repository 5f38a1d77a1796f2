"""Broken tables and hostile options in every command that reads a file: an answer or one sentence, never a fault."""

import contextlib
import inspect
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from qonys import words
from qonys.cli import main
from qonys.cli.app import build_app

from .broken_files import table_files
from .reading_commands import COMMANDS, GROUPS, line_of, sound_files
from .refusals import LONG, SHORT, without_python


@st.composite
def calls(draw):
    """Arguments of a command and the files to write: one broken, the others sound or broken."""
    asked = draw(st.sampled_from(COMMANDS))
    name, content = draw(table_files(asked.table))
    files, arguments = {name: content}, [*asked.words[:2], name, *asked.words[2:], *asked.after]
    if asked.words[0] not in GROUPS:
        arguments = [asked.words[0], name, *asked.words[1:], *asked.after]
    for place, (option, table) in enumerate(asked.companions.items()):
        if asked.accompanied or draw(st.integers(0, 3)) == 0:
            companion, inside = draw(table_files(table))
            companion = f"{place}{companion}"
            files[companion] = inside
            arguments += [option, companion] if option else [companion]
    for option, values in draw(st.lists(st.sampled_from(asked.options), max_size=2)) if draw(st.booleans()) else ():
        arguments += [option, draw(st.sampled_from(values))]
    form = draw(st.sampled_from(("table", "json", "csv")))
    return [*arguments, "--format", form, "--lang", draw(st.sampled_from(words.LANGUAGES))], files


def run(arguments):
    """Exit code, output and errors of a command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


def look(code, out, err):
    """What every run must be."""
    assert code in (0, 1, 2), err
    assert "Traceback" not in err
    if code and not out:
        said = err.strip().split("\n")[-1]
        assert without_python(said), said


@pytest.mark.long
@settings(max_examples=LONG, deadline=None, suppress_health_check=list(HealthCheck))
@given(call=calls())
def test_many_broken_tables(call):
    one(call)


@settings(max_examples=SHORT, deadline=None, suppress_health_check=list(HealthCheck))
@given(call=calls())
def test_broken_tables(call):
    one(call)


def one(call):
    """Write the files, run the command, look."""
    arguments, files = call
    note(" ".join(arguments))
    for name, content in files.items():
        Path(name).write_bytes(content)
    look(*run(arguments))


def commands(app, before=()):
    """Words and function of every command."""
    for name in app:
        if not name.startswith("-"):
            yield from commands(app[name], (*before, name))
    if app.default_command is not None:
        yield " ".join(before), app.default_command


def that_read_a_file(app):
    """Names of the commands that take a file as an argument or by an option of their own population."""
    return {name for name, function in commands(app) if "file" in inspect.signature(function).parameters and name != "study"} | {"project"}


def asked_names():
    return {" ".join(asked.words[: 2 if asked.words[0] in GROUPS and asked.words[0] != "project" else 1]) for asked in COMMANDS}


def test_every_command_that_reads_a_file_is_asked():
    """`study` reads settings, which test_broken_settings breaks."""
    assert that_read_a_file(build_app()) == asked_names()


def test_a_command_that_nobody_asks_rings():
    app = build_app()
    app.command(lambda file: 0, name="guess")
    assert that_read_a_file(app) - asked_names() == {"guess"}


@pytest.mark.parametrize(
    "asked",
    [pytest.param(asked, marks=() if place % 4 == 0 else pytest.mark.long, id=" ".join(asked.words)) for place, asked in enumerate(COMMANDS)],
)
def test_sound_tables_are_answered(asked):
    files = sound_files(asked)
    for name, text in files.items():
        Path(name).write_text(text, encoding="utf-8")
    code, out, err = run([*line_of(asked, "0-sound.csv", files), "--lang", "en"])
    look(code, out, err)
    assert code == 0, err
