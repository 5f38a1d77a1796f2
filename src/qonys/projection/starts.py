"""Where the paths of a projection begin: levels of the base year by draw, and the normals keyed by the draw."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qonys.projection.processes.protocol import Process

if TYPE_CHECKING:
    from qonys.projection.national import NationalInputs, Run

Array = NDArray[np.float64]
STREAMS = {"fertility": 11, "longevity": 12, "migration": 13, "base": 14, "last_net": 15, "gross": 16, "past_net": 17}


def begun(inputs: NationalInputs, name: str, process: Process, run: Run) -> Array | None:
    """Level of fertility or longevity in the base year, (draws,), where the process has not seen it; None: its own."""
    if inputs.published is None or process.last_year == inputs.base_year:
        return None
    return np.full(run.draws[1] - run.draws[0], getattr(inputs.published, name))


def last_nets(inputs: NationalInputs, run: Run) -> Array | None:
    """Net rate of the last year by draw, (draws,) per 1,000; None: that of the data, sure."""
    if inputs.last_net is None:
        return None
    return inputs.last_net[0] + inputs.last_net[1] * normals(run.seed * 100 + STREAMS["last_net"], run.draws)


@lru_cache(maxsize=64)
def normals(key: int, draws: tuple[int, int]) -> Array:
    """Standard normals keyed by the draw, one for each of `draws` (first, last + 1); read-only."""
    streams = (np.random.Philox(key=np.array([key, d], dtype=np.uint64)) for d in range(*draws))
    found = np.array([np.random.Generator(stream).standard_normal() for stream in streams])
    found.flags.writeable = False
    return found
