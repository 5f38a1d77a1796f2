"""The same questions on DuckDB, PostgreSQL and Spark: equal to the last person, and to a plain count."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

import polars as pl
import pytest

from qonys.cli import main
from qonys.errors import BadInput, UnknownName
from qonys.registers.axes import TableChoices
from qonys.registers.protection.cubes import keyed_cube
from qonys.registers.protection.secret import made_up_secret
from qonys.registers.warehouse.loading import write_keyed
from qonys.registers.warehouse.queries import QUERIES, answer

from .conftest import made_records

ibis = pytest.importorskip("ibis", reason="the extra warehouse is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def register(imported, here):
    made_records(7, persons=800).write_csv(here / "records.csv")
    return imported(here / "records.csv")


@pytest.fixture
def keyed(register, here):
    path = here / "keyed.parquet"
    assert write_keyed(register, made_up_secret(), path) == made_records(7, persons=800).height
    return path


def on_duckdb(path):
    engine = ibis.duckdb.connect()
    engine.create_table("moves", engine.read_parquet(path))
    return engine


def chains_one_by_one(frame):
    """The plain twin: a loop over the moves of each person."""
    found = {}
    for moves in frame.filter(pl.col("person").is_not_null()).sort("person", "day", "record").partition_by("person"):
        rows = moves.to_dicts()
        for place, row in enumerate(rows):
            before, after = rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None
            counts = found.setdefault(row["year"], [0] * 5)
            for at, yes in enumerate((True, before is None, before is not None and row["origin"] != before["destination"],
                                      before is not None and row["destination"] == before["origin"],
                                      after is None or after["day"] - row["day"] >= 365)):  # fmt: skip
                counts[at] += yes
    return [(year, *counts) for year, counts in sorted(found.items())]


def test_answers_are_those_of_plain_counts(register, keyed):
    engine = on_duckdb(keyed)
    assert answer(engine, "moves", "chains").rows() == chains_one_by_one(pl.read_parquet(keyed))
    cube = keyed_cube(register, TableChoices(("year", "origin", "destination")), made_up_secret())
    found = answer(engine, "moves", "flows")
    codes, labels = register.places, cube.axes[1].labels
    for year, origin, goal, moves, key in found.rows():
        place = (cube.axes[0].labels.index(year), labels.index(codes[origin]), labels.index(codes[goal]))
        assert (cube.counts[place], int(cube.keys[place])) == (moves, key)
    assert found["moves"].sum() == cube.counts.sum()


def test_an_unknown_question_is_refused(keyed):
    with pytest.raises(UnknownName, match="flows, ages, chains"):
        answer(on_duckdb(keyed), "moves", "none")


def test_a_missing_table_or_column_is_refused(keyed):
    engine = on_duckdb(keyed)
    engine.raw_sql("CREATE TABLE poor AS SELECT person, year FROM moves")
    with pytest.raises(UnknownName, match="no table none"):
        answer(engine, "none", "flows")
    with pytest.raises(BadInput, match="lacks origin, destination, rkey"):
        answer(engine, "poor", "flows")


def test_an_engine_is_asked_by_the_command_line(keyed, here, capsys):
    address = f"duckdb://{here / 'office.duckdb'}"
    engine = ibis.connect(address)
    engine.create_table("moves", engine.read_parquet(keyed))
    engine.disconnect()
    assert main(["registers", "ask", address, "--question", "chains", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("year,moves,first,breaks,returns,stayed\n")
    assert main(["registers", "ask", "postgres://me:word@127.0.0.1:1/x"]) != 0
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert "word" not in said


def test_names_and_the_secret_are_not_in_the_file(keyed):
    assert set(pl.read_parquet_schema(keyed)) == {
        "person",
        "record",
        "day",
        "year",
        "origin",
        "destination",
        "sex",
        "age",
        "rkey",
    }


POSTGRES = shutil.which("postgres") or next(
    (str(one) for one in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))), None
)


@pytest.fixture
def postgres(tmp_path):
    """A server of its own in a temporary folder."""
    if POSTGRES is None:
        pytest.skip("there is no PostgreSQL on this machine")
    folder, user = tmp_path / "server", None
    folder.mkdir()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        for parent in folder.parents:
            if str(parent).startswith(str(tmp_path.parents[2])) and parent != tmp_path.parents[2].parent:
                parent.chmod(parent.stat().st_mode | 0o011)
    given = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    bin_ = Path(POSTGRES).resolve().parent
    data = folder / "data"
    subprocess.run(
        [bin_ / "initdb", "-D", data, "-U", "qonys", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd="/",
        **given,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([bin_ / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"], cwd="/",
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **given)  # fmt: skip
    try:
        for _ in range(300):
            try:
                engine = ibis.postgres.connect(host="127.0.0.1", port=port, user="qonys", database="postgres")
                break
            except Exception:
                time.sleep(0.1)
        else:
            pytest.fail("PostgreSQL did not start")
        yield engine
        engine.disconnect()
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.long
def test_postgresql_gives_the_same_to_the_last_person(keyed, postgres):
    postgres.create_table("moves", ibis.memtable(pl.read_parquet(keyed).to_arrow()))
    engine = on_duckdb(keyed)
    for query in QUERIES:
        assert answer(postgres, "moves", query).rows() == answer(engine, "moves", query).rows()


@pytest.mark.long
def test_spark_gives_the_same_to_the_last_person(keyed):
    pyspark = pytest.importorskip("pyspark", reason="the extra spark is not installed")
    if shutil.which("java") is None:
        pytest.skip("there is no Java on this machine")
    session = pyspark.sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        session.read.parquet(str(keyed)).createOrReplaceTempView("moves")
        spark, engine = ibis.pyspark.connect(session), on_duckdb(keyed)
        for query in QUERIES:
            assert answer(spark, "moves", query).rows() == answer(engine, "moves", query).rows()
    finally:
        session.stop()
