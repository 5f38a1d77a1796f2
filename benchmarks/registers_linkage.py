"""Linkage of made-up identities: time, memory, precision and recall.

Run: python benchmarks/registers_linkage.py 1000000

Names are strings of syllables with frequencies of Zipf; 30 % of the records are second ones of a person, with slips of
the hand in names (13 %), another surname (5 %), errors in dates of birth (6 %) and missing fields (3 %).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.registers.linkage.clusters import clusters, quality
from qonys.registers.linkage.identities import PARTS, plan_of
from qonys.registers.linkage.model import linked_pairs

SYLLABLES = ["ба", "ко", "ри", "са", "му", "та", "не", "жа", "ли", "до", "ке", "шо", "ны", "ра", "ве", "ту"]
Rng = np.random.Generator


def names(draws: Rng, count: int, parts: int) -> NDArray[Any]:
    chosen = draws.integers(0, len(SYLLABLES), (count, parts))
    return np.array(["".join(SYLLABLES[i] for i in row) for row in chosen])


def zipf(draws: Rng, kinds: int, count: int) -> NDArray[np.int64]:
    weights = 1 / (np.arange(kinds) + 10.0)
    return draws.choice(kinds, count, p=weights / weights.sum())


def slip(texts: NDArray[Any], draws: Rng, share: float) -> NDArray[Any]:
    found = texts.copy()
    for i in np.flatnonzero(draws.random(len(texts)) < share):
        at = int(draws.integers(0, len(found[i])))
        found[i] = found[i][:at] + found[i][at + 1 :]
    return found


def people(count: int, seed: int = 4) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    draws = np.random.default_rng(seed)
    persons = int(count / 1.3)
    surnames, given, fathers = names(draws, 30_000, 4), names(draws, 1_500, 3), names(draws, 1_500, 4)
    second = draws.choice(persons, count - persons, replace=False)
    who = np.concatenate([np.arange(persons), second])
    columns = {
        "surname": surnames[zipf(draws, len(surnames), persons)], "name": given[zipf(draws, len(given), persons)],
        "patronymic": fathers[zipf(draws, len(fathers), persons)],
    }  # fmt: skip
    late = {name: slip(values[second], draws, 0.13) for name, values in columns.items()}
    married = draws.random(len(second)) < 0.05
    late["surname"][married] = surnames[zipf(draws, len(surnames), int(married.sum()))]
    birth = draws.integers(-15_000, 15_000, persons)
    later = birth[second] + np.where(
        draws.random(len(second)) < 0.06, draws.choice([1, 9, 10, 30, 365], len(second)), 0
    )
    frame = pl.DataFrame({name: np.concatenate([columns[name], late[name]]) for name in columns})
    dates = pl.Series(np.concatenate([birth, later]).astype(np.int32)).cast(pl.Date).cast(pl.String)
    empty = pl.Series(draws.random(count) < 0.03)
    frame = frame.with_columns(birth=dates, patronymic=pl.when(~empty).then("patronymic"))
    order = draws.permutation(count)
    frame = frame[order].with_row_index("identity").with_columns(pl.col("identity").cast(pl.Int64))
    return frame.with_columns(
        birth_year=pl.col("birth").str.slice(0, 4), birth_day=pl.col("birth").str.slice(5, 5)
    ), who[order]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    frame, truth = people(count)
    assert set(PARTS) <= set(frame.columns)
    start, used = time.perf_counter(), time.process_time()
    pairs = linked_pairs([frame], plan_of(["surname", "name", "patronymic", "birth"]), duckdb.connect())
    row: dict[str, Any] = {"records": count, "pairs": len(pairs.chance)}
    for threshold in (0.5, 0.9, 0.99):
        found = clusters(pairs, np.full(count, -1), threshold)
        got = quality(found.of, truth)
        row[f"at {threshold}"] = {"precision": round(got.precision, 5), "recall": round(got.recall, 5),
                                  "expected_false": round(found.false),
                                  "expected_missed": round(found.missed)}  # fmt: skip
    row |= {"seconds": round(time.perf_counter() - start, 1), "cpu_seconds": round(time.process_time() - used, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}  # fmt: skip
    print(json.dumps(row))


if __name__ == "__main__":
    main()
