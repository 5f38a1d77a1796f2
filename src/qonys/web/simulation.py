"""The policy lab in a process of its own: runs of the projection never hold up the pages of other readers.

The process opens the lab once, answers one question at a time and dies with the server; one that dies is replaced. What
comes back are quantiles, not draws, so that an answer is small.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any

from qonys.errors import BadInput, QonysError
from qonys.study.lab.seen import GROSS
from qonys.study.runs.following import follow
from qonys.study.runs.results import Results
from qonys.web.response_cache import Busy

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from qonys.catalog import Pack

ACCOUNT = "reconciled_national"
PATIENCE = 60.0


@dataclass(frozen=True)
class SimulationReply:
    """What the lab answered, and the milliseconds it took."""

    value: Any
    took: float


@dataclass
class Simulation:
    """The lab of a served country. `ask` may be called from many threads; the process answers them in turn."""

    pack: Pack
    results: Results
    draws: int
    patience: float = PATIENCE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _place: tuple[BaseProcess, Connection] | None = field(default=None, repr=False)
    _asked: int = 0
    _starting: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _over: bool = False

    def start(self) -> None:
        """Open the lab, run its baseline and the usual ranking of levers while nobody waits."""
        threading.Thread(target=self._warm, daemon=True).start()

    def ask(self, what: str, *given: Any, **more: Any) -> Any:
        """The answer of `Bench.what`."""
        return self.timed(what, *given, **more).value

    def timed(self, what: str, *given: Any, **more: Any) -> SimulationReply:
        """The same with the time it took.

        Raises
        ------
        Busy
            The lab is still being opened, or too many wait for it.
        BadInput
            What the lab refuses.

        """
        if not self._lock.acquire(timeout=self.patience):
            raise Busy("web.lab.busy")
        try:
            for attempt in (1, 2):
                try:
                    return self._exchange((what, given, more))
                except (EOFError, BrokenPipeError, ConnectionResetError):
                    self._forget()
                    if attempt == 2:
                        raise
            raise AssertionError
        finally:
            self._lock.release()

    def stop(self) -> None:
        """End the process."""
        with self._lock:
            self._forget()

    def end(self) -> None:
        """No process is started any more, also for those who ask: the server stops, and ends the one that there is.

        A process that were started now would find its parent gone before it has read what it is to do.
        """
        with self._starting:
            self._over = True

    def _exchange(self, question: tuple[str, tuple[Any, ...], dict[str, Any]]) -> SimulationReply:
        _, pipe = self._place = self._place or self._opened()
        self._asked += 1
        pipe.send((self._asked, *question))
        end = time.monotonic() + self.patience
        while pipe.poll(max(0.0, end - time.monotonic())):
            number, value, took = pipe.recv()
            if number == self._asked:
                if isinstance(value, _Refused):
                    raise value.kind(value.key, **value.values)
                return SimulationReply(value, took)
        raise Busy("web.lab.busy")

    def _opened(self) -> tuple[BaseProcess, Connection]:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        read = {name: self.results.table(name) for name in (ACCOUNT, GROSS) if self.results.has_table(name)}
        slim = Results(self.results.release, dict(self.results.numbers), read)
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with self._starting:
            if self._over:
                raise Busy("web.lab.busy")
            process.start()
        theirs.close()
        ours.send((self.pack.path, slim, self.draws))
        return process, ours

    def _forget(self) -> None:
        if self._place is not None:
            process, pipe = self._place
            pipe.close()
            process.terminate()
            self._place = None

    def _warm(self) -> None:
        from qonys.study.lab.policy_measures import read_measures

        try:
            measures = read_measures(self.pack, self.results)
            self.ask("future", (), ("population",))
            for measure in measures[:1]:
                self.ask("future", ((measure.id, measure.high),), ("population",), quick=True)
            for measure in measures:
                self.ask("pushed", measure.id, "population")
        except (QonysError, OSError, EOFError):
            return


@dataclass(frozen=True)
class _Refused:
    """An error as it travels between processes."""

    kind: type[QonysError]
    key: str
    values: dict[str, object]


def _serve(pipe: Connection) -> None:
    """The process: it reads what to open, then questions; it leaves stopping to the server and ends with it."""
    from qonys.catalog import open_pack
    from qonys.study.lab.summaries import bench_of

    server = parent_process()
    if server is not None:
        follow(server.pid or 0)
    bench: Any = None
    try:
        path, results, draws = pipe.recv()
    except (EOFError, OSError):
        return
    while True:
        try:
            number, what, given, more = pipe.recv()
        except (EOFError, OSError):
            return
        begin = time.perf_counter()
        try:
            bench = bench or bench_of(open_pack(path), results, draws)
            value = getattr(bench, what)(*given, **more)
        except QonysError as error:
            value = _Refused(type(error), error.key, error.values)
        except Exception as error:
            value = _Refused(BadInput, "web.lab.failed", {"reason": f"{type(error).__name__}: {error}"[:200]})
        try:
            pipe.send((number, value, 1000 * (time.perf_counter() - begin)))
        except OSError:
            return
