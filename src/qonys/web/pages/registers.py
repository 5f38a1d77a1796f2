"""Registers: which there are, and tables of each as others may see them."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.study.analyses.register_tables import TABLES, ShownRegister
from qonys.web.content import ROWS_SHOWN, Block, Cell, Content, Facts, Heading, Listing, Rows, Text
from qonys.web.view import Site, View

FILES = ("xlsx", "csv", "parquet", "json")
TOTAL = "total"


def ready(site: Site) -> bool:
    """Whether there is a register."""
    return bool(site.registers.names())


def build(view: View) -> Content:
    """The list of registers."""
    found = view.site.registers.names()
    rows = tuple(
        (
            Cell(one.name, f"/{view.language}/registers/{one.name}" if one.open_ else None),
            Cell(view.say(f"web.registers.kind.{'simulated' if one.simulated else 'real'}")),
            Cell(words.short_date(one.first, view.language)),
            Cell(words.short_date(one.last, view.language)),
            Cell("–" if one.open_ else view.say("web.registers.closed")),
        )
        for one in found.values()
    )
    head = tuple(view.say(f"web.registers.{name}") for name in ("name", "kind", "first", "last", "remark"))
    blocks: list[Block] = [
        Text(view.say("web.registers.rule"), "note"),
        Rows(view.say("web.registers.list"), head, rows, "lllll"),
    ]
    return Content(view.say("web.page.registers"), view.say("web.lead.registers"), tuple(blocks))


def item(view: View, name: str) -> Content:
    """The tables of a register, protected, and what attacks on them find.

    Raises
    ------
    UnknownName
        There is no such register, or it is not shown.

    """
    register = view.site.registers.register(name)
    blocks: list[Block] = []
    if register.simulated:
        blocks.append(Text(view.say("web.registers.simulated"), "note"))
    blocks.append(Facts(tuple((view.say(f"web.registers.{one}"), words.short_date(day, view.language))
                              for one, day in (("first", register.first), ("last", register.last)))))  # fmt: skip
    blocks += _way(view, register)
    for table in TABLES:
        blocks += _table(view, register, table)
    blocks.append(Text(view.say("protection.footer.attack"), "small"))
    trail = ((view.say("web.page.registers"), f"/{view.language}/registers"),)
    lead = view.say("web.registers.lead_simulated" if register.simulated else "web.registers.lead_real")
    return Content(name, lead, tuple(blocks), trail=trail)


def _way(view: View, register: ShownRegister) -> list[Block]:
    """How records became a register; of a simulated one alone."""
    ledger = view.site.registers.ledger(register.name)
    if ledger is None:
        return []
    rows = tuple(
        (Cell(view.say(f"registers.line.{line}")), Cell(_kind(view, kind)), Cell(view.number(n)))
        for line, kind, n in ledger.select("line", "kind", "records").iter_rows()
    )
    head = tuple(view.say(f"cli.column.{name}") for name in ("line", "kind", "records"))
    return [
        Heading(view.say("web.registers.ledger"), "ledger"),
        Rows(_said(view, register, "ledger"), head, rows, "llr"),
    ]


def _kind(view: View, kind: str | None) -> str:
    return view.name(f"registers.kind.{kind}", kind) if kind else "–"


def _said(view: View, register: ShownRegister, part: str) -> str:
    """A caption; of a simulated register it says so."""
    text = view.say(f"web.registers.caption.{part}")
    return view.say("web.registers.made_up", text=text) if register.simulated else text


def _table(view: View, register: ShownRegister, table: str) -> list[Block]:
    found = view.site.registers.table(register.name, table)
    frame = newest(found.frame)
    axes = [name for name in frame.columns if name not in ("value", "flag")]
    rows = tuple(
        (
            *(Cell(_label(view, axis, str(code))) for axis, code in zip(axes, row[:-1], strict=True)),
            Cell(view.number(row[-1])),
        )
        for row in frame.select(*axes, "value").head(ROWS_SHOWN).iter_rows()
    )
    head = (*(view.say(f"web.registers.axis.{axis}") for axis in axes), view.say("web.registers.moves"))
    key, values = found.note()
    files = tuple((form, f"/api/v1/registers/{register.name}/{table}?form={form}") for form in FILES)
    return [
        Heading(view.say(f"web.registers.table.{table}"), table),
        Rows(_said(view, register, "newest"), head, rows, "l" * len(axes) + "r"),
        Text(view.say(key, **values), "small"),
        Listing(files),
        _attacks(view, register, table),
    ]  # fmt: skip


def newest(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of the last whole year of a table, greatest first, without totals."""
    years = frame.filter(pl.col("time") != TOTAL)["time"].unique().sort()
    labels = [name for name in frame.columns if name not in ("value", "flag", "time")]
    last = years[-2] if len(years) > 1 else years[-1]
    plain = ~pl.any_horizontal(pl.col(name) == TOTAL for name in labels)
    return frame.filter((pl.col("time") == last) & plain).sort(
        "value", *labels, descending=[True, *[False] * len(labels)]
    )


def _attacks(view: View, register: ShownRegister, table: str) -> Rows:
    columns = ("tables", "cells", "sure_open", "sure")
    rows = tuple(
        (Cell(view.say(f"registers.attack.{row['attack']}")), *(Cell(view.number(row[name])) for name in columns))
        for row in view.site.registers.attacks(register.name, table).iter_rows(named=True)
    )
    head = tuple(view.say(f"cli.column.{name}") for name in ("attack", *columns))
    return Rows(_said(view, register, "attacks"), head, rows, "lrrrr")


def _label(view: View, axis: str, code: str) -> str:
    if axis in ("origin", "destination"):
        known = set(view.site.pack.regions()["region"])
        return view.region(code) if code in known else view.country(code)
    return view.name("chart.sex." + code, code) if axis == "sex" else code
