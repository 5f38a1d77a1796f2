"""Slow drawing in a process of its own, so that a picture being made never holds up the pages of other readers.

The engine of the charts holds the interpreter's lock while it works; beside the server it would stop every other
answer for a second. One worker of low priority draws; a worker that dies is replaced.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from qonys.figures.render import register_fonts
from qonys.study.runs.following import follow

Made = TypeVar("Made")
WORKERS = 1
PATIENCE = 90.0
_LOCK = threading.Lock()
_POOL: list[ProcessPoolExecutor] = []
_OVER = threading.Event()


def apart(make: Callable[..., Made], *given: Any) -> Made:
    """`make(*given)` in the worker; both must be known to another process."""
    for attempt in (1, 2):
        with _LOCK:
            pool = _pool()
            future = pool.submit(make, *given)
        try:
            return future.result(PATIENCE)
        except BrokenProcessPool:
            _forget(pool)
            if attempt == 2:
                raise
    raise AssertionError


def end() -> None:
    """No worker is started any more, also in place of one that died: the server stops, and ends what there is."""
    with _LOCK:
        _OVER.set()


def _pool() -> ProcessPoolExecutor:
    """The pool; the lock is held by who asks.

    Raises
    ------
    BrokenProcessPool
        The server stops.

    """
    if _OVER.is_set():
        raise BrokenProcessPool("over")
    if not _POOL:
        _POOL.append(ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"), initializer=_settle))
    return _POOL[0]


def _forget(pool: ProcessPoolExecutor) -> None:
    with _LOCK:
        if pool in _POOL:
            _POOL.remove(pool)
    pool.shutdown(wait=False)


def _settle() -> None:
    """The worker's own start: it yields to the server, leaves stopping to it and does not outlive it."""
    server = parent_process()
    if server is not None:
        follow(server.pid or 0)
    if hasattr(os, "nice"):
        os.nice(5)


def png(svg: str) -> bytes:
    """SVG as PNG at twice its size."""
    import vl_convert

    register_fonts()
    return bytes(vl_convert.svg_to_png(svg, scale=2))


def pdf(svg: str) -> bytes:
    """SVG as PDF."""
    import vl_convert

    register_fonts()
    return bytes(vl_convert.svg_to_pdf(svg))


def javascript(snippet: str) -> str:
    """The bundle of Vega for browsers."""
    import vl_convert

    found: str = vl_convert.javascript_bundle(snippet)
    return found
