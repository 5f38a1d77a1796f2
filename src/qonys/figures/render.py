"""From Vega-Lite documents to SVG text, and pictures that are rendered when they are looked at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qonys.errors import RenderFailed
from qonys.figures.style import NUMBER_LOCALE, Spec

FONTS = Path(__file__).parent / "fonts"


@dataclass(frozen=True)
class Picture:
    """A drawing of a theme in a language: a whole Vega-Lite document, or SVG text."""

    drawn: Spec | str
    language: str

    def svg(self, prefix: str) -> str:
        """The picture as SVG; ids get `prefix`, so that several pictures can stand in one page.

        Raises
        ------
        RenderFailed
            Vega cannot draw the document.

        """
        if isinstance(self.drawn, str):
            return with_prefix(self.drawn, prefix)
        try:
            text = vega_svg(self.drawn, self.language)
        except ValueError as error:
            raise RenderFailed("report.chart_failed", chart=prefix, reason=str(error)[:200]) from error
        return with_prefix(text, prefix)


@cache
def register_fonts() -> None:
    """The shipped fonts are known to the engine of the charts."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def vega_svg(spec: Spec, language: str, times: dict[str, object] | None = None) -> str:
    """A Vega-Lite document as SVG; `times` names months and days. No address outside is read."""
    import vl_convert

    register_fonts()
    given: dict[str, Any] = {} if times is None else {"time_format_locale": times}
    found: str = vl_convert.vegalite_to_svg(
        json.dumps(spec), format_locale=NUMBER_LOCALE[language], allowed_base_urls=[], **given
    )
    return found


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of an SVG picture in pixels.

    Raises
    ------
    RenderFailed
        The picture does not state them.

    Examples
    --------
    >>> size_of('<svg viewBox="0 0 640 20" width="640" height="20"/>')
    (640.0, 20.0)

    """
    found = [re.search(rf'<svg\b[^>]*?\b{side}="([\d.]+)"', svg) for side in ("width", "height")]
    if found[0] is None or found[1] is None:
        raise RenderFailed("report.chart_failed", chart="svg", reason=svg[:80])
    return float(found[0].group(1)), float(found[1].group(1))

def with_prefix(text: str, prefix: str) -> str:
    """All ids and the references to them, prefixed."""
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", text)
    return re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', text)
