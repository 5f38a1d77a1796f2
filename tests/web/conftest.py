"""A served site over the study's results, computed by nobody here.

`QONYS_TEST_RESULTS` may name a folder of stored results to be served instead, for work on the pages alone.
"""

import os
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from qonys.catalog import open_pack
from qonys.study.runs.results import read_results
from qonys.web.app import build_app
from qonys.web.server import listening, server_of
from qonys.web.view import Site


@pytest.fixture(scope="session")
def stored(request):
    """Results of the whole study."""
    given = os.environ.get("QONYS_TEST_RESULTS")
    return read_results(Path(given)) if given else request.getfixturevalue("study")


@pytest.fixture(scope="session")
def site(stored, request, tmp_path_factory):
    """A site that only this machine reaches; its policy lab runs few draws."""
    found = Site(open_pack("kazakhstan"), stored, "testrun", tmp_path_factory.mktemp("states"), draws=12)
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("QONYS_TEST_RESULTS"):
            patch.setenv("QONYS_CACHE", str(request.getfixturevalue("study_cache")))
        found.simulation.patience, usual = 900.0, found.simulation.patience  # the processes may have to be fitted first
        found.simulation.ask("shape")
        found.simulation.patience = usual
    yield found
    found.simulation.stop()


def running(site):
    """A server in a thread; yields its address and stops it after."""
    with served(build_app(site)) as address:
        yield address


@contextmanager
def served(app):
    """An application, served in a thread while the block runs: its address."""
    socket = listening("127.0.0.1", 0)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    assert server.started
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        socket.close()


@pytest.fixture
def reading():
    """Opens an application: a client of it, which follows nothing by itself."""
    with ExitStack() as open_ones:

        def begin(app):
            address = open_ones.enter_context(served(app))
            return open_ones.enter_context(httpx.Client(base_url=address, timeout=60))

        yield begin


@pytest.fixture(scope="session")
def base(site):
    """Address of the running server."""
    yield from running(site)


@pytest.fixture(scope="session")
def client(base):
    """A client that follows nothing by itself."""
    with httpx.Client(base_url=base, timeout=60) as found:
        yield found
