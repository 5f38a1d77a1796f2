"""What stands before every request: limits, allowed hosts, and the headers of every answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from qonys import words
from qonys.web.address import host_name

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FRAMED = re.compile(rf"/(?:{'|'.join(words.LANGUAGES)})/embed/[^/]+$")  # what another site may show in a frame
LONGEST = 4096
BIGGEST = 64 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), interest-cohort=()"),
)
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})


def language_of(path: str, accepted: str, usual: str) -> str:
    """The language of an answer: that of the address, else the first the reader accepts that we speak."""
    first = path.strip("/").split("/", 1)[0]
    if first in words.LANGUAGES:
        return first
    for part in accepted.split(","):
        code = part.strip()[:2].lower()
        if code in words.LANGUAGES:
            return code
    return usual


class Guard:
    """Refuses what is too long or for another host, and gives every answer the same headers; no `hosts`: any host."""

    def __init__(
        self, app: App, refuse: Callable[[Scope, int, str, dict[str, object]], App], hosts: frozenset[str]
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        framed = FRAMED.match(scope["path"]) is not None
        inner = dict(scope, method="GET") if scope["method"] == "HEAD" else scope

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                policy = POLICY.format(frames="*" if framed else "'none'").encode()
                extra = [*HEADERS, (b"content-security-policy", policy)]
                if framed:
                    extra = [pair for pair in extra if pair[0] != b"cross-origin-opener-policy"]
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        refusal = self._refusal(inner)
        await (refusal or self._app)(inner, receive, sending)

    def _refusal(self, scope: Scope) -> App | None:
        headers = dict(scope["headers"])
        length = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
        if length > LONGEST:
            return self._refuse(scope, 414, "web.request.too_long", {"found": length, "most": LONGEST})
        size = headers.get(b"content-length", b"0")
        if not size.isdigit() or int(size) > BIGGEST:
            return self._refuse(scope, 413, "web.request.too_big", {"most": BIGGEST})
        host = headers.get(b"host", b"").decode("latin-1")
        name = host_name(host)
        if (host and not name) or (self._hosts and name not in self._hosts):
            return self._refuse(scope, 400, "web.request.host", {"host": host[:60]})
        return None
