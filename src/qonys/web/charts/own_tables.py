"""A person's own tables as charts without a picture: the same address gives page, embedding and files."""

from __future__ import annotations

from qonys import words
from qonys.errors import UnknownName
from qonys.figures.drawing import Drawing
from qonys.study.analyses.own_tables import SMALLEST, OwnTable
from qonys.web.charts.kit import Chart
from qonys.web.charts.report_figures import sheet_of
from qonys.web.view import Site, View

PREFIX = "own-"


def own_table(site: Site, name: str) -> OwnTable:
    """What the person added to a table, protected.

    Raises
    ------
    UnknownName
        Nothing.

    """
    if name not in site.own:
        raise UnknownName("web.own.unknown", name=name[:60], known=", ".join(site.own) or "–")
    return site.own[name]


def own_chart(site: Site, name: str) -> Chart:
    """The chart ``own-<table>``.

    Raises
    ------
    UnknownName
        The person added nothing to this table.

    """
    table = own_table(site, name.removeprefix(PREFIX))
    return Chart(name, lambda view: _drawing(view, table))


def notes_of(view: View, table: OwnTable) -> tuple[str, ...]:
    """That it is the person's own, and how many values are withheld."""
    hidden = words.plural("web.own.hidden", table.hidden, view.language, threshold=SMALLEST)
    return (view.say("web.own.mark"), hidden) if table.hidden else (view.say("web.own.mark"),)


def _drawing(view: View, table: OwnTable) -> Drawing:
    known = dict(view.site.pack.sources().select("id", "title").rows()) | dict(table.sources)
    titles = "; ".join(str(known.get(one, one)) for one in table.frame["source"].unique(maintain_order=True))
    title = view.site.pack.resources_of(table.name)[0].titles.get(view.language, table.name)
    return Drawing(
        f"{title} – {view.say('web.own.heading').lower()}",
        view.say("web.own.says", rows=view.number(table.frame.height), date=table.added),
        table.frame,
        sheet_of(view, table.frame.drop("rank")),
        view.say("web.own.source", titles=titles),
        (),
        unit=_unit(table),
        notes=notes_of(view, table),
    )


def _unit(table: OwnTable) -> str:
    units = table.frame["unit"].unique().to_list() if "unit" in table.frame.columns else []
    return str(units[0]) if len(units) == 1 else ""
