"""Maps of a page lead to the pages of their regions, by pointer and by keyboard; files and pictures lead nowhere."""

from __future__ import annotations

import re

from qonys.web.kinds import REGION, address, codes_of
from qonys.web.view import View

SHAPE = re.compile(r'<path\b[^>]*\bdata-region="([^"]+)"[^>]*><title>([^<]*)</title></path>')


def with_links(view: View, svg: str) -> str:
    """The map with each region that has a page inside a link to it.

    In a row of maps only the first has its regions in the order of the keyboard: the others lead to the same pages.
    """
    known, seen = set(codes_of(view.site, REGION)), set[str]()

    def link(found: re.Match[str]) -> str:
        code, title = found.group(1), found.group(2)
        if code not in known:
            return found.group()
        again = ' tabindex="-1"' if code in seen else ""
        seen.add(code)
        return f'<a href="{address(view.language, REGION, code)}" aria-label="{title}"{again}>{found.group()}</a>'

    return SHAPE.sub(link, svg)
