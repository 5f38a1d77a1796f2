"""`qonys schedule`: fit a model age schedule, or take one of a named family."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_idle
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Within

app = new_app("schedule", "cli.command.schedule")
STANDARD = "fundamental"  # of both sexes


@app.command(help="cli.command.schedule.fit")
def fit(
    file: Annotated[Path, Parameter(help="cli.schedule.file")],
    *,
    table: Annotated[str, Parameter(help="cli.schedule.table")] = "parameters",
    sizes: Annotated[str, Parameter(help="cli.schedule.sizes")] = "7,9,11,13",
    reading: FileOptions = AS_FOUND,
) -> int:
    """Fit the model schedule of Rogers and Castro."""
    from qonys.errors import BadInput
    from qonys.study.analyses.schedules import schedules_of_file

    parts = [part.strip() for part in sizes.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise BadInput("estimation.choice", option="--sizes", value=sizes, known="7, 9, 11, 13")
    frame, failed = schedules_of_file(file, table, tuple(map(int, parts)), reading.choices())
    for row in failed.iter_rows(named=True):
        name = "/".join(str(value) for key, value in row.items() if key not in ("reason", "n", "need"))
        reason = words.text(row["reason"], settings().language, n=row["n"], need=row["need"])
        print(f"{name}: {reason}" if name else reason, file=sys.stderr)
    print_frame(frame, label=lambda column, code: None, footer=())
    return 0


@app.command(help="cli.command.schedule.family")
def family(
    name: Annotated[str, Parameter(help="cli.schedule.name")] = "",
    *,
    sex: Annotated[str, Parameter(help="cli.schedule.sex")] = "both",
    gmr: Annotated[float, Parameter(help="cli.schedule.gmr", validator=Within(0, 100))] = 1.0,
) -> int:
    """Rates of a published family of schedules, or the list of families."""
    from qonys.study.analyses.schedules import family_rates

    say_idle({"--sex": sex != "both" and name in ("", STANDARD), "--gmr": gmr != 1.0 and not name})
    print_frame(family_rates(name, gmr, sex), label=lambda column, code: None, footer=())
    return 0
