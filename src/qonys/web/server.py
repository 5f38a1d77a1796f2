"""The process: which results are served, the listening socket, the server itself."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys import words
from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.study.runs.folders import cache_folder
from qonys.study.runs.results import Results, read_results
from qonys.study.runs.run import RESULTS, Step, run_key, study_results
from qonys.study.runs.stored_runs import latest_run, run_folder
from qonys.web import render_worker
from qonys.web.charts.lab.state import lab_there
from qonys.web.progress import computing, progress_of
from qonys.web.response_cache import Shelf
from qonys.web.view import Site
from qonys.words.system import system_reason

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = ("127.0.0.1", "::1", "localhost")
LAB_AFTER = 1.0


def stored_results(folder: Path) -> Results:
    """Results in `folder`, in the run that a report in it was made of, or in the run of that name.

    Raises
    ------
    BadInput
        There are none, or they cannot be read.

    """
    return read_results(run_folder(folder))


def site_of(
    pack: Pack,
    folder: Path | None,
    language: str,
    *,
    host: str = "127.0.0.1",
    public: str = "",
    read_only: bool = False,
    tell: Callable[[str, dict[str, object]], None] = lambda key, values: None,
) -> Site:
    """The site over the results in `folder`, else over the pack's last run; without one, over none so far.

    `public`: names, separated by commas, under which a proxy passes requests on. `tell` is called with the key of a
    sentence and its values.
    """
    progress = None
    if folder is not None:
        results = stored_results(folder)
        model = hashlib.sha256((run_folder(folder) / RESULTS).read_bytes()).hexdigest()
        if results.release != pack.digest():
            tell("web.serve.other", {"found": results.release[:12], "expected": pack.digest()[:12]})
    elif last := latest_run(pack):
        model, results = last.name, stored_results(last)
    else:
        model = run_key(pack)
        tell("web.serve.computing", {})
        results, progress = Results(pack.digest()), progress_of(pack)
    names = frozenset(public_names(public))
    alone = host in LOOPBACK and not names
    token = "" if alone else os.environ.get("QONYS_TOKEN") or secrets.token_urlsafe(18)
    states = cache_folder() / "states"
    return Site(pack, results, model[:12], states, language, token, alone, eager=progress is None, progress=progress,
                names=names, read_only=read_only)  # fmt: skip


def public_names(given: str) -> list[str]:
    """Names of hosts, in small letters.

    Raises
    ------
    BadInput
        What is no name of a host: an address with a scheme, a path or a port.

    """
    found = [name.strip().lower() for name in given.split(",") if name.strip()]
    for name in found:
        if len(name) > 253 or not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name):
            raise BadInput("web.serve.public", found=name[:80])
    return found


def compute(app: FastAPI, tell: Callable[[str, dict[str, object]], None] = lambda key, values: None) -> None:
    """Compute the results of an application that has none, in a thread: it serves what there is after each chapter."""
    site: Site = app.state.site
    progress = site.progress
    assert progress is not None

    def show(results: Results, **more: Any) -> None:
        now = replace(site, results=results, _kept={}, **more)
        app.state.shelf, app.state.site = Shelf(now.mark), now

    def finish(results: Results) -> None:
        show(results, progress=None, eager=True)
        _open_lab(app.state.site)

    def told(step: Step) -> None:
        tell(f"study.progress.{step.what}", _named(step, site.language))

    computing(progress, lambda hear: study_results(site.pack, hear, part=show), told, finish)


def _named(step: Step, language: str) -> dict[str, object]:
    name = words.text(f"chapter.{step.chapter}", language)
    return {"chapter": name, "seconds": words.number(step.seconds, language, 1)}


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on host and port; whoever comes before the server runs waits. Port 0 takes a free one.

    Small answers leave at once (no delay): else the second packet of an answer waits 40 ms for the reader's receipt.

    Raises
    ------
    BadInput
        The address cannot be used.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found.bind((host, port))
        found.listen(1024)
    except (OSError, OverflowError) as error:
        found.close()
        raise BadInput("web.server.port", host=host, port=port, reason=system_reason(error)) from None
    return found


def _open_lab(site: Site) -> None:
    if lab_there(site):
        site.simulation.start()


def server_of(app: FastAPI) -> Any:
    """A uvicorn server that says nothing about good requests and nothing about itself.

    The policy lab of an eager site is opened beside it, once the first answers are out.
    """
    import uvicorn

    from qonys.web.patience import PatientProtocol

    site: Site = app.state.site
    if site.eager:
        later = threading.Timer(LAB_AFTER, _open_lab, (site,))
        later.daemon = True
        later.start()
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        ws="none",
        lifespan="off",
        timeout_keep_alive=10,
        timeout_graceful_shutdown=1,
        limit_concurrency=400,
        h11_max_incomplete_event_size=16384,
    )
    return uvicorn.Server(config)


def end_starts(site: Site) -> None:
    """The server stops: whoever still waits for an answer starts no process that would find its parent gone."""
    site.simulation.end()
    render_worker.end()


def address_of(host: str, port: int, language: str) -> str:
    """The address a person opens."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/{language}/"
