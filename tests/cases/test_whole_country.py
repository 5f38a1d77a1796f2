"""The whole country among its regions is a total, in files by command and in tables given in Python."""

import warnings

import polars as pl
import pytest

import qonys
from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.labels.names import region_names
from qonys.catalog.reading.labels.one_region import KnownRegions
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.words.notes import listening

PEOPLE = Wanted(labels=("region", "group"))
KAZAKH = ("Абай", "Акмолинская", "Алматинская")
GEORGIAN = ("Adjara", "Imereti", "Kakheti")


def table(whole, regions, total):
    rows = [(region, group, n) for region in regions for group, n in (("x", 10), ("y", 20))]
    rows += [(whole, "x", total), (whole, "y", 60)]
    return pl.DataFrame(rows, schema=["region", "group", "value"], orient="row")


def places(tmp_path, frame, pack, **said):
    frame.write_csv(tmp_path / "t.csv")
    known = KnownRegions(lambda: region_names(open_pack(pack)), pack)
    notes = []
    with listening(lambda key, values: notes.append(key)):
        found = read_long(tmp_path / "t.csv", PEOPLE, FileChoices(regions=known, **said)).frame
    return set(found["region"]), notes


@pytest.mark.parametrize("total", [30, 31])
@pytest.mark.parametrize(
    ("pack", "whole", "regions"),
    [
        *(("kazakhstan", name, KAZAKH) for name in ("Казахстан", "Республика Казахстан", "Kazakhstan", "KAZ", "KZ")),
        *(("georgia", name, GEORGIAN) for name in ("Georgia", "Грузия", "GEO", "GE")),
    ],
)
def test_the_country_beside_its_regions_is_a_total(tmp_path, pack, whole, regions, total):
    found, notes = places(tmp_path, table(whole, regions, total), pack)
    assert found == set(regions)
    assert "catalog.totals.left_out" in notes


def test_the_country_is_kept_where_a_person_says_so_or_among_countries(tmp_path):
    kept, _ = places(tmp_path, table("KAZ", KAZAKH, 31), "kazakhstan", keep=("region=KAZ",))
    assert "KAZ" in kept
    countries, _ = places(tmp_path, table("Казахстан", ("Россия", "Узбекистан", "Грузия"), 31), "kazakhstan")
    assert "Казахстан" in countries


@pytest.mark.parametrize(("whole", "regions"), [("Казахстан", KAZAKH), ("Georgia", GEORGIAN)])
def test_in_python_it_is_left_out_and_said(tmp_path, whole, regions):
    frame = table(whole, regions, 30)
    frame.write_csv(tmp_path / "t.csv")
    for given in (frame, tmp_path / "t.csv"):
        with pytest.warns(UserWarning, match=whole):
            found = qonys.segregation(given)
        assert any(whole in note for note in found.notes)


def test_former_names_are_joined_in_python():
    flows = {"origin": ["Нур-Султан", "Астана", "Абай"], "destination": ["Абай", "Алматинская", "Астана"], "value": [1, 2, 3]}
    with pytest.warns(UserWarning, match="one region"):
        found = qonys.migration_indicators(flows)
    assert any("Нур-Султан" in note for note in found.notes)


def test_deleted_rows_of_a_frame_are_left_out():
    flows = {"origin": ["A", "B", "A"], "destination": ["B", "A", "B"], "value": [1.0, 2.0, 9.0], "ACTION": ["I", "I", "D"]}
    with pytest.warns(UserWarning, match="deleted"):
        found = qonys.migration_indicators(flows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = qonys.migration_indicators({name: column[:2] for name, column in flows.items() if name != "ACTION"})
    assert found.frame.equals(plain.frame)


def test_a_row_without_a_value_that_says_why_is_left_out():
    flows = {"origin": ["A", "B", "A"], "destination": ["B", "A", "C"], "value": [1.0, 2.0, None], "OBS_STATUS": ["A", "P", "M"]}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        qonys.migration_indicators(flows)
    assert any("rows without a value" in str(one.message) for one in said)


def test_a_place_that_sums_the_others_is_said():
    flows = {"origin": list("ABCDE") * 2, "destination": ["X"] * 5 + ["Y"] * 5, "value": [1, 2, 3, 4, 10, 2, 3, 4, 5, 14]}
    with pytest.warns(UserWarning, match="sum of the others"):
        qonys.migration_indicators(flows)


def test_every_sentence_for_python_is_there():
    from qonys.face.told import IN_PYTHON, OF_OPTIONS, _key

    by_option = {"catalog.totals.sum", "catalog.totals.block", "catalog.totals.pair"}  # refusals that options answer
    for language in ("en", "ru", "kk"):
        known = words.keys(language)
        said = {key for key in known if key.startswith(OF_OPTIONS) and key not in by_option}
        assert {_key(key) for key in {*said, *IN_PYTHON}} - known == set()
