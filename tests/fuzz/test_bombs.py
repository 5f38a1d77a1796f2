"""Small files that declare or hold enormous tables end in one sentence, within bounds of memory and of the processor's time.

The commands run in a process of their own whose memory is bounded by the system, so that a table that is unpacked ends it.
"""

import json
import subprocess
import sys

import pytest

from qonys.catalog.reading.formats import archives, workbook_layout

from .bombs import BOMBS, ROW, sheet, workbook
from .reading_commands import COMMANDS, line_of, sound_files
from .refusals import without_python

MOST_MORE, SECONDS = 700, 8.0
RUNNER = """
import io, json, resource, sys
from contextlib import redirect_stderr, redirect_stdout
resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
from qonys.cli import main

def used():
    here = resource.getrusage(resource.RUSAGE_SELF)
    return here.ru_utime + here.ru_stime, here.ru_maxrss // 1024

with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
    for arguments in json.loads(sys.argv[2]):
        main(arguments)  # what is imported and compiled is not counted
for arguments in json.loads(sys.argv[1]):
    out, err, (time, most) = io.StringIO(), io.StringIO(), used()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(arguments)
    after = used()
    print(json.dumps([code, err.getvalue(), after[0] - time, after[1] - most]), flush=True)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is counted as Linux counts it")


def ran(folder, calls, sound):
    """Code, errors, seconds and megabytes of each call; `sound`: calls before them."""
    command = [sys.executable, "-c", RUNNER, json.dumps(calls), json.dumps(sound)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=900, check=False)
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert len(lines) == len(calls), (calls[len(lines)], found.returncode, found.stderr[-2000:])
    return lines


def look(arguments, code, err, seconds, megabytes):
    """What every call on such a file must be."""
    said = err.strip().split("\n")[-1]
    assert code == 1, (arguments, err[-500:])
    assert "Traceback" not in err
    assert without_python(said), said
    assert seconds < SECONDS, (arguments, seconds)
    assert megabytes < MOST_MORE, (arguments, megabytes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with all files."""
    found = tmp_path_factory.mktemp("bombs")
    for name, made in BOMBS.items():
        (found / name).write_bytes(made())
    for name, text in {"sound.csv": "A,B,5\nB,A,6\n", "two.csv": "A,B,7\nB,A,6\n"}.items():
        (found / name).write_text(f"origin,destination,value\n{text}")
    (found / "sound.xlsx").write_bytes(workbook(sheet("<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>")))
    return found


def test_files_that_unpack_to_enormous_tables_are_refused(folder):
    assert max((folder / name).stat().st_size for name in BOMBS) < 8_000_000
    calls = [["flows", "components", name, "--lang", "en"] for name in BOMBS]
    sound = [["flows", "components", name] for name in ("sound.csv", "sound.xlsx")]
    for call, found in zip(calls, ran(folder, calls, sound), strict=True):
        look(call, *found)


@pytest.mark.long
@pytest.mark.parametrize("place", range(len(COMMANDS)))
def test_files_that_unpack_to_enormous_tables_are_refused_in_every_command(folder, place):
    asked = COMMANDS[place]
    files = sound_files(asked)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    calls = [[*line_of(asked, name, files), "--lang", "en"] for name in BOMBS]
    sound = [["flows", "components", "sound.xlsx"], line_of(asked, "0-sound.csv", files)]
    for call, found in zip(calls, ran(folder, calls, sound), strict=True):
        look(call, *found)


def test_what_is_within_the_bounds_is_read(tmp_path, monkeypatch):
    """The same shapes in small sizes are no fault."""
    path = tmp_path / "own.xlsx"
    path.write_bytes(workbook(sheet(ROW * 50), sheets=3, shared="<si><t>Abai</t></si>"))
    archives.refuse_large_archive(path)
    layouts = workbook_layout.layouts_of(path)
    assert [one.signs for one in layouts.values()] == [50 * (4 + 4 + 1) + len("origindestinationvalue")] * 3


