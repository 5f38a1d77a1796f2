"""Pages as HTML: one template for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys import __version__, words
from qonys.report.origins import linked
from qonys.web.content import Box, Content, LabPanel
from qonys.web.kinds import addresses
from qonys.web.pages.menu import grouped
from qonys.web.progress import AGAIN
from qonys.web.view import Site, View

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
LONG, LONGEST = 28, 90  # letters of a text from which on a column of a phone is wide, and very wide


@cache
def environment() -> Environment:
    """Templates; everything is escaped, an unknown name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["kind"] = lambda thing: type(thing).__name__
    found.globals["linked"] = linked
    found.globals["sides"] = sides
    found.globals["texts"] = lambda rows: [[cell.text for cell in row] for row in rows]
    return found


def sides(rows: Iterable[Sequence[str]], align: str) -> tuple[str, ...]:
    """Classes of the columns of a table: l or r, and `long` or `longest` where a text needs more than a narrow column.

    Examples
    --------
    >>> sides([("a text of many words that goes on", "no", "12")], "llr")
    ('l long', 'l', 'r')

    """
    longest = [0] * len(align)
    for row in rows:
        longest = [max(known, len(cell)) for known, cell in zip(longest, row, strict=True)]
    wide = ("long" if most <= LONGEST else "longest" for most in longest)
    return tuple(
        f"{side} {how}" if side == "l" and most > LONG else side
        for side, most, how in zip(align, longest, wide, strict=True)
    )


def page_html(view: View, content: Content, path: str, notice: str = "") -> str:
    """A whole page. `path` is its address without the language."""
    site = view.site
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            frame(site, view.language, path),
            asked=view.state.get("q", ""),
            content=content,
            notices=[text for text in (notice, _mixed(view)) if text],
            charts=any(isinstance(block, Box | LabPanel) for block in content.blocks),
            bench=any(isinstance(block, LabPanel) for block in content.blocks),
        )
    )


def frame(site: Site, language: str, path: str) -> dict[str, Any]:
    """What stands around every page."""
    groups = [
        (words.text(f"web.group.{group}", language), [(p.id, words.text(f"web.page.{p.id}", language)) for p in held])
        for group, held in grouped(site).items()
    ]
    here = path.partition("?")[0].partition("/")[0]
    others = [(code, words.text(f"web.language.{code}", language)) for code in ("kk", "ru", "en")]
    return {
        "say": lambda key, **values: words.text(key, language, **values),
        "language": language,
        "path": path,
        "here": here,
        "groups": groups,
        "beside": next((held for _, held in groups if here in dict(held)), []),
        "languages": others,
        "site": site,
        "progress": site.progress.sentence(language) if site.progress is not None else "",
        "again": AGAIN,
        "version": __version__,
        "asset": asset_names(),
        "pages_of": addresses(site, language),
    }


def _mixed(view: View) -> str:
    site = view.site
    return "" if site.pack.digest() == site.results.release else view.say("web.notice.mixed", found=site.release)


def notice_of(view: View, query: Mapping[str, str]) -> str:
    """A sentence when a link was made with another release or other results than those shown."""
    site = view.site
    rel, model = query.get("rel", site.release), query.get("m", site.model)
    if (rel, model) == (site.release, site.model):
        return ""
    return view.say("web.notice.release", rel=rel[:20], m=model[:20], now_rel=site.release, now_m=site.model)


def box_html(language: str, site: Site, box: Box) -> dict[str, str]:
    """The parts of a chart that change with its state: table, code that reads its file, unit and definitions, key."""
    around, parts = frame(site, language, "") | {"box": box}, ("sheet", "code", "meaning", "keys")
    return {part: environment().get_template(f"{part}.html.j2").render(around) for part in parts}


def embed_html(site: Site, language: str, box: Box) -> str:
    """A chart alone, to be shown inside another site's page."""
    return environment().get_template("embed.html.j2").render(frame(site, language, "") | {"pages_of": {}}, box=box)


def error_html(site: Site, language: str, sentence: str, status: int) -> str:
    """A page that says what went wrong."""
    return (
        environment().get_template("error.html.j2").render(frame(site, language, ""), sentence=sentence, status=status)
    )


@cache
def asset_names() -> dict[str, str]:
    """Addresses of the shipped files, each with the hash of its content."""
    from qonys.web.assets import addresses

    return addresses()
