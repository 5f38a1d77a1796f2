"""Data: the catalogue of tables, and one table with schema, sources, breaks, conflicts, downloads, snippets."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.catalog.bibliography import order, references
from qonys.errors import UnknownName
from qonys.report.origins import unit_text
from qonys.web.content import Block, Cell, Content, Facts, Heading, Listing, Rows, Snippets, Text
from qonys.web.pages import own_tables, preview
from qonys.web.snippets import snippets
from qonys.web.view import Site, View

CONFLICTS_SHOWN = 12
FORMS = ("xlsx", "csv", "parquet", "json", "jsonstat", "sdmx-csv")
YEARS, DATES = ("year", "year_start", "year_end"), ("start", "end")


def _overview(site: Site) -> dict[str, dict[str, Any]]:
    """Rows, years, sources and secondary rows by table."""

    def make() -> dict[str, dict[str, Any]]:
        found = {}
        for name in site.pack.tables():
            frame = inputs.rows(site.pack, name)
            columns = [frame[one] for one in YEARS if one in frame.columns]
            columns += [frame[one].dt.year() for one in DATES if frame.schema.get(one) == pl.Date]
            years = [year for column in columns for year in (column.min(), column.max()) if year is not None]
            found[name] = {
                "rows": frame.height,
                "years": (min(years), max(years)) if years else None,
                "sources": frame["source"].n_unique(),
                "secondary": int(frame["status"].eq("secondary").sum()),
            }
        return found

    return site.keep("data:overview", make)


def title_of(view: View, table: str) -> str:
    """Title of a table."""
    return view.site.pack.resources_of(table)[0].titles.get(view.language, table)


def build(view: View) -> Content:
    """The catalogue."""
    rows = []
    facts = _overview(view.site)
    for name in sorted(facts, key=lambda n: words.sort_key(title_of(view, n), view.language)):
        about = facts[name]
        years = "–" if about["years"] is None else words.year_range(*map(int, about["years"]))
        rows.append(
            (
                Cell(title_of(view, name), f"/{view.language}/data/{name}"),
                Cell(years),
                Cell(view.number(about["rows"])),
                Cell(view.number(about["sources"])),
                Cell(view.number(about["secondary"])),
            )
        )
    head = tuple(view.say(f"web.column.{name}") for name in ("table", "years", "rows", "sources", "secondary"))
    blocks: list[Block] = [Rows(view.say("web.data.tables"), head, tuple(rows), "lrrrr")]
    blocks += own_tables.listed(view)
    results = view.site.results
    stored = tuple(
        (
            Cell(name, f"/api/v1/results/{name}?form=csv"),
            Cell(unit_text(table.unit, view.language)),
            Cell(view.number(table.frame.height)),
            Cell(view.say(f"web.rank.{table.rank}")),
            Cell(table.method),
        )
        for name, table in sorted(results.tables.items())
    )
    head = tuple(view.say(f"web.column.{name}") for name in ("table", "unit", "rows", "rank", "method"))
    blocks += [
        Heading(view.say("web.data.results"), "results"),
        Rows(view.say("web.data.results_text"), head, stored, "llrll"),
    ]
    return Content(view.say("web.page.data"), view.say("web.lead.data"), tuple(blocks))


def item(view: View, name: str) -> Content:
    """One table of the pack.

    Raises
    ------
    UnknownName
        There is no such table.

    """
    pack = view.site.pack
    folder, _, own = name.partition("/")
    if folder == own_tables.FOLDER and own:
        return own_tables.item(view, own)
    if name not in pack.tables():
        raise UnknownName("catalog.table.unknown", table=name[:60], near=", ".join(pack.tables()[:8]))
    about, resource = _overview(view.site)[name], pack.resources_of(name)[0]
    years = "–" if about["years"] is None else words.year_range(*map(int, about["years"]))
    definitions = pack.definitions().filter(pl.col("id") == (resource.definition or ""))
    counted = definitions[f"text_{view.language}"][0] if definitions.height else "–"
    facts = [
        (view.say("web.column.rows"), view.number(about["rows"])),
        (view.say("web.column.years"), years),
        (view.say("web.data.counted"), str(counted)),
        (view.say("web.column.secondary"), view.number(about["secondary"])),
    ]
    blocks: list[Block] = [
        Facts(tuple(facts)),
        *preview.blocks(view, name),
        *_files(view, name),
        *own_tables.beside(view, name),
        *_cautions(view, name),
        *_schema(view, name),
        *_sources(view, name),
    ]
    blocks += [*_conflicts(view, name), *_snippets(view, name)]
    blocks[1:1] = [Listing(tuple((one.text, f"#{one.anchor}") for one in blocks if isinstance(one, Heading)))]
    trail = ((view.say("web.page.data"), f"/{view.language}/data"),)
    return Content(title_of(view, name), "", tuple(blocks), trail=trail)


def _files(view: View, name: str) -> list[Block]:
    own = _chosen_rows(view, name)
    forms = tuple((form, f"/api/v1/tables/{name}?form={form}{own}") for form in FORMS)
    return [Heading(view.say("web.data.download"), "download"), Listing(forms)]


def _chosen_rows(view: View, name: str) -> str:
    _, wanted = preview.chosen(view, inputs.rows(view.site.pack, name))
    return preview.where_of(wanted)


def _cautions(view: View, name: str) -> list[Block]:
    blocks: list[Block] = [Text(note.text, "note") for note in view.context.cautions(name)]
    breaks = view.context.breaks(name)
    if breaks:
        items = tuple((f"{year}: {text}", None) for year, text in breaks)
        blocks += [Heading(view.say("data.breaks"), "breaks"), Listing(items)]
    return blocks


def _schema(view: View, name: str) -> list[Block]:
    frame = inputs.rows(view.site.pack, name)
    rows = []
    for column, kind in frame.schema.items():
        values = frame[column].drop_nulls()
        if kind.is_numeric() and len(values):
            shown = _span(values, column in YEARS)
        else:
            codes = values.unique().sort().to_list()
            some = ", ".join(preview.label(view, column, str(code)) for code in codes[:4])
            shown = view.say("web.data.codes", n=view.number(len(codes)), some=some + (" …" if len(codes) > 4 else ""))
        rows.append((Cell(column), Cell(str(kind)), Cell(shown)))
    head = tuple(view.say(f"web.column.{key}") for key in ("column", "type", "values"))
    return [
        Heading(view.say("web.data.schema"), "schema"),
        Rows(view.say("web.data.schema_text"), head, tuple(rows), "lll"),
    ]


def _span(values: pl.Series, whole: bool) -> str:
    low, high = (float(str(end)) for end in (values.min(), values.max()))
    return f"{low:.0f} … {high:.0f}" if whole else f"{low:g} … {high:g}"


def _sources(view: View, name: str) -> list[Block]:
    used = inputs.rows(view.site.pack, name)["source"].unique().to_list()
    known = references(view.site.pack, view.language)
    found = sorted((known[one] for one in used if one in known), key=lambda one: order(one, view.language))
    rows = tuple(
        (
            Cell(one.publisher),
            Cell(one.title),
            Cell(one.dated),
            Cell(one.address, one.link or None),
            Cell(view.say(f"licence.{one.licence}") if one.licence else "–"),
        )
        for one in found
    )
    head = tuple(view.say(f"sources.column.{key}") for key in ("publisher", "title", "date", "address", "licence"))
    return [
        Heading(view.say("chapter.sources"), "sources"),
        Rows(view.say("web.data.sources_text"), head, rows, "lllll"),
    ]


def _conflicts(view: View, name: str) -> list[Block]:
    table = view.site.results.tables.get("conflicts")
    frame = None if table is None else table.frame.filter(pl.col("table") == name).head(CONFLICTS_SHOWN)
    if frame is None or not frame.height:
        return []
    rows = tuple(
        (
            Cell(r["key"]),
            Cell(f"{r['source_a']}: {view.number(r['value_a'])}"),
            Cell(f"{r['source_b']}: {view.number(r['value_b'])}"),
            Cell(words.signed(r["difference"], view.language)),
        )
        for r in frame.iter_rows(named=True)
    )
    head = (view.say("web.column.what"), "A", "B", view.say("web.column.difference"))
    return [
        Heading(view.say("web.data.conflicts"), "conflicts"),
        Rows(view.say("web.data.conflicts_text"), head, rows, "lllr"),
    ]


def _snippets(view: View, name: str) -> list[Block]:
    """Code for the file of the rows that the page shows."""
    address = f"{view.base}/api/v1/tables/{name}?form=csv{_chosen_rows(view, name)}"
    return [Heading(view.say("web.data.snippets"), "snippets"), Snippets(snippets(address, name))]
