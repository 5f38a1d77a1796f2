"""`qonys lifetable`: life tables of a person's own files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.printing import print_frame


def lifetable(
    file: Annotated[Path, Parameter(help="cli.lifetable.file")],
    *,
    sex: Annotated[str, Parameter(help="cli.lifetable.sex")] = "",
    by: Annotated[tuple[str, ...], Parameter(help="cli.lifetable.by", consume_multiple=False)] = (),
    moves: Annotated[Path | None, Parameter(name=("--moves", "--multiregional"), help="cli.lifetable.moves")] = None,
    table: Annotated[str, Parameter(help="cli.lifetable.table")] = "table",
    method: Annotated[str, Parameter(help="cli.lifetable.method")] = "linear",
    reading: FileOptions = AS_FOUND,
) -> int:
    """Life tables from death rates, or from deaths and population; of several regions, with moves between them."""
    from qonys.errors import BadInput
    from qonys.study.analyses.life_tables import life_tables_of_file, regional_life_tables_of_files

    if moves is None:
        unused = [
            name
            for name, value, usual in (("--table", table, "table"), ("--method", method, "linear"))
            if value != usual
        ]
        if unused:
            raise BadInput("multistate.no_moves", options=", ".join(unused))
        frame = life_tables_of_file(file, sex, by, reading.choices())
    else:
        unused = [name for name, value in (("--sex", sex), ("--by", by)) if value]
        if unused:
            raise BadInput("multistate.no_effect", options=", ".join(unused))
        frame = regional_life_tables_of_files(file, moves, method, table, reading.choices())
    print_frame(frame, label=lambda column, code: None, footer=())
    return 0
