"""Opening a pack, reading by schema, and what a wrong cell says."""

import subprocess
import sys

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.parsing import typed
from qonys.catalog.ranks import with_rank
from qonys.catalog.schema import Field
from qonys.errors import BadInput, UnknownName


def test_opening_reads_only_the_descriptor(testland):
    assert testland.name == "testland"
    assert testland.whole == "TL"
    assert testland.tables() == ("model", "moves", "national", "population_regional")


def test_a_shipped_name_and_a_path_are_both_taken(testland):
    assert open_pack(str(testland.path)).tables() == testland.tables()
    with pytest.raises(UnknownName, match="no pack “atlantis”"):
        open_pack("atlantis")


def test_table_is_typed_ranked_and_united_with_secondary(testland):
    frame = testland.table("national")
    assert frame.schema["year"] == pl.Int32
    assert frame.schema["value"] == pl.Float64
    assert frame.schema["rank"] == pl.Int8
    assert frame.columns == ["year", "indicator", "value", "unit", "status", "source", "note", "rank"]
    assert frame.filter(pl.col("status") == "secondary")["rank"].to_list() == [3, 3]
    assert frame.height == testland.table("national", secondary=False).height + 2


def test_frames_handed_out_do_not_change_each_other(testland):
    first = testland.table("national")
    first[0, "value"] = -1.0
    assert testland.table("national")["value"][0] == 48.0


def test_every_status_has_its_rank():
    words = ["official", "estimate", "secondary", "derived", "projection", "rejected", "strange"]
    assert with_rank(pl.DataFrame({"status": words}))["rank"].to_list() == [1, 2, 3, 4, 5, 9, None]


def test_digest_changes_with_a_byte_and_with_a_name(folder):
    before = open_pack(folder).digest()
    assert open_pack(folder).digest() == before
    acts = folder / "acts.yaml"
    acts.write_bytes(acts.read_bytes() + b" ")
    after = open_pack(folder).digest()
    acts.rename(folder / "laws.yaml")
    assert len({before, after, open_pack(folder).digest()}) == 3


def test_hidden_files_do_not_change_the_digest(folder):
    before = open_pack(folder).digest()
    (folder / ".DS_Store").write_bytes(b"x")
    assert open_pack(folder).digest() == before


@pytest.mark.parametrize(
    ("before", "after", "key", "parts"),
    [
        ("2000,deaths,20", "2000,deaths,twenty", "catalog.type.number", ["row 4", "“value”", "“twenty”", "a number"]),
        ("2000,deaths,20", "2000,deaths,inf", "catalog.type.number", ["row 4", "“inf”"]),
        ("2000,deaths,20", "2000.5,deaths,20", "catalog.type.year", ["row 4", "“year”", "“2000.5”", "year"]),
        ("2000,deaths,20,", "2000,deaths,20,x,", "catalog.pack.uneven_row", ["row 4", "8 cells", "expected 7"]),
        ("year,indicator", "year,indicater", "catalog.pack.missing_column", ["row 1", "“indicator”"]),
        (
            "2000,deaths,20,persons,official,office,\n",
            "2000,deaths,20,persons,official\n",
            "catalog.pack.uneven_row",
            ["row 4", "5 cells"],
        ),
        (",note\n", ",note,more\n", "catalog.pack.uneven_row", ["row 2", "7 cells", "expected 8"]),
        (",note\n", ",unit\n", "catalog.pack.repeated_column", ["row 1", "“unit”"]),
        ("2000,deaths", '2000,"deaths', "catalog.pack.bad_quotes", ["row"]),
    ],
)
def test_a_spoilt_file_names_file_row_column_value(spoil, before, after, key, parts):
    pack = spoil("tables/national.csv", before, after)
    with pytest.raises(BadInput) as caught:
        pack.table("national")
    assert caught.value.key == key
    for part in ["tables/national.csv", *parts]:
        assert part in str(caught.value)


def test_a_spoilt_table_does_not_hide_the_others(spoil):
    pack = spoil("tables/national.csv", "2000,deaths,20", "2000,deaths,twenty")
    assert pack.table("moves").height == 20


def test_bytes_that_are_not_utf8_name_the_row(folder):
    path = folder / "tables" / "national.csv"
    path.write_bytes(path.read_bytes().replace(b"2000,deaths", "2000,умерло".encode("cp1251"), 1))
    with pytest.raises(BadInput, match="row 4: the text is not in UTF-8"):
        open_pack(folder).table("national")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{", "catalog.pack.bad_json"),
        ("[]", "catalog.pack.no_property"),
        ('{"resources": []}', "catalog.pack.no_property"),
    ],
)
def test_a_spoilt_descriptor_is_refused(folder, text, key):
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        open_pack(folder)
    assert caught.value.key == key


def test_a_folder_without_a_descriptor_is_refused(tmp_path):
    with pytest.raises(BadInput, match="has no datapackage"):
        open_pack(tmp_path)


def test_typed_columns_of_every_kind():
    frame = pl.DataFrame({"a": ["1", None], "b": ["true", "no"], "c": ["2009-02-25", "2009-02-30"]})
    result, faults = typed(frame, [Field("a", "integer"), Field("b", "boolean"), Field("c", "date")])
    assert result["a"].to_list() == [1, None]
    assert [(fault.index, fault.column, fault.value) for fault in faults] == [(1, "b", "no"), (1, "c", "2009-02-30")]


def test_names_in_three_languages(testland):
    assert testland.region_name("TL-50", "kk") == "Шығыс облысы"
    assert testland.region_name("TL-50", "ru", short=True) == "Восточная"
    assert testland.label("sex", "female", "kk") == "Әйелдер"
    with pytest.raises(UnknownName, match="“elves”"):
        testland.label("ethnic_group", "elves", "en")
    with pytest.raises(UnknownName, match="TL-99"):
        testland.region_name("TL-99", "en")


def test_descriptive_files(testland):
    assert testland.vintages()["order"].to_list() == [1, 2]
    assert testland.events()["start"].to_list() == [2018]
    assert testland.corrections().height == 0
    assert "published" in testland.corrections().columns
    assert testland.geometry("before")["type"] == "FeatureCollection"
    assert testland.document("acts.yaml") == [{"id": "law", "year": 2018}]
    with pytest.raises(UnknownName, match="before"):
        testland.geometry("1897")
    with pytest.raises(UnknownName, match="did you mean: national"):
        testland.table("nationals")


def test_opening_imports_nothing_heavy(testland):
    code = (
        "import sys; from qonys.catalog import open_pack; "
        f"open_pack({str(testland.path)!r}).digest(); "
        "print([m for m in ('polars', 'duckdb', 'pyarrow', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["Georgia", "GEORGIA", "GEO", "GE", "geo", "Грузия", "georgia"])
def test_a_shipped_pack_opens_by_its_country_or_code_in_any_capitals(name):
    assert open_pack(name).name == "georgia"


def test_a_slip_of_a_name_is_asked_about_and_what_is_far_is_not():
    with pytest.raises(UnknownName, match="did you mean kazakhstan") as caught:
        open_pack("kazakstan")
    assert caught.value.key == "catalog.pack.near"
    with pytest.raises(UnknownName) as caught:
        open_pack("atlantis")
    assert caught.value.key == "catalog.pack.unknown"
    pack = open_pack("georgia")
    with pytest.raises(UnknownName, match="did you mean: census") as caught:
        pack.table("Censos")
    with pytest.raises(UnknownName) as caught:
        pack.table("qqqq")
    assert len(caught.value.values["near"].split(", ")) <= 3
