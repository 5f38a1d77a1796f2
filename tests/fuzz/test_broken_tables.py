"""Broken tables and hostile options in every command that reads a file: an answer or one sentence, never a fault."""

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from qonys import words
from qonys.cli import main

from .broken_files import table_files
from .reading_commands import COMMANDS
from .refusals import LONG, SHORT, without_python


@st.composite
def calls(draw):
    """Arguments of a command and the files to write: one broken, the others sound or broken."""
    asked = draw(st.sampled_from(COMMANDS))
    name, content = draw(table_files(asked.table))
    files, arguments = {name: content}, [*asked.words[:2], name, *asked.words[2:], *asked.after]
    if asked.words[0] not in ("flows", "schedule", "catalog", "survey", "project"):
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
