"""The Atom feed of the monitor (RFC 4287): yellow and red lights, and the newest release of each series."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as tree
from typing import Any

import polars as pl

from qonys import __version__
from qonys.figures.monitor import light_text, period_text
from qonys.study.analyses.alarms import near, newest, unusual
from qonys.web.own_releases import indicator_name, lights_now
from qonys.web.view import View

ATOM = "application/atom+xml; charset=utf-8"
SPACE = "http://www.w3.org/2005/Atom"
MOST = 50
Row = dict[str, Any]


def atom(view: View) -> bytes:
    """The feed as UTF-8 XML.

    An entry is updated at the end of its period: the day of release is not known. Its id is that of its series and
    period, so that a reader sees it once.
    """
    lights = lights_now(view.site)
    rows = pl.concat([unusual(lights), newest(lights)]).unique(["indicator", "end"], maintain_order=True)
    rows = rows.sort("end", "indicator", descending=[True, False]).head(MOST)
    country = view.site.pack.country.get("code", "")
    feed = tree.Element("feed", {"xmlns": SPACE, "xml:lang": view.language})
    _text(feed, "id", _id(f"monitor:{country}:{view.language}"))
    _text(feed, "title", view.say("web.page.monitor"))
    _text(feed, "subtitle", view.say("monitor.feed.subtitle"))
    _text(feed, "updated", _moment(str(rows["end"].max())))
    _text(tree.SubElement(feed, "author"), "name", "Qonys")
    _text(feed, "generator", "Qonys").set("version", __version__)
    own = f"{view.base}/monitor/feed.atom?lang={view.language}"
    tree.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    tree.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": _page(view)})
    for row in rows.iter_rows(named=True):
        feed.append(_entry(view, row, country))
    written: bytes = tree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(view: View, row: Row, country: str) -> tree.Element:
    context, name = view.context, indicator_name(view, row["indicator"], row["owner"])
    period, light = period_text(row, view.language), light_text(context, row)
    entry = tree.Element("entry")
    _text(entry, "id", _id(f"monitor:{country}:{row['indicator']}:{row['start']}:{row['end']}"))
    _text(entry, "title", view.say("monitor.feed.entry", name=name, period=period, light=light))
    _text(entry, "updated", _moment(row["end"]))
    tree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{_page(view)}#unusual"})
    tree.SubElement(entry, "category", {"term": row["light"] or "none"})
    said = view.say("monitor.feed.value", value=view.number(row["value"]), expected=view.number(row["expected"]),
                    ends=context.ends(row["low"], row["high"], 0))  # fmt: skip
    events = near(view.site.pack, row, view.language)
    more = view.say("monitor.feed.near", events=events) if events else ""
    _text(entry, "summary", " ".join(filter(None, (said, more, view.say("monitor.feed.why")))))
    return entry


def _page(view: View) -> str:
    return f"{view.base}/{view.language}/monitor"


def _text(parent: tree.Element, name: str, text: str) -> tree.Element:
    found = tree.SubElement(parent, name)
    found.text = text
    return found


def _moment(day: str) -> str:
    """The end of a day as a moment of RFC 3339."""
    return f"{day}T23:59:59Z"


def _id(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"qonys:{name}").urn
