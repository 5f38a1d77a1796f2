"""The search for mixes of measures, by the clock and by the processor, and how far its seeds are apart.

    python benchmarks/mixes.py RESULTS [--draws 32] [--points 24] [--seeds 3]

The limits are 180 s on two idle cores for the whole, 10 s of it for the search alone, 2 % of the volume between seeds.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from qonys.catalog import open_pack
from qonys.study.lab.mix_tables import MixOptions, mixes_of_lab
from qonys.study.lab.session import open_lab
from qonys.study.runs.results import read_results


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("results", type=Path)
    for name, usual in (("draws", 32), ("points", 24), ("seeds", 3)):
        options.add_argument(f"--{name}", type=int, default=usual)
    given = options.parse_args()
    lab = open_lab(open_pack("kazakhstan"), read_results(given.results), given.draws)
    spent: dict[str, float] = {}
    last, used = time.perf_counter(), time.process_time()
    begin = last, used

    def tell(key: str, done: int, total: int) -> None:
        nonlocal last, used
        wall, own = time.perf_counter(), time.process_time()
        spent[key] = spent.get(key, 0.0) + own - used
        last, used = wall, own

    found = mixes_of_lab(lab, MixOptions(points=given.points, seeds=given.seeds), tell=tell).found
    wall, own = time.perf_counter() - begin[0], time.process_time() - begin[1]
    print(f"whole: wall {wall:.1f} s, processor {own:.1f} s (limit 180)")
    for key, seconds in spent.items():
        print(f"    {key:20s} processor {seconds:6.1f} s")
    print(f"    mixes {len(found.values)}, beaten {found.dropped}, rounds {found.rounds}")
    print(f"    largest miss of the surfaces {found.error.max():.4f} of the span, middle {np.median(found.error):.4f}")
    apart, grid = np.ptp(found.sought.volumes), found.sought.of_grid
    print(f"    seeds apart {apart:.4f} of the volume (limit 0.02), grid {grid:.3f}")
    print(f"    memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (limit 1500)")


if __name__ == "__main__":
    main()
