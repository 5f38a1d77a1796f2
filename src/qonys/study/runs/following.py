"""A process that ends with the one that started it, also if that one is killed."""

from __future__ import annotations

import os
import signal
import threading
import time

PULSE = 0.3


def follow(parent: int) -> None:
    """End this process as soon as `parent` is not its parent any more; interruptions are left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait, args=(parent,), daemon=True).start()


def _wait(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PULSE)
    os._exit(0)
