"""A log of requests that names nobody: no address, no query, no name of a browser."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from qonys.errors import BadInput

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

STANDARD = "-"
LONGEST = 200  # letters of an address that are written


def access_logger(place: str) -> logging.Logger:
    """What writes the lines into a file, or to standard error for ``-``; a file that was moved away is begun anew.

    Raises
    ------
    BadInput
        The file cannot be written.

    """
    logger = logging.getLogger("qonys.web.access")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    try:
        file = None if place == STANDARD else WatchedFileHandler(Path(place), "a", "utf-8")
    except OSError:
        raise BadInput("web.serve.log", path=place) from None
    handler = file or logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    return logger


class AccessLog:
    """Writes a line for each answer: minute (UTC), method, address without its query, status, bytes, milliseconds."""

    def __init__(self, app: App, logger: logging.Logger) -> None:
        self._app = app
        self._logger = logger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and write its line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin, status, size = time.perf_counter(), 0, 0

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            took = 1000 * (time.perf_counter() - begin)
            self._logger.info(_line(scope["method"], scope["path"], status, size, took))


def _line(method: str, path: str, status: int, size: int, took: float) -> str:
    """One line; signs that would break it, or a terminal, are written as escapes.

    Examples
    --------
    >>> _line("GET", "/en/a b", 200, 12, 3.4)[18:]
    'GET /en/a%20b 200 12 3'

    """
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    shown = "".join(sign if sign.isprintable() and sign != " " else f"%{ord(sign):02X}" for sign in path[:LONGEST])
    return f"{moment} {method[:12]} {shown} {status} {size} {took:.0f}"
