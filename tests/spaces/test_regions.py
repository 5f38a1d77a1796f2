"""Region sets, vintages and the lineage between them; with the regions of the Kazakhstan pack."""

import csv
from pathlib import Path

import pytest

import qonys
from qonys import words
from qonys.errors import BadInput, UnknownName, VintageMismatch
from qonys.spaces import LineageRow, RegionLineage, RegionSet, Vintage

PACK = Path(qonys.__file__).parent / "packs" / "kazakhstan"


def rows(name):
    with (PACK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kazakhstan():
    members = {}
    for row in rows("membership.csv"):
        if row["region"] != "KZ":
            members.setdefault(row["vintage"], []).append(row["region"])
    return RegionLineage.of(
        [RegionSet(vintage, tuple(codes)) for vintage, codes in members.items()],
        [tuple(row.values()) for row in rows("lineage.csv")],
    )


def test_regions_keep_their_order():
    some = RegionSet("2022", ("KZ-75", "KZ-10", "KZ-71"))
    assert list(some) == ["KZ-75", "KZ-10", "KZ-71"]
    assert [some.position(code) for code in some] == [0, 1, 2]
    assert some.subset(("KZ-71", "KZ-75")).codes == ("KZ-71", "KZ-75")
    assert some != RegionSet("2022", ("KZ-10", "KZ-75", "KZ-71"))
    assert some != RegionSet("2018", some.codes)


def test_unknown_and_repeated_regions_are_refused():
    some = RegionSet("pre2018", ("KZ-61", "KZ-75"))
    with pytest.raises(UnknownName, match="KZ-79 does not exist in the boundaries 'pre2018'"):
        some.position("KZ-79")
    with pytest.raises(UnknownName):
        some.subset(("KZ-61", "KZ-79"))
    with pytest.raises(BadInput, match="KZ-61"):
        RegionSet("2022", ("KZ-61", "KZ-75", "KZ-61"))
    with pytest.raises(BadInput):
        RegionSet("2022", ())


def test_vintage_holds_years():
    assert Vintage("pre2018", 1, None, 2017).holds(1959)
    assert not Vintage("pre2018", 1, None, 2017).holds(2018)
    assert Vintage("2022", 3, 2022).holds(2030)
    with pytest.raises(BadInput):
        Vintage("x", 1, 2022, 2018)


def test_vintages_of_the_pack_follow_each_other():
    found = sorted(
        (
            Vintage(
                r["vintage"],
                int(r["order"]),
                *(int(r[k]) if r[k] else None for k in ("valid_from", "valid_to")),
            )
            for r in rows("vintages.csv")
        ),
        key=lambda item: item.order,
    )
    assert [item.code for item in found] == ["pre2018", "2018", "2022"]
    for year in range(1897, 2031):
        assert sum(item.holds(year) for item in found) == 1


def test_each_region_of_the_pack_is_in_the_list_and_in_its_vintages():
    listed = {row["region"]: row for row in rows("regions.csv")}
    members = {}
    for row in rows("membership.csv"):
        members.setdefault(row["vintage"], set()).add(row["region"])
    assert set().union(*members.values()) == set(listed)
    assert all("KZ" in each for each in members.values())
    for code, row in listed.items():
        first = {"": "pre2018", "2018": "2018", "2022": "2022"}[row["valid_from"]]
        assert [code in members[v] for v in ("pre2018", "2018", "2022")] == [
            first == "pre2018",
            first in ("pre2018", "2018"),
            True,
        ]
        assert row["carved_from"] in ({""} if first == "pre2018" else set(listed))


def test_each_region_has_names_in_three_languages():
    for row in rows("regions.csv"):
        for language in ("en", "ru", "kk"):
            assert row[f"name_{language}"]
            assert len(row[f"short_{language}"]) <= 24
    short = [[row[f"short_{language}"] for row in rows("regions.csv")] for language in ("en", "ru", "kk")]
    assert all(len(set(names)) == len(names) for names in short)


def test_mapping_to_coarser_boundaries():
    step = kazakhstan().mapping("2022", "2018")
    assert {place: to for place, to in step.items() if place != to} == {
        "KZ-10": "KZ-63",
        "KZ-33": "KZ-19",
        "KZ-62": "KZ-35",
    }
    whole = kazakhstan().mapping("2022", "pre2018")
    assert {place: to for place, to in whole.items() if place != to} == {
        "KZ-10": "KZ-63",
        "KZ-33": "KZ-19",
        "KZ-62": "KZ-35",
        "KZ-79": "KZ-61",
    }
    assert set(whole.values()) == set(kazakhstan().regions("pre2018"))
    assert kazakhstan().mapping("2018", "2018") == {code: code for code in kazakhstan().regions("2018")}


def test_mapping_in_two_steps_is_the_mapping_in_one():
    lineage = kazakhstan()
    first, second = lineage.mapping("2022", "2018"), lineage.mapping("2018", "pre2018")
    assert {place: second[to] for place, to in first.items()} == lineage.mapping("2022", "pre2018")


@pytest.mark.parametrize(("coarse", "fine"), [("pre2018", "2018"), ("2018", "2022"), ("pre2018", "2022")])
def test_the_way_to_finer_boundaries_is_refused(coarse, fine):
    """An old region's figure cannot be divided among the new ones: no lineage row says how."""
    with pytest.raises(VintageMismatch, match="finer to coarser") as caught:
        kazakhstan().mapping(coarse, fine)
    assert all(caught.value.sentence(language) for language in words.LANGUAGES)


def test_common_vintage_is_the_older():
    lineage = kazakhstan()
    assert lineage.common_vintage("2022", "pre2018") == "pre2018"
    assert lineage.common_vintage("2018", "2022") == "2018"
    assert lineage.common_vintage("2022", "2022") == "2022"


def test_unknown_vintage_is_refused():
    for call in (lambda each: each.mapping("2022", "1939"), lambda each: each.common_vintage("1939", "2022")):
        with pytest.raises(VintageMismatch, match="'1939' are unknown"):
            call(kazakhstan())


def test_vintages_without_a_common_one():
    lineage = RegionLineage.of([RegionSet("a", ("A",)), RegionSet("b", ("B",))], [])
    with pytest.raises(VintageMismatch, match="whole country"):
        lineage.common_vintage("a", "b")
    with pytest.raises(VintageMismatch):
        lineage.mapping("a", "b")


def test_fault_divided_region():
    sets = (RegionSet("new", ("A", "B")), RegionSet("old", ("A", "B")))
    divided = RegionLineage.of(sets, [("new", "A", "old", "A", "part"), ("new", "A", "old", "B", "part")])
    with pytest.raises(VintageMismatch, match="divided"):
        divided.mapping("new", "old")
    twice = RegionLineage.of(sets, [LineageRow("new", "A", "old", "A"), LineageRow("new", "A", "old", "B")])
    with pytest.raises(VintageMismatch, match="divided"):
        twice.mapping("new", "old")


def test_fault_region_without_a_row():
    sets = (RegionSet("new", ("A", "B")), RegionSet("old", ("A",)))
    with pytest.raises(VintageMismatch, match=r"region B .* no lineage row"):
        RegionLineage.of(sets, [LineageRow("new", "A", "old", "A")]).mapping("new", "old")


def test_fault_row_of_a_region_that_is_not_there():
    sets = (RegionSet("new", ("A",)), RegionSet("old", ("A",)))
    with pytest.raises(BadInput, match="region C"):
        RegionLineage.of(sets, [LineageRow("new", "C", "old", "A")])
    with pytest.raises(BadInput, match="twice"):
        RegionLineage.of((sets[0], sets[0]), [])
