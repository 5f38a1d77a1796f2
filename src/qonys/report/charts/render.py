"""From Vega-Lite documents to SVG text."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from qonys.errors import RenderFailed
from qonys.report.charts.style import NUMBER_LOCALE, Spec, config

FONTS = Path(__file__).parent.parent / "fonts"


@cache
def _fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def svg(spec: Spec, language: str, prefix: str) -> str:
    """The chart as SVG; ids get `prefix`, so that several charts can stand in one page."""
    import vl_convert

    _fonts()
    document = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": config(), **spec}
    try:
        text: str = vl_convert.vegalite_to_svg(
            json.dumps(document), format_locale=NUMBER_LOCALE[language], allowed_base_urls=[]
        )
    except ValueError as error:
        raise RenderFailed("report.chart_failed", chart=prefix, reason=str(error)[:200]) from error
    return with_prefix(text, prefix)


def with_prefix(text: str, prefix: str) -> str:
    """All ids and the references to them, prefixed."""
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", text)
    return re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', text)
