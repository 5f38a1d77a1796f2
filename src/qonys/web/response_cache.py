"""Answers kept by their canonical address: made once, compressed once, with an ETag; slow ones in their own lane.

Everything slow runs in threads behind gates, so that a few heavy users cannot take the places of the others: pages,
tables and specifications pass a wide gate, pictures and workbooks a narrow one, runs of the policy lab one more. Those
who wait at a gate come in by turns, one of each reader, however much one of them asks for.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from qonys.errors import QonysError

KEPT_BYTES = 128 * 1024 * 1024
PLACES = {"wide": 8, "narrow": 2, "lab": 2}
WAITING, EACH = {"wide": 400, "narrow": 64, "lab": 64}, {"wide": 400, "narrow": 32, "lab": 32}
PLAIN = ("text/", "application/json", "image/svg+xml", "application/manifest")
SMALL = 600
RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


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
class Gate:
    """So many `places`; readers who wait come in by turns, at most `each` requests of one and `most` of all wait."""

    places: int
    each: int
    most: int
    _taken: int = 0
    _queues: OrderedDict[str, deque[asyncio.Future[None]]] = field(default_factory=OrderedDict)

    @asynccontextmanager
    async def place(self, reader: str) -> AsyncIterator[None]:
        """A place, given back at the end.

        Raises
        ------
        Busy
            Too many requests wait.

        """
        if self._taken < self.places:
            self._taken += 1
        else:
            await self._wait(reader)
        try:
            yield
        finally:
            self._give()

    async def _wait(self, reader: str) -> None:
        queue = self._queues.get(reader, deque())
        if len(queue) >= self.each or sum(map(len, self._queues.values())) >= self.most:
            raise Busy("web.request.busy")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._queues[reader] = queue
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give()
            raise

    def _give(self) -> None:
        """The place to the reader whose turn it is."""
        while self._queues:
            reader, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[reader] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1


@dataclass
class Shelf:
    """Finished answers, the last used ones within `most` bytes; all are made anew once `mark` says something else."""

    mark: Callable[[], str] = str
    most: int = KEPT_BYTES
    _kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    _made: dict[str, asyncio.Task[Kept]] = field(default_factory=dict)
    _size: int = 0
    _gates: dict[str, Gate] = field(
        default_factory=lambda: {name: Gate(places, EACH[name], WAITING[name]) for name, places in PLACES.items()}
    )
    _threads: anyio.CapacityLimiter | None = None

    async def answer(
        self, request: Request, key: str, make: Callable[[], Kept], gate: str = "wide", limit: float | None = None
    ) -> Response:
        """The answer under `key`, made once whatever the number of people who wait for it; `gate` of PLACES.

        Raises
        ------
        Busy
            Too many wait at the gate, or it is not there after `limit` seconds; it is made all the same, and whoever
            asks again finds it.

        """
        key = f"{self.mark()} {key}"
        kept = self._kept.get(key)
        if kept is None:
            making = self._made.get(key) or self._begin(key, make, gate, request.client.host if request.client else "")
            await asyncio.wait([making], timeout=limit)
            if not making.done():
                raise Busy("web.request.late")
            kept = making.result()
        else:
            self._kept.move_to_end(key)
        return response(request, kept)

    def _begin(self, key: str, make: Callable[[], Kept], gate: str, reader: str) -> asyncio.Task[Kept]:
        """Begin to make an answer; nobody who goes away ends it."""
        making = self._made[key] = asyncio.get_running_loop().create_task(self._make(key, make, gate, reader))

        def end(task: asyncio.Task[Kept]) -> None:
            del self._made[key]
            if not task.cancelled():
                task.exception()  # looked at, also where nobody waits any more

        making.add_done_callback(end)
        return making

    async def _make(self, key: str, make: Callable[[], Kept], gate: str, reader: str) -> Kept:
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(sum(PLACES.values()))
        async with self._gates[gate].place(reader):
            kept = await to_thread.run_sync(make, limiter=self._threads)
        self._put(key, kept)
        return kept

    def _put(self, key: str, kept: Kept) -> None:
        self._kept[key] = kept
        self._size += kept.size
        while self._size > self.most and self._kept:
            _, old = self._kept.popitem(last=False)
            self._size -= old.size


def response(request: Request, kept: Kept, lasting: bool = False) -> Response:
    """The answer, or 304 when the reader has it already; of a file, the part that is asked for.

    A file is read in parts by programs that open it at its address, as DuckDB and Polars open Parquet.
    """
    age = "public, max-age=31536000, immutable" if lasting else "no-cache"
    headers = {"etag": kept.etag, "cache-control": age, "vary": "Accept-Encoding"}
    if kept.name:
        headers |= {"content-disposition": f'attachment; filename="{kept.name}"', "accept-ranges": "bytes"}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if kept.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range") if kept.name else None
    if asked is not None and request.headers.get("if-range", kept.etag) == kept.etag:
        part = part_of(asked, len(kept.body))
        if part is not None:
            return _part(kept, part, headers)
    elif kept.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(kept.packed, headers={**headers, "content-encoding": "gzip"}, media_type=kept.media)
    return Response(kept.body, headers=headers, media_type=kept.media)


def _part(kept: Kept, part: tuple[int, int], headers: dict[str, str]) -> Response:
    begin, end = part
    if begin >= end:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{len(kept.body)}"})
    told = {**headers, "content-range": f"bytes {begin}-{end - 1}/{len(kept.body)}"}
    return Response(kept.body[begin:end], 206, told, kept.media)


def part_of(asked: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last of a `Range` over `size` bytes; the same twice where nothing is there.

    Nothing where the header is not understood or names several parts: the whole is answered (RFC 9110, 14.2).

    Examples
    --------
    >>> part_of("bytes=0-3", 10), part_of("bytes=-4", 10), part_of("bytes=8-", 10), part_of("bytes=12-", 10)
    ((0, 4), (6, 10), (8, 10), (10, 10))
    >>> part_of("bytes=0-1,4-5", 10), part_of("lines=0-1", 10)
    (None, None)

    """
    found = RANGE.fullmatch(asked.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return min(int(first), size), min(int(last) + 1, size) if last else size
