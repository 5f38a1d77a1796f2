"""`qonys survey mobility`: where people came from and where they are, movers and stayers."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from qonys.cli.surveys import DEFAULTS, DesignOptions, File, show


def mobility(
    file: File,
    *,
    origin: Annotated[str, Parameter(help="cli.survey.origin")],
    destination: Annotated[str, Parameter(help="cli.survey.destination")],
    layer: Annotated[str, Parameter(help="cli.survey.layer")] = "",
    table: Annotated[str, Parameter(help="cli.survey.mobility_table")] = "outflow",
    design: DesignOptions = DEFAULTS,
) -> int:
    """Tables of mobility, odds ratios, log-linear models."""
    from qonys.study.analyses.mobility import mobility as analysis

    named = design.of(file, origin=origin, destination=destination, layer=layer)
    return show(analysis(named, origin, destination, layer, table))
