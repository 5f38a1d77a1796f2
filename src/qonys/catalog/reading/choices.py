"""What a person says about a file; it goes before anything that reading would guess."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qonys.catalog.reading.labels.alphabets import say_look_alikes
from qonys.errors import BadInput
from qonys.words.notes import note

if TYPE_CHECKING:
    from qonys.catalog.reading.labels.one_region import KnownRegions

DECIMALS = (".", ",")
THOUSANDS: Mapping[str, str] = {".": ".", ",": ",", "space": " ", "'": "'", "none": ""}
OF_COLUMNS = ("mapping", "na", "exclude", "keep", "where")
DELIMITERS: Mapping[str, str] = {"tab": "\t", "\\t": "\t", "space": " "}


@dataclass(frozen=True)
class FileChoices:
    """How a file is to be read.

    Attributes
    ----------
    mapping
        ``FILE_COLUMN=NAME`` for columns that are called otherwise.
    where
        ``FILE_COLUMN=VALUE`` (several values with ``|``): only these rows are read.
    sheet
        Sheet of a workbook.
    encoding, delimiter
        Of a text file; None: told from the file.
    decimal
        ``.`` or ``,``; None: told from the numbers.
    thousands
        ``.``, ``,``, ``space``, ``'`` or ``none``; None: told from the numbers.
    na
        ``FILE_COLUMN=TEXT`` or ``TEXT`` (all columns): a text that stands for no value.
    multiplier
        What the numbers of the file are multiplied by, whatever it says of thousands; None: as it says.
    exclude, keep
        ``FILE_COLUMN=LABEL``: rows with this label are left out, as totals are; are kept, whatever they look like.
    refuses_sums
        Whether what may be a total is refused, as an option can answer; otherwise it is said, and read.
    names
        Labels of the first file where this one belongs to it: the same names are written as there.
    regions
        Known names of a pack's regions, by which two names of one region are joined; None: no names are known.
    place
        Empty where one file is read; ``first`` of several files, or ``companion`` of the first: options that name a
        column are then those of the files that have this column.
    companions
        The files read with the first one.
    own_sheets, own_multipliers
        File, and the sheet or the multiplier that is said for it alone.

    """

    mapping: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    na: tuple[str, ...] = ()
    multiplier: str | None = None
    exclude: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    refuses_sums: bool = True
    names: tuple[str, ...] = ()
    regions: KnownRegions | None = None
    place: Literal["", "first", "companion"] = ""
    companions: tuple[Path, ...] = ()
    own_sheets: tuple[tuple[str, str], ...] = ()
    own_multipliers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _one_of("--decimal", self.decimal, DECIMALS)
        _one_of("--thousands", self.thousands, tuple(THOUSANDS))
        if self.multiplier is not None and not _above_zero(self.multiplier):
            known = "1  1000  1000000"
            raise BadInput("catalog.reading.choice", option="--multiplier", value=self.multiplier, known=known)
        if self.decimal is not None and self.decimal == self.thousands:
            raise BadInput("catalog.reading.same_sign", sign=self.decimal)
        if self.delimiter is not None and len(DELIMITERS.get(self.delimiter, self.delimiter)) != 1:
            known = "; , tab space |"
            raise BadInput("catalog.reading.choice", option="--delimiter", value=self.delimiter, known=known)
        if self.encoding is not None:
            _codec(self.encoding)

    @property
    def sign_between_cells(self) -> str | None:
        """The delimiter as a character."""
        return DELIMITERS.get(self.delimiter or "", self.delimiter)

    @property
    def factor(self) -> Decimal | None:
        """The multiplier as a number."""
        return None if self.multiplier is None else Decimal(self.multiplier)

    def before(self, companions: Iterable[object]) -> FileChoices:
        """The same for the first file; `companions` are the files beside it, None where there is none."""
        files = tuple(Path(str(file)) for file in companions if file is not None)
        return replace(self, place="first", companions=files) if files else self

    def of_file(self, path: Path) -> FileChoices:
        """The same with the sheet and the multiplier that are said for this file alone."""
        sheets = [sheet for file, sheet in self.own_sheets if Path(file) == path]
        multipliers = [number for file, number in self.own_multipliers if Path(file) == path]
        if not sheets and not multipliers:
            return self
        return replace(
            self, sheet=sheets[-1] if sheets else self.sheet,
            multiplier=multipliers[-1] if multipliers else self.multiplier,
        )  # fmt: skip

    def for_companions(self, names: Iterable[str] = ()) -> FileChoices:
        """The same for a companion file of the first: its sheet and multiplier are its own.

        `names`: labels of the first file.
        """
        mapping = tuple(item for item in self.mapping if not item.startswith("*="))
        return replace(
            self, mapping=mapping, sheet=None, multiplier=None, names=tuple(names), place="companion", companions=()
        )

    def mapped(
        self, columns: Sequence[str], names: Sequence[str], others: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Name -> column of a file with these `columns`, for a method that asks for `names`; `others`: further names.

        Raises
        ------
        BadInput
            As `pairs`.

        """
        known = {other: name for other, name in (others or {}).items() if other not in names}
        split = {item: item.rpartition("=") for item in self.mapping}
        meant = {item: f"{column}={known[name]}" for item, (column, _, name) in split.items() if name in known}
        if not self.place:
            return pairs([meant.get(item, item) for item in self.mapping], names)
        other = [
            item for item, (column, sign, name) in split.items()
            if sign and (column not in (*columns, "*") or name not in (*names, *known))
        ]  # fmt: skip
        return pairs([meant.get(item, item) for item in self.mapping if item not in other], names)

    def of_columns(
        self, path: object, columns: Collection[str], elsewhere: Callable[[], Collection[str]]
    ) -> FileChoices:
        """Without what names a column of another file; what names a column of none is said with the first file.

        Parameters
        ----------
        path, columns
            The file and its columns.
        elsewhere
            Gives the columns of the companion files; called for the first file, where one of its columns is not there.

        """
        if not self.place:
            return self
        kept: dict[str, tuple[str, ...]] = {}
        others: Collection[str] | None = None
        for option in OF_COLUMNS:
            written: tuple[str, ...] = getattr(self, option)
            other = [item for item in written if "=" in item and column_of(item, option) not in (*columns, "*")]
            kept[option] = tuple(item for item in written if item not in other)
            for item in other if self.place == "first" else ():
                others = elsewhere() if others is None else others
                if column_of(item, option) in others:
                    continue
                if option == "where":
                    kept[option] += (item,)
                    continue
                shown = "--map" if option == "mapping" else f"--{option}"
                note("catalog.reading.unmet", path=str(path), option=shown, value=item)
        return replace(
            self, mapping=self.mapping, na=kept["na"], exclude=kept["exclude"], keep=kept["keep"], where=kept["where"]
        )


def column_of(item: str, option: str) -> str:
    """The column of the file that is named in what is written after an option."""
    return item.rpartition("=")[0] if option == "mapping" else item.partition("=")[0]


def pairs(written: Sequence[str], known: Sequence[str] = ()) -> dict[str, str]:
    """Name -> file column of ``FILE_COLUMN=NAME``.

    Raises
    ------
    BadInput
        Not written so, a name that is not known, or named twice.

    """
    found: dict[str, str] = {}
    for item in written:
        column, sign, name = item.rpartition("=")
        if not sign or not column:
            raise BadInput("catalog.long.pair", given=item)
        if name in found:
            raise BadInput("catalog.long.name_twice", name=name)
        found[name] = column
    strange = [name for name in found if known and name not in known]
    if strange:
        say_look_alikes("--map", strange, known)
        raise BadInput("catalog.long.unknown_name", name=", ".join(strange), known=", ".join(known))
    return found


def quoted(text: str) -> str:
    """The value of an option in quotation marks, so that a shell takes it as it is.

    Examples
    --------
    >>> quoted("Численность, чел.=value"), quoted("a$b=value")
    ('"Численность, чел.=value"', "'a$b=value'")

    """
    return shlex.quote(text) if set(text) & set('"$`\\!') else f'"{text}"'


def _one_of(option: str, value: str | None, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        raise BadInput("catalog.reading.choice", option=option, value=value, known="  ".join(known))


def _above_zero(text: str) -> bool:
    try:
        return Decimal(0) < Decimal(text) < Decimal(10) ** 13
    except InvalidOperation:
        return False


def is_encoding(name: str) -> bool:
    """Whether a name is that of an encoding of texts.

    Examples
    --------
    >>> is_encoding("cp1251"), is_encoding("rot13")
    (True, False)

    """
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def _codec(name: str) -> None:
    if not is_encoding(name):
        known = "utf-8, utf-16, cp1251, cp866, koi8-r, cp1252"
        raise BadInput("catalog.reading.choice", option="--encoding", value=name, known=known)
