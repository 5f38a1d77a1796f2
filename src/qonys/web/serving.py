"""Answers kept by their canonical address: made once, compressed once, with an ETag; slow ones in their own lane.

Everything slow runs in threads behind two gates, so that a few heavy users cannot take the places of the others:
pages, tables and specifications pass a wide gate, pictures and workbooks a narrow one.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from qonys.errors import QonysError

KEPT_BYTES = 128 * 1024 * 1024
WIDE, NARROW, WAITING = 8, 2, 48
PLAIN = ("text/", "application/json", "image/svg+xml", "application/manifest")
SMALL = 600


class Busy(QonysError):
    """Too many slow requests are waiting."""


@dataclass(frozen=True)
class Kept:
    """A finished answer."""

    body: bytes
    packed: bytes | None
    media: str
    etag: str
    name: str = ""

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self.body) + len(self.packed or b"")


def finished(body: bytes, media: str, name: str = "") -> Kept:
    """An answer with its hash and, when it is text, its compressed form."""
    packed = gzip.compress(body, 6, mtime=0) if len(body) > SMALL and media.startswith(PLAIN) else None
    return Kept(body, packed, media, f'"{hashlib.sha256(body).hexdigest()[:24]}"', name)


@dataclass
class Shelf:
    """Finished answers, the last used ones within `most` bytes."""

    most: int = KEPT_BYTES
    _kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    _made: dict[str, asyncio.Future[Kept]] = field(default_factory=dict)
    _size: int = 0
    _waiting: int = 0
    _wide: anyio.CapacityLimiter | None = None
    _narrow: anyio.CapacityLimiter | None = None

    async def answer(self, request: Request, key: str, make: Callable[[], Kept], slow: bool = False) -> Response:
        """The answer under `key`, made once whatever the number of people who wait for it."""
        kept = self._kept.get(key)
        if kept is None:
            kept = await self._make(key, make, slow)
        else:
            self._kept.move_to_end(key)
        return response(request, kept)

    async def _make(self, key: str, make: Callable[[], Kept], slow: bool) -> Kept:
        if key in self._made:
            return await asyncio.shield(self._made[key])
        if slow and self._waiting >= WAITING:
            raise Busy("web.request.busy")
        if self._wide is None or self._narrow is None:
            self._wide, self._narrow = anyio.CapacityLimiter(WIDE), anyio.CapacityLimiter(NARROW)
        future: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._made[key] = future
        self._waiting += slow
        try:
            kept = await to_thread.run_sync(make, limiter=self._narrow if slow else self._wide)
        except BaseException as error:
            future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            future.exception()
            raise
        else:
            future.set_result(kept)
            self._put(key, kept)
            return kept
        finally:
            self._waiting -= slow
            del self._made[key]

    def _put(self, key: str, kept: Kept) -> None:
        self._kept[key] = kept
        self._size += kept.size
        while self._size > self.most and self._kept:
            _, old = self._kept.popitem(last=False)
            self._size -= old.size


def response(request: Request, kept: Kept, lasting: bool = False) -> Response:
    """The answer, or 304 when the reader has it already."""
    age = "public, max-age=31536000, immutable" if lasting else "no-cache"
    headers = {"etag": kept.etag, "cache-control": age, "vary": "Accept-Encoding"}
    if kept.name:
        headers["content-disposition"] = f'attachment; filename="{kept.name}"'
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if kept.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    if kept.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(kept.packed, headers={**headers, "content-encoding": "gzip"}, media_type=kept.media)
    return Response(kept.body, headers=headers, media_type=kept.media)
