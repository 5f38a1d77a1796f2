"""`qonys registers keyed` and `ask`: the same tables where the records of an office lie on an engine of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.registers import Name, opened
from qonys.errors import BadInput


def keyed(
    name: Name,
    *,
    out: Annotated[Path, Parameter(help="cli.registers.keyed_out")],
    secret: Annotated[Path | None, Parameter(help="cli.registers.secret", negative=())] = None,
) -> int:
    """Moves with the keys of their persons, for another engine."""
    from qonys.registers.opened import OpenRegister

    written = OpenRegister(opened(name)).write_keyed(out, secret or "")
    print(words.text("registers.table_written", settings().language, n=written, path=str(out)))
    return 0


def ask(
    engine: Annotated[str, Parameter(help="cli.registers.engine")],
    *,
    table: Annotated[str, Parameter(help="cli.registers.engine_table")] = "moves",
    question: Annotated[str, Parameter(help="cli.registers.question")] = "flows",
) -> int:
    """A named question to an engine."""
    from qonys import registers

    frame = registers.ask(_connected(engine), table, question)
    print_frame(frame, label=lambda column, code: None, footer=[words.text("warehouse.footer", settings().language)])
    return 0


def _connected(engine: str) -> object:
    """An engine by its address."""
    try:
        import ibis

        return ibis.connect(engine)
    except ImportError:
        raise BadInput("warehouse.extra", engine=_plain(engine)) from None
    except Exception as error:  # every engine has errors of its own
        reason = str(error).strip().splitlines()
        raise BadInput("warehouse.connect", engine=_plain(engine), reason=reason[0] if reason else "–") from None


def _plain(engine: str) -> str:
    """An address without its password."""
    head, sign, place = engine.rpartition("@")
    return f"{head.split('://')[0]}://…@{place}" if sign else engine
