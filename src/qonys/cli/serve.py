"""`qonys serve`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.options import settings
from qonys.cli.ranges import Within
from qonys.cli.stopping import end_children, noting


def _tell(key: str, values: dict[str, object]) -> None:
    print(words.text(key, settings().language, **values), file=sys.stderr, flush=True)


def serve(
    *,
    host: Annotated[str, Parameter(help="cli.serve.host")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="cli.serve.port", validator=Within(0, 65_535))] = 8000,
    results: Annotated[Path | None, Parameter(help="cli.serve.results", negative=())] = None,
    public: Annotated[str, Parameter(help="cli.serve.public")] = "",
    read_only: Annotated[bool, Parameter(help="cli.serve.read_only", negative=())] = False,
    access_log: Annotated[str, Parameter(help="cli.serve.access_log")] = "",
) -> int:
    """Serve the observatory until it is stopped."""
    from qonys.catalog import open_pack
    from qonys.web.access import access_logger
    from qonys.web.app import build_app
    from qonys.web.server import address_of, compute, end_starts, listening, server_of, site_of

    with listening(host, port) as found:
        log = access_logger(access_log) if access_log else None
        pack, language = open_pack(settings().pack), settings().language
        site = site_of(pack, results, language, host=host, public=public, read_only=read_only, tell=_tell)
        server = server_of(app := build_app(site, log))
        with noting(server) as requests:
            _tell("web.serve.ready", {"address": address_of(host, found.getsockname()[1], site.language)})
            if site.token and not read_only:
                _tell("web.serve.token", {"token": site.token})
            if site.progress is not None:
                compute(app, _tell)
            try:
                server.run(sockets=[found])
            finally:
                end_starts(app.state.site)
                end_children()
    return requests.code
