"""Options of every command that reads a person's file; apart, so that reading the help needs nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeAlias

from cyclopts import Parameter

if TYPE_CHECKING:
    from qonys.catalog.reading.choices import FileChoices

Text: TypeAlias = str | None
Texts: TypeAlias = tuple[str, ...]


@Parameter(name="*")
@dataclass(frozen=True)
class WritingOptions:
    """How a file is written: sheet, encoding, signs, texts for no value, totals."""

    sheet: Annotated[Text, Parameter(name="--sheet", help="cli.option.sheet")] = None
    encoding: Annotated[Text, Parameter(name="--encoding", help="cli.option.encoding")] = None
    delimiter: Annotated[Text, Parameter(name="--delimiter", help="cli.option.delimiter")] = None
    decimal: Annotated[Text, Parameter(name="--decimal", help="cli.option.decimal")] = None
    thousands: Annotated[Text, Parameter(name="--thousands", help="cli.option.thousands")] = None
    multiplier: Annotated[Text, Parameter(name="--multiplier", help="cli.option.multiplier")] = None
    na: Annotated[Texts, Parameter(name="--na", help="cli.option.na", consume_multiple=False)] = ()
    exclude: Annotated[Texts, Parameter(name="--exclude", help="cli.option.exclude", consume_multiple=False)] = ()
    keep: Annotated[Texts, Parameter(name="--keep", help="cli.option.keep", consume_multiple=False)] = ()

    def choices(self) -> FileChoices:
        """The same as the reading layer takes it."""
        from qonys.catalog.reading.choices import FileChoices

        return FileChoices(
            sheet=self.sheet, encoding=self.encoding, delimiter=self.delimiter, decimal=self.decimal,
            thousands=self.thousands, multiplier=self.multiplier, na=self.na, exclude=self.exclude, keep=self.keep,
        )  # fmt: skip


@Parameter(name="*")
@dataclass(frozen=True)
class FileOptions(WritingOptions):
    """The same, with the columns and the rows that are read."""

    mapping: Annotated[Texts, Parameter(name="--map", help="cli.option.map", consume_multiple=False)] = ()
    where: Annotated[Texts, Parameter(name="--where", help="cli.flows.where", consume_multiple=False)] = ()

    def choices(self) -> FileChoices:
        """The same as the reading layer takes it."""
        from dataclasses import replace

        return replace(super().choices(), mapping=self.mapping, where=self.where)


AS_WRITTEN = WritingOptions()
AS_FOUND = FileOptions()
