"""About: how to cite, what changed, accessibility, the programme's interface."""

from __future__ import annotations

from qonys import __version__
from qonys.figures.law import number
from qonys.report.writing import release_date
from qonys.web.content import Block, Content, Facts, Heading, Listing, Snippets, Text
from qonys.web.view import View


def build(view: View) -> Content:
    """The page."""
    site, year = view.site, release_date(view.site.pack)[:4]
    cite = view.say("web.about.cite_line", year=year, version=__version__, release=site.release)
    bibtex = (
        f"@software{{qonys,\n  title = {{Qonys: an open laboratory and observatory of human migration}},\n"
        f"  author = {{{{The Qonys developers}}}},\n  year = {{{year}}},\n  version = {{{__version__}}},\n"
        f"  note = {{Data release {site.release}, results {site.model}}}\n}}"
    )
    blocks: list[Block] = [
        Facts(
            (
                (view.say("web.about.release"), f"{site.release} ({release_date(site.pack)})"),
                (view.say("web.about.model"), site.model),
                (view.say("web.about.version"), __version__),
                (view.say("web.about.licence"), view.say("web.about.licence_text")),
            )
        ),
        Heading(view.say("web.about.cite"), "cite"),
        Text(cite),
        Text(view.say("web.about.cite_source")),
        Snippets((("BibTeX", bibtex),)),
        Heading(view.say("web.about.changes"), "changes"),
        Text(view.say("web.about.changes_text")),
        *_corrections(view),
        Heading(view.say("web.about.access"), "accessibility"),
        Text(view.say("web.about.access_text")),
        Heading(view.say("web.api"), "api"),
        Text(view.say("web.about.api_text")),
        Listing((("/api/v1", "/api/v1"), ("/api/v1/openapi.json", "/api/v1/openapi.json"))),
        Heading(view.say("web.about.privacy"), "privacy"),
        Text(view.say("web.about.privacy_text")),
    ]
    return Content(view.say("web.page.about"), view.say("web.lead.about"), tuple(blocks))


def _corrections(view: View) -> list[Block]:
    rows = view.site.pack.corrections()
    if not rows.height:
        return []
    items = tuple(
        (f"{r['table']}, {r['key']}: {_figure(view, r['published'])} → {_figure(view, r['corrected'])}", None)
        for r in rows.iter_rows(named=True)
    )
    return [Text(view.say("web.about.corrections")), Listing(items)]


def _figure(view: View, written: str) -> str:
    """A figure with the decimals that it has; what is no figure as it is written."""
    try:
        return number(float(written), view.language)
    except ValueError:
        return written
