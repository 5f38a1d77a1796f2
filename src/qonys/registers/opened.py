"""A register as used from Python: quantities that the other functions take without a file between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from qonys.quantities import Flows, Stock
from qonys.registers.axes import TableChoices
from qonys.registers.flows import FlowTable, flows
from qonys.registers.forms import FormChoices, form_table
from qonys.registers.margins import margin_table
from qonys.registers.protection.tables import ProtectedTable, protected_flows, secret_for
from qonys.registers.spells import SpellChoices, write_spells
from qonys.registers.stocks import account, transitions
from qonys.registers.store import Register
from qonys.registers.summary import spell_summary
from qonys.registers.warehouse.loading import write_keyed


@dataclass(frozen=True)
class OpenRegister:
    """A register; `register` has its places, groups, days and the path of its records."""

    register: Register

    def check(self) -> pl.DataFrame:
        """The ledger of the import: line, kind, records, percent_read, examples."""
        return self.register.ledger.frame()

    def flow_table(
        self, by: Sequence[str] = ("year", "origin", "destination"), months: int = 0, end: date | None = None,
        places: str = "all", vintage: str = "", width: int = 5, years: tuple[int, int] | None = None,
    ) -> FlowTable:  # fmt: skip
        """Moves by year or month, origin, destination, group, sex and age, with what is said of them.

        `months`: only moves whose stay reaches so many months (0: all moves); `end`: the last day of the register;
        `places`: all or regions; `vintage`: boundaries; `width`: years of an age group; `years`: first and last.

        Raises
        ------
        BadInput
            An axis or boundaries that there are not; more cells than are counted.

        """
        stays = SpellChoices(months=months, end=end) if months else None
        return flows(self.register, TableChoices(tuple(by), places, vintage, width, years), stays)

    def flows(self, by: Sequence[str] = ("year", "origin", "destination"), **options: object) -> Flows:
        """The same as a quantity alone; `options` as for `flow_table`."""
        return self.flow_table(by, **options).flows  # type: ignore[arg-type]

    def margins(
        self, by: Sequence[str], sets: Sequence[Sequence[str]] | None = None, places: str = "all", vintage: str = ""
    ) -> pl.DataFrame:
        """Moves by all axes and by sets of them (None: all), in one pass; a sum over an axis says `all`."""
        return margin_table(self.register, TableChoices(tuple(by), places, vintage), sets)

    def forms(
        self, by: Sequence[str] = ("year",), label: str = "form", places: str = "all", vintage: str = "", width: int = 5
    ) -> Flows:
        """Moves by form of migration (axis component), or by another label of the typology, and by other axes."""
        return form_table(self.register, TableChoices(tuple(by), places, vintage, width), FormChoices(label)).flows

    def stocks(self, days: Sequence[date] = ()) -> Stock:
        """Persons of the register by place at the beginning of days (of all years where none is given)."""
        return account(self.register, days).stock

    def account(self, days: Sequence[date] = ()) -> pl.DataFrame:
        """Stocks, arrivals, departures and person-years between days, by place; the account closes."""
        return account(self.register, days).frame

    def transitions(self, days: Sequence[date] = ()) -> Flows:
        """Persons whose place differs between one day and the next."""
        return transitions(self.register, days)

    def spells(self, months: int = 12, end: date | None = None) -> pl.DataFrame:
        """Moves by year: place in the chain, breaks, and migrants of so many months with their error."""
        return spell_summary(self.register, SpellChoices(months=months, end=end))

    def protect(
        self, by: Sequence[str] = ("year", "origin", "destination"), secret: str | Path = "", totals: bool = False,
        places: str = "all", vintage: str = "", width: int = 5,
    ) -> ProtectedTable:  # fmt: skip
        """Moves by axes as others may see them: with noise by cell keys under the secret of a file.

        `secret`: the file; made-up persons need none. `totals`: all margins as well, each with noise of its own.

        Raises
        ------
        BadInput
            There is no secret, or it cannot be read.

        """
        choices = TableChoices(tuple(by), places, vintage, width)
        return protected_flows(self.register, choices, secret_for(self.register, secret), totals=totals)

    def write_keyed(self, path: str | Path, secret: str | Path = "") -> int:
        """Write moves with the keys of their persons for another engine; how many (`secret` as for `protect`)."""
        return write_keyed(self.register, secret_for(self.register, secret), Path(path))

    def write_spells(self, path: str | Path, months: int = 12, end: date | None = None) -> int:
        """Write every spell to a Parquet file; how many there are."""
        return write_spells(self.register, SpellChoices(months=months, end=end), Path(path))
