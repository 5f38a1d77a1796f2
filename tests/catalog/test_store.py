"""The store: building, two processes at once, damage, a person's own tables."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog import store as store_module
from qonys.catalog.importing.add import add_file
from qonys.catalog.importing.understand import ReadingOptions
from qonys.catalog.locks import exclusive
from qonys.catalog.places import cache_folder, data_folder
from qonys.catalog.store import open_store
from qonys.catalog.user_tables import user_folder, user_tables
from qonys.errors import BadInput, UnknownName

OPEN = (
    "import sys; from qonys.catalog import open_pack; from qonys.catalog.store import open_store\n"
    "with open_store(open_pack(sys.argv[1])) as s: print(s.table('national').height, s.path.name)"
)


def own_rows(tmp_path, pack, text="year,indicator,value,unit\n2001,deaths,30,persons\n"):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    return add_file(pack, path, "national", ReadingOptions(source_title="My notes", status="estimate"))


def test_tables_come_back_as_they_are_in_the_pack(testland):
    with open_store(testland) as store:
        for name in testland.tables():
            assert store.table(name).drop("owner").equals(testland.table(name)), name
            assert store.table(name)["owner"].unique().to_list() == ["pack"]
        assert store.table("regions").drop("owner").equals(testland.regions())


def test_the_file_is_named_by_the_content(testland, folder):
    with open_store(testland) as store:
        first = store.path
    assert testland.digest()[:16] in first.name
    (folder / "acts.yaml").write_text("[]", encoding="utf-8")
    with open_store(open_pack(folder)) as store:
        assert store.path != first
        assert store.path.parent == cache_folder() / "store"


def test_a_sound_store_is_not_built_again(testland, monkeypatch):
    open_store(testland).close()
    monkeypatch.setattr(store_module, "write_store", lambda *_: pytest.fail("built again"))
    open_store(testland).close()


@pytest.mark.parametrize("spot", ["start", "middle", "cut", "empty", "no_sum"])
def test_a_damaged_store_is_rebuilt_and_own_tables_stay(testland, tmp_path, spot):
    own_rows(tmp_path, testland)
    with open_store(testland) as store:
        path, rows = store.path, store.table("national")
    content = bytearray(path.read_bytes())
    if spot == "start":
        content[0:64] = b"\0" * 64
    elif spot == "middle":
        content[len(content) // 2] ^= 0xFF
    elif spot == "cut":
        del content[len(content) // 2 :]
    elif spot == "empty":
        content.clear()
    else:
        path.with_suffix(".sum").unlink()
    path.write_bytes(content)
    with open_store(testland) as store:
        assert store.table("national").equals(rows)
        assert rows["owner"].to_list().count("user") == 1


def test_two_processes_may_start_at_once(testland):
    command = [sys.executable, "-c", OPEN, str(testland.path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert [code for _, code in answers] == [0, 0, 0], answers
    assert len({out for (out, _), _ in answers}) == 1
    left = [path.name for path in (cache_folder() / "store").iterdir()]
    assert sorted(Path(name).suffix for name in left) == [".duckdb", ".lock", ".sum"]


def test_a_held_lock_ends_in_a_sentence(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from qonys.catalog.locks import exclusive\n"
        "with exclusive(Path(sys.argv[1])): print('held', flush=True); time.sleep(30)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "l")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    with pytest.raises(BadInput, match="Another process has held"), exclusive(tmp_path / "l", 0.1):
        pass
    process.kill()
    process.communicate()
    with exclusive(tmp_path / "l", 5):
        pass


def test_an_interrupted_build_leaves_nothing(testland, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store_module.os, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            open_store(testland)
    left = [path.suffix for path in (cache_folder() / "store").iterdir()]
    assert left == [".lock"]


def test_old_stores_are_written_off_but_for_a_few(folder):
    for number in range(6):
        (folder / "acts.yaml").write_text(f"# {number}\n[]", encoding="utf-8")
        open_store(open_pack(folder)).close()
    assert len(list((cache_folder() / "store").glob("*.duckdb"))) == store_module.KEPT_FILES


def test_own_rows_stand_beside_the_packs(testland, tmp_path):
    added = own_rows(tmp_path, testland)
    with open_store(testland) as store:
        rows = store.table("national").filter((pl.col("year") == 2001) & (pl.col("indicator") == "deaths"))
        assert rows.select("value", "source", "rank", "owner").rows() == [
            (21.0, "office", 1, "pack"),
            (30.0, "user_my_notes", 2, "user"),
        ]
        assert store.table("sources").filter(pl.col("owner") == "user")["title"].to_list() == ["My notes"]
        assert [item.id for item in store.user_tables()] == [added.id]


def test_own_tables_survive_the_loss_of_the_cache(testland, tmp_path):
    own_rows(tmp_path, testland)
    with open_store(testland) as store:
        store.path.unlink()
    assert len(user_tables(testland)) == 1
    assert user_folder(testland) == data_folder() / "testland" / "tables"
    with open_store(testland) as store:
        assert store.table("national")["owner"].to_list().count("user") == 1


def test_a_damaged_own_file_is_named_and_nothing_is_hidden(testland, tmp_path):
    added = own_rows(tmp_path, testland)
    path = user_folder(testland) / f"{added.id}.parquet"
    path.write_bytes(b"PAR1 nonsense")
    with pytest.raises(BadInput, match=r"\.parquet"):
        open_store(testland)
    path.with_suffix(".json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match=r"\.json"):
        open_store(testland)


def test_provenance_is_kept(testland, tmp_path):
    added = own_rows(tmp_path, testland)
    about = json.loads((user_folder(testland) / f"{added.id}.json").read_text(encoding="utf-8"))
    assert about["sources"] == {"user_my_notes": "My notes"}
    assert about["file"] == "own.csv"
    assert about["mapping"]["value"] == "value"
    assert about["pack_digest"] == testland.digest()


def test_sql_reads(testland):
    with open_store(testland) as store:
        found = store.sql("WITH t AS (SELECT * FROM moves) SELECT sum(value) AS n FROM t WHERE origin = 'TL-50'")
        assert found["n"].to_list() == [17 + 18 + 19 + 20]


@pytest.mark.parametrize(
    "query",
    [
        "DROP VIEW moves",
        "DELETE FROM pack.moves",
        "CREATE TABLE x AS SELECT 1",
        "SELECT 1; SELECT 2",
        "COPY moves TO '/tmp/x.csv'",
        "SET enable_external_access = true",
        "EXPLAIN ANALYZE SELECT 1",
        "ATTACH '/tmp/x.db'",
    ],
)
def test_sql_refuses_whatever_is_not_one_select(testland, query):
    with open_store(testland) as store, pytest.raises(BadInput, match="Only one SELECT"):
        store.sql(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM nothing",
        "SELEC 1",
        "SELECT * FROM testland",
    ],
)
def test_sql_reaches_no_file_and_no_variable(testland, query):
    with open_store(testland) as store, pytest.raises(BadInput, match="cannot be run"):
        store.sql(query)


def test_an_unknown_table(testland):
    with open_store(testland) as store, pytest.raises(UnknownName, match="did you mean: moves"):
        store.table("move")


def test_a_cache_that_cannot_be_written(testland, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "file"))
    with pytest.raises(BadInput, match="QONYS_CACHE"):
        open_store(testland)


def test_the_cache_folder_follows_the_environment(monkeypatch):
    monkeypatch.setenv("QONYS_CACHE", "/a")
    assert cache_folder() == Path("/a")
    monkeypatch.delenv("QONYS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert cache_folder() == Path("/b/qonys")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "qonys"


def test_building_is_quick(testland):
    start = time.perf_counter()
    open_store(testland).close()
    assert time.perf_counter() - start < 5
    assert os.listdir(cache_folder() / "store")
