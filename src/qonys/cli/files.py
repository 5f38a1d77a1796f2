"""Options of every command that reads a person's file; apart, so that reading the help needs nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys.cli.options import UsageError

if TYPE_CHECKING:
    from qonys.catalog.reading.choices import FileChoices
    from qonys.catalog.reading.labels.names import Names
    from qonys.catalog.reading.labels.one_region import KnownRegions


def of_files(option: str, said: Sequence[str]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """What is said for the first file, and file with value for what is said as FILE=VALUE of a file that is there.

    Raises
    ------
    UsageError
        Two values are said for one file.

    """
    split = [item.rpartition("=") for item in said]
    own = tuple((file, value) for file, sign, value in split if sign and Path(file).is_file())
    first = [item for item, (file, sign, _) in zip(said, split, strict=True) if not sign or not Path(file).is_file()]
    named = [file for file, _ in own]
    if len(first) > 1 or len(set(named)) < len(named):
        raise UsageError("cli.usage.said_twice", option=option, values=", ".join(said))
    return (first[0] if first else None), own


@Parameter(name="*")
@dataclass(frozen=True)
class FormOptions:
    """How a file is written: sheet, encoding, signs, labels that are kept."""

    sheet: Annotated[
        tuple[str, ...],
        Parameter(name="--sheet", help="cli.option.sheet", group="cli.help.reading", consume_multiple=False),
    ] = ()
    encoding: Annotated[
        str | None, Parameter(name="--encoding", help="cli.option.encoding", group="cli.help.reading")
    ] = None
    delimiter: Annotated[
        str | None, Parameter(name="--delimiter", help="cli.option.delimiter", group="cli.help.reading")
    ] = None
    decimal: Annotated[str | None, Parameter(name="--decimal", help="cli.option.decimal", group="cli.help.reading")] = (
        None
    )
    thousands: Annotated[
        str | None, Parameter(name="--thousands", help="cli.option.thousands", group="cli.help.reading")
    ] = None
    keep: Annotated[
        tuple[str, ...],
        Parameter(name="--keep", help="cli.option.keep", group="cli.help.reading", consume_multiple=False),
    ] = ()

    def choices(self) -> FileChoices:
        """The same as the reading layer takes it."""
        from qonys.catalog.reading.choices import FileChoices

        sheet, own = of_files("--sheet", self.sheet)
        return FileChoices(
            sheet=sheet, own_sheets=own, encoding=self.encoding, delimiter=self.delimiter, decimal=self.decimal,
            thousands=self.thousands, keep=self.keep,
        )  # fmt: skip


@Parameter(name="*")
@dataclass(frozen=True)
class WritingOptions(FormOptions):
    """The same, with a multiplier, texts for no value and rows that are left out."""

    multiplier: Annotated[
        tuple[str, ...],
        Parameter(name="--multiplier", help="cli.option.multiplier", group="cli.help.reading", consume_multiple=False),
    ] = ()
    na: Annotated[
        tuple[str, ...], Parameter(name="--na", help="cli.option.na", group="cli.help.reading", consume_multiple=False)
    ] = ()
    exclude: Annotated[
        tuple[str, ...],
        Parameter(name="--exclude", help="cli.option.exclude", group="cli.help.reading", consume_multiple=False),
    ] = ()

    def choices(self) -> FileChoices:
        """The same as the reading layer takes it."""
        from dataclasses import replace

        multiplier, own = of_files("--multiplier", self.multiplier)
        return replace(
            super().choices(), multiplier=multiplier, own_multipliers=own, na=self.na, exclude=self.exclude
        )


@Parameter(name="*")
@dataclass(frozen=True)
class FileOptions(WritingOptions):
    """The same, with the columns and the rows that are read."""

    mapping: Annotated[
        tuple[str, ...],
        Parameter(name="--map", help="cli.option.map", group="cli.help.reading", consume_multiple=False),
    ] = ()
    where: Annotated[
        tuple[str, ...],
        Parameter(name="--where", help="cli.flows.where", group="cli.help.reading", consume_multiple=False),
    ] = ()

    def choices(self) -> FileChoices:
        """The same as the reading layer takes it."""
        from dataclasses import replace

        return replace(super().choices(), mapping=self.mapping, where=self.where, regions=_regions())


def _regions() -> KnownRegions:
    """Names of regions of the pack in use, read when a file asks for them."""
    from qonys.catalog.reading.labels.one_region import KnownRegions
    from qonys.cli.options import settings

    def read() -> Names:
        from qonys.catalog import open_pack
        from qonys.catalog.reading.labels.names import region_names

        return region_names(open_pack(chosen.pack))

    chosen = settings()
    return KnownRegions(cache(read), chosen.pack, chosen.pack_said)


AS_WRITTEN = WritingOptions()
AS_FOUND = FileOptions()
