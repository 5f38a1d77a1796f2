"""`qonys registers link`: who is who where there is no person number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys.cli.progress import stages_shown
from qonys.cli.ranges import Seed, Within
from qonys.cli.registers import Name, opened, show_table

TABLES = ("thresholds", "reliability")


def link(
    name: Name,
    *,
    threshold: Annotated[
        tuple[float, ...],
        Parameter(help="cli.registers.threshold_links", validator=Within(0.01, 1), consume_multiple=True),
    ] = (0.5, 0.9, 0.99),
    labels: Annotated[Path | None, Parameter(help="cli.registers.labels", negative=())] = None,
    table: Annotated[str, Parameter(help="cli.registers.link_table")] = "thresholds",
    memory: Annotated[float, Parameter(help="cli.registers.memory", validator=Within(0.1, 100_000, also=0))] = 0.0,
    seed: Seed = 1,
) -> int:
    """Link records of one person, at several thresholds."""
    from qonys.catalog.reading.formats.opening import AS_FOUND
    from qonys.errors import BadInput
    from qonys.registers.linkage.labels import read_labels
    from qonys.registers.linkage.linking import link_register

    if table not in TABLES:
        raise BadInput("estimation.choice", option="--table", value=table, known=", ".join(TABLES))
    if table == "reliability" and labels is None:
        raise BadInput("linkage.needs_labels")
    register = opened(name)
    known = None if labels is None else read_labels(labels, AS_FOUND)
    with stages_shown() as tell:
        found = link_register(register, threshold, known, f"{memory:g}GB" if memory else "", seed, tell)
    if table == "reliability" and found.reliability is not None:
        show_table(register, found.reliability, "linkage.footer.reliability")
        return 0
    show_table(register, found.frame, "linkage.footer.thresholds")
    return 0
