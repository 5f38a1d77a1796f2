"""The named questions on DuckDB, PostgreSQL and Spark in one run, as ratios to DuckDB; answers must be equal.

Run: python benchmarks/registers_engines.py 1000000 [postgres://USER@HOST:PORT/DATABASE] [spark]
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import numpy as np
import polars as pl

from qonys.registers.warehouse.queries import QUERIES, answer


def moves(count: int) -> pl.DataFrame:
    draws = np.random.default_rng(3)
    day = draws.integers(16_000, 20_000, count).astype(np.int32)
    return pl.DataFrame(
        {
            "person": draws.integers(0, count // 3, count), "record": np.arange(count), "day": day,
            "year": (1970 + day / 365.2425).astype(np.int16), "origin": draws.integers(0, 60, count).astype(np.int16),
            "destination": draws.integers(0, 60, count).astype(np.int16),
            "sex": draws.integers(0, 2, count).astype(np.int8), "age": draws.integers(0, 90, count).astype(np.int16),
            "rkey": draws.integers(0, 1 << 16, count).astype(np.int32),
        }
    )  # fmt: skip


def main() -> None:
    count = int(sys.argv[1])
    frame, engines = moves(count), dict[str, Any]()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "moves.parquet"
        frame.write_parquet(path)
        engines["duckdb"] = ibis.duckdb.connect()
        engines["duckdb"].create_table("moves", engines["duckdb"].read_parquet(path))
        for given in sys.argv[2:]:
            if given == "spark":
                session = (
                    import_module("pyspark.sql")
                    .SparkSession.builder.master("local[2]")
                    .config("spark.ui.enabled", "false")
                    .getOrCreate()
                )
                session.read.parquet(str(path)).createOrReplaceTempView("moves")
                engines["spark"] = ibis.pyspark.connect(session)
            else:
                engines["postgres"] = ibis.connect(given)
                engines["postgres"].create_table("moves", ibis.memtable(frame.to_arrow()))
        for query in QUERIES:
            row: dict[str, Any] = {"query": query, "moves": count}
            answers = []
            for name, engine in engines.items():
                start = time.perf_counter()
                answers.append(answer(engine, "moves", query))
                row[name] = round(time.perf_counter() - start, 2)
            row["equal"] = all(one.equals(answers[0]) for one in answers)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
