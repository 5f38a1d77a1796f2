"""HTTP/1.1 for readers who may be slow, not for those who only hold a connection open."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

ASKING = 10.0  # seconds within which a request must have come whole, from the first moment of the connection
READING = 300.0  # seconds in which somebody who has stopped reading must have taken what was written


class PatientProtocol(H11Protocol):
    """Closes a connection whose request does not come, or whose answer nobody takes."""

    asking, reading = ASKING, READING
    _asked: asyncio.TimerHandle | None = None
    _read: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request in; the time runs from its first byte until it is whole."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._wait()
        else:
            _end(self._asked)
            self._asked = None

    def pause_writing(self) -> None:
        """The reader does not take what is written."""
        super().pause_writing()
        if self._read is None:
            self._read = self.loop.call_later(self.reading, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader has taken it."""
        super().resume_writing()
        _end(self._read)
        self._read = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        _end(self._asked)
        _end(self._read)
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._asked is None:
            self._asked = self.loop.call_later(self.asking, self.transport.close)


def _end(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
