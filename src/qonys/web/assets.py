"""Shipped files: style, script, fonts, and the Vega bundle; nothing is asked from another host."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from qonys import words
from qonys.web.calendar import time_locale
from qonys.web.render_worker import apart, javascript
from qonys.web.response_cache import Kept, finished

SNIPPET = "window.vegaEmbed=vegaEmbed;"
FOLDER = Path(__file__).parent / "static"
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff": "font/woff",
    ".svg": "image/svg+xml",
}


@cache
def _shipped() -> dict[str, Path]:
    return {path.name: path for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA}


@cache
def addresses() -> dict[str, str]:
    """Name -> address; the query changes with the content, so that browsers may keep files for good."""
    found = {
        name: f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:10]}"
        for name, path in _shipped().items()
    }
    return found | {"vega.js": f"/static/vega.js?v={_vega_version()}"}


def _vega_version() -> str:
    import vl_convert

    return f"{vl_convert.get_vega_version()}-{vl_convert.get_vega_embed_version()}"


@cache
def asset(name: str) -> Kept | None:
    """A shipped file, or nothing; only names of the list are looked up."""
    if name == "vega.js":
        return finished(apart(javascript, SNIPPET).encode(), MEDIA[".js"])
    if name.startswith("times-") and name.removesuffix(".json")[6:] in words.LANGUAGES:
        return finished(json.dumps(time_locale(name[6:8]), ensure_ascii=False).encode(), "application/json")
    path = _shipped().get(name)
    return None if path is None else finished(path.read_bytes(), MEDIA[path.suffix])
