"""Import: what is kept, doubled and refused; the same bits however the rows stand; all or nothing."""

import os
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from qonys.errors import BadInput, IdentityBroken, UnknownName
from qonys.registers import sorting
from qonys.registers.ledger import Ledger
from qonys.registers.store import open_register, register_names, registers_folder

from .conftest import made_records

HEAD = "record,person,day,event,origin,destination,birth,sex"
GOOD = "1,A,2020-03-01,move,KZ-11,KZ-71,1990-05-01,F"


def counts(register):
    return register.ledger.counts


def test_the_ledger_closes_and_names_rows(imported):
    found = imported([HEAD, GOOD,
        "2,A,,move,KZ-71,KZ-11,,", "3,A,2020-13-45,move,KZ-71,KZ-11,,", "4,A,2031-01-01,move,KZ-71,KZ-11,,",
        "5,A,1824-01-01,move,KZ-71,KZ-11,,", "6,A,2020-05-01,wedding,KZ-71,KZ-11,,", "7,A,2020-05-01,move,Atlantis,KZ-11,,",
        "8,A,2020-05-01,move,KZ-11,KZ-11,,", "9,A,2020-05-01,move,KZ-71,KZ-11,spring,", "10,A,2020-05-01,move,KZ-71,KZ-11,2021-01-01,",
        "11,A,2020-05-01,move,KZ-71,KZ-11,,?", "12,B,2020-05-01,move,KZ-71,KZ-11,,", "12,C,2020-05-01,move,KZ-71,KZ-11,,",
        "1,A,2020-03-01,move,KZ-11,KZ-71,1990-05-01,F", "13,A,2020-03-01,move,KZ-11,KZ-71,1990-05-01,F",
    ])  # fmt: skip
    assert counts(found) == {
        "no_day": 1, "day": 1, "future": 1, "old": 1, "event": 1, "place": 1, "same_place": 1, "birth": 1,
        "before_birth": 1, "sex": 1, "conflict": 2, "same_record": 1, "same_event": 1,
    }  # fmt: skip
    assert (found.ledger.read, found.ledger.kept) == (15, 1)
    example = found.ledger.examples["place"][0]
    assert (example.file, example.row, example.text) == ("records.csv", 8, "Atlantis → KZ-11")


def test_a_ledger_that_does_not_close_is_refused():
    with pytest.raises(IdentityBroken):
        Ledger(read=3, kept=1, counts={"day": 1}).check()


def test_a_planted_loss_of_records_rings(imported, monkeypatch):
    plain = sorting._Found.without_repeats
    monkeypatch.setattr(sorting._Found, "without_repeats", lambda self, table: plain(self, table).slice(1))
    with pytest.raises(IdentityBroken):
        imported([HEAD, GOOD, "2,B,2020-05-01,move,KZ-71,KZ-11,,"])


def test_nothing_is_left_of_an_import_that_fails(imported, pack, here):
    with pytest.raises(BadInput) as caught:
        imported([HEAD, "1,A,,move,KZ-11,KZ-71,,"])
    assert "no_day 1" in str(caught.value)
    assert register_names(pack) == []
    left = [path for path in registers_folder(pack).rglob("*") if not path.name.endswith(".lock")]
    assert left == []
    with pytest.raises(UnknownName):
        open_register(pack, "try")


def test_an_earlier_register_stays_until_the_new_one_is_whole(imported, pack):
    imported([HEAD, GOOD])
    with pytest.raises(BadInput):
        imported([HEAD, "1,A,,move,KZ-11,KZ-71,,"])
    assert open_register(pack, "try").about["rows"] == 1
    with pytest.raises(BadInput) as caught:
        imported([HEAD, GOOD], replace=False)
    assert "--replace" in str(caught.value)


@pytest.mark.parametrize("name", ["", "a/b", "..", ".x", "x" * 65, "-a"])
def test_names_that_are_none(imported, name):
    with pytest.raises(BadInput):
        imported([HEAD, GOOD], name=name)


def stored(register):
    return pq.read_table(register.path).drop_columns(["file", "row"])


@pytest.mark.long
def test_the_same_bits_whatever_the_order_of_rows_the_threads_and_the_format(imported, here, monkeypatch):
    frame = made_records()
    one, other, third = here / "a.csv", here / "b.csv", here / "c.parquet"
    frame.write_csv(one)
    frame.sample(fraction=1.0, shuffle=True, seed=3).write_csv(other)
    frame.write_parquet(third)
    whole = stored(imported(one, name="one"))
    plain = sorting.connect

    def single(folder, memory=""):
        connection = plain(folder, memory)
        connection.execute("SET threads = 1")
        return connection

    monkeypatch.setattr(sorting, "connect", single)
    monkeypatch.setattr("qonys.registers.importing.connect", single)
    assert stored(imported(other, name="two")).equals(whole)
    assert stored(imported(third, name="three")).equals(whole)
    assert whole.num_rows == frame.height


def test_a_large_file_is_read_as_a_small_one(imported, here, monkeypatch):
    frame = made_records(2)
    frame = pl.concat([frame, frame.head(3)])
    for kind in ("csv", "parquet"):
        path = here / f"records.{kind}"
        frame.write_csv(path) if kind == "csv" else frame.write_parquet(path)
        small = imported(path, name="small")
        with monkeypatch.context() as patch:
            patch.setattr("qonys.registers.sources.size_limit", lambda: 1000)
            large = imported(path, name="large")
        assert pq.read_table(small.path).drop_columns(["row"]).equals(pq.read_table(large.path).drop_columns(["row"]))
        assert small.ledger.counts == large.ledger.counts == {"same_record": 3}


def test_a_large_file_cut_in_the_middle_is_refused(imported, here, monkeypatch, pack):
    monkeypatch.setattr("qonys.registers.sources.size_limit", lambda: 1000)
    path = here / "records.parquet"
    made_records().write_parquet(path)
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(BadInput):
        imported(path)
    text = here / "records.csv"
    made_records().write_csv(text)
    whole = text.read_bytes()
    text.write_bytes(whole[: whole.rfind(b",", 0, 9000)])
    with pytest.raises(BadInput) as caught:
        imported(text)
    assert str(text) in str(caught.value)
    assert register_names(pack) == []


def test_a_disk_that_is_full(imported, monkeypatch, pack):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qonys.registers.importing.write_sorted", full)
    with pytest.raises(BadInput) as caught:
        imported([HEAD, GOOD])
    assert "the disk is full" in str(caught.value)
    assert register_names(pack) == []


def test_half_the_rows_have_no_person(imported):
    rows = [HEAD] + [
        f"{n},{'P' + str(n // 4) if n % 2 else ['', '-', '0', 'нет'][n % 4]},2020-03-{n:02d},move,KZ-11,KZ-71,,"
        for n in range(1, 29)
    ]
    found = imported(rows)
    assert found.about["rows"] == 28
    person = pq.read_table(found.path)["person"]
    assert person.null_count == 14


def test_a_number_of_too_many_records_is_of_nobody(imported, monkeypatch):
    monkeypatch.setattr(sorting, "MOST_OF_PERSON", 5)
    found = imported([HEAD] + [f"{n},X,2020-03-{n:02d},move,KZ-11,KZ-71,," for n in range(1, 9)])
    assert found.ledger.notes == {"crowded": 8}
    assert found.about["persons"] == 0


def test_days_in_doubt_are_refused_and_said_by_the_person(imported):
    rows = [HEAD, "1,A,01/02/2020,move,KZ-11,KZ-71,,", "2,A,03/04/2020,move,KZ-71,KZ-11,,"]
    with pytest.raises(BadInput) as caught:
        imported(rows)
    assert "--dates" in str(caught.value)
    assert imported(rows, dates="month-first").first == date(2020, 1, 2)
    assert imported(rows, dates="day-first").first == date(2020, 2, 1)
    assert imported([*rows, "3,A,25/12/2020,move,KZ-11,KZ-71,,"]).first == date(2020, 2, 1)


def test_places_by_name_and_year(imported):
    found = imported([HEAD, "1,A,2020-03-01,move,Акмолинская область,город Нур-Султан,,",
                      "2,B,2024-03-01,move,KZ-11,город Нур-Султан,,", "3,C,2015-03-01,move,Южно-Казахстанская область,Россия,,"])  # fmt: skip
    assert found.places == ("KZ-11", "KZ-61", "KZ-71", "RUS")
    assert counts(found) == {"place": 1}
    assert found.regions == ("KZ-11", "KZ-61", "KZ-71")


def test_sheets_of_one_move(imported):
    found = imported([HEAD, "1,A,2020-03-01,departure,KZ-11,KZ-71,,", "2,A,2020-03-09,Прибытие,KZ-11,KZ-71,,",
                      "3,A,2021-03-09,arrival,KZ-71,KZ-11,,", "4,B,2021-03-09,departure,KZ-71,KZ-11,,"])  # fmt: skip
    assert found.about["sides"] == [0, 1, 1, 1, 1]
    assert sum(table.num_rows for table in found.moves(())) == 3


@pytest.mark.long
def test_a_file_that_was_read_is_not_read_again(imported, here, monkeypatch):
    path = here / "a.csv"
    made_records(3).write_csv(path)

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("qonys.registers.importing.write_sorted", full)
        with pytest.raises(BadInput):
            imported(path)
    assert list((here / "cache" / "qonys" / "registers").glob("*.parquet"))
    monkeypatch.setattr("qonys.registers.staging._write", lambda *arguments: pytest.fail("read again"))
    assert imported(path).about["rows"] == made_records(3).height
    assert not list((here / "cache" / "qonys" / "registers").glob("*.parquet"))


def test_missing_columns_are_named(imported):
    with pytest.raises(BadInput) as caught:
        imported(["when,origin", "2020-01-01,KZ-11"])
    assert "destination" in str(caught.value)
    found = imported(["when,a,b", "2020-01-01,KZ-11,KZ-71"], mapping=["when=day", "a=origin", "b=destination"])
    assert found.about["rows"] == 1


def test_the_folder_holds_no_person_number(imported):
    found = imported([HEAD, "1,850101300123,2020-03-01,move,KZ-11,KZ-71,1990-05-01,F"])
    for path in Path(found.folder).iterdir():
        assert b"850101300123" not in path.read_bytes(), os.fspath(path)
