"""A person's own tables on the pages of the data: the list, a table, and the link from the pack's table."""

from __future__ import annotations

from qonys.errors import QonysError
from qonys.web.charts.own_tables import PREFIX, own_table
from qonys.web.content import Block, Cell, Content, Heading, Listing, Rows, Text, box
from qonys.web.view import View

FOLDER = "own"


def listed(view: View) -> list[Block]:
    """The person's tables with their mark; nothing when there are none."""
    try:
        found = view.site.own
    except QonysError as error:
        return [Heading(view.say("web.own.heading"), FOLDER), Text(error.sentence(view.language), "note")]
    if not found:
        return []
    rows = tuple(
        (
            Cell(_title(view, name), f"/{view.language}/data/{FOLDER}/{name}"),
            Cell(view.number(table.frame.height)),
            Cell(view.number(table.hidden)),
            Cell(table.added),
        )
        for name, table in found.items()
    )
    head = tuple(view.say(f"web.column.{name}") for name in ("table", "rows", "withheld", "added"))
    return [
        Heading(view.say("web.own.heading"), FOLDER),
        Text(view.say("web.own.mark"), "note"),
        Rows(view.say("web.own.lead"), head, rows, "lrrl"),
    ]


def beside(view: View, name: str) -> list[Block]:
    """On the page of a pack's table: that the person's own rows stand on a page of their own."""
    try:
        table = view.site.own.get(name)
    except QonysError:
        return []
    if table is None:
        return []
    text = view.say("web.own.open", rows=view.number(table.frame.height))
    return [Heading(view.say("web.own.heading"), FOLDER), Listing(((text, f"/{view.language}/data/{FOLDER}/{name}"),))]


def item(view: View, name: str) -> Content:
    """One of the person's tables.

    Raises
    ------
    UnknownName
        The person added nothing to this table.

    """
    table = own_table(view.site, name)
    page = f"data/{FOLDER}/{name}"
    files = tuple((form, f"/api/v1/own/{name}?form={form}") for form in ("xlsx", "csv", "parquet", "json"))
    blocks: list[Block] = [
        Text(view.say("web.own.lead"), "note"),
        box(view, f"{PREFIX}{table.name}", (), page=page, sheet_open=True),
        Heading(view.say("web.data.download"), "download"),
        Listing(files),
    ]
    trail = (
        (view.say("web.page.data"), f"/{view.language}/data"),
        (_title(view, name), f"/{view.language}/data/{name}"),
    )
    return Content(_title(view, name), view.say("web.own.mark"), tuple(blocks), trail=trail)


def _title(view: View, table: str) -> str:
    return view.site.pack.resources_of(table)[0].titles.get(view.language, table)
