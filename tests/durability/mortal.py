"""A process that kills itself with signal 9 at its n-th touch of a file in FOLDER: `mortal.py TASK FOLDER N`.

N 0: never; it ends with the number of touches. N below 0: at that touch it says `now` and waits for nobody, so that who
reads it may kill it in the middle of what follows.

Every task goes on where an earlier process stopped and says a line when something is finished.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from pathlib import Path

import polars as pl

from qonys.catalog import open_pack
from qonys.catalog.drafts import sweep_own
from qonys.catalog.user_tables import user_frame
from qonys.cli import main
from qonys.projection.national import Run
from qonys.study.base.national import Prepared
from qonys.study.ensembles import shards as ensembles
from qonys.web.states import save_state

TESTS = Path(__file__).resolve().parents[1]
TESTLAND = TESTS / "catalog" / "fixtures" / "testland"
TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.scandir")
STATES, SHARDS, ADDED = 12, 4, 3


def count_touches(folder: Path, last: int) -> list[int]:
    """Count the touches of files below `folder`; the process dies at the `last`."""
    touched = [0]

    def hook(event: str, given: tuple[object, ...]) -> None:
        if event in TOUCHES and str(given[0]).startswith(str(folder)):
            touched[0] += 1
            if touched[0] == last:
                os.kill(os.getpid(), signal.SIGKILL)
            if touched[0] == -last:
                say("now")

    sys.addaudithook(hook)
    return touched


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def added(number: int) -> str:
    return f"year,indicator,value,unit\n{2001 + number},deaths,{30 + number},persons\n"


def add(folder: Path) -> None:
    """`qonys catalog add` of three files, each only where its figure is not there yet."""
    pack = open_pack(TESTLAND)
    for number in range(ADDED):
        held = user_frame(pack, "national")
        if held is None or held.filter(pl.col("year") == 2001 + number).is_empty():
            path = folder / f"{number}.csv"
            path.write_text(added(number), encoding="utf-8")
            about = ["--source-title", f"Notes {number}", "--status", "estimate", "--pack", str(TESTLAND)]
            assert main(["catalog", "add", str(path), "--as", "national", *about]) == 0
        say(f"{2001 + number}")


def state(number: int) -> dict[str, object]:
    return {"lang": "en", "page": "flows", "state": {"year": str(number)}}


def save(folder: Path) -> None:
    """Saves of the site."""
    for number in range(STATES):
        say(save_state(folder / "cache" / "states", state(number)))


def shards(folder: Path) -> None:
    """A projection of a made-up nation in four shards."""
    spec = importlib.util.spec_from_file_location("made_up", TESTS / "projection" / "made_up.py")
    made_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made_up)
    world = made_up.world()
    nation = Prepared(world.national, world.processes, ())
    plan = ensembles.plan_of(nation, Run(4, (0, 4 * SHARDS), 1), unit=4)
    ensembles.start(folder / "shards", plan, nation)
    for unit in plan.units():
        ensembles.work(str(folder / "shards"), unit)
        say(f"{unit[0]}")


def study(folder: Path) -> None:
    """`qonys study` of the test pack: two chapters and a page, this process computing."""
    from qonys.study.runs import run

    run.cores = lambda: run.HERE
    code = main(["study", "--pack", str(TESTLAND), "--format", "html", "--out", str(folder / "out"), "--lang", "en"])
    assert code == 0
    say("written")


def registers(folder: Path) -> None:
    """An import of a register, again and again, and its flows in a file."""
    records = TESTS.parent / "docs" / "examples" / "simulated-register.csv"
    for number in range(2):
        assert main(["registers", "import", str(records), "--as", "demo", "--replace", "--until", "2026-01-01"]) == 0
        say(f"imported {number}")
    assert main(["registers", "flows", "demo", "--out", str(folder / "flows.csv")]) == 0
    say("flows")


if __name__ == "__main__":
    task, place, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    tasks = {"add": add, "save": save, "shards": shards, "study": study, "registers": registers}
    os.environ |= {"QONYS_CACHE": str(place / "cache"), "XDG_DATA_HOME": str(place / "data"), "XDG_CACHE_HOME": str(place)}
    touched = count_touches(place, count)
    sweep_own()
    tasks[task](place)
    say(f"end {touched[0]}")
