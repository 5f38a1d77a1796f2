"""The last few things made, by key."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Recent(Generic[Thing]):
    """The last few things made, by key; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[object, Thing] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], Thing]) -> Thing:
        """The thing under `key`, made if it is not there."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        made = make()
        with self._lock:
            self._things[key] = made
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return made
