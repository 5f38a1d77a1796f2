"""Options of ``qonys catalog add``; apart, so that reading the help needs nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from qonys.cli.files import AS_WRITTEN, WritingOptions


@dataclass(frozen=True)
class AddOptions:
    """What a person says about a file."""

    map: Annotated[tuple[str, ...], Parameter(name="--map", help="cli.option.map", negative=())] = ()
    where: Annotated[tuple[str, ...], Parameter(name="--where", help="cli.flows.where", negative=())] = ()
    set: Annotated[tuple[str, ...], Parameter(name="--set", help="cli.option.set", negative=())] = ()
    source: Annotated[str | None, Parameter(name="--source", help="cli.option.source")] = None
    source_title: Annotated[str | None, Parameter(name="--source-title", help="cli.option.source_title")] = None
    status: Annotated[str | None, Parameter(name="--status", help="cli.option.status")] = None
    writing: WritingOptions = AS_WRITTEN
