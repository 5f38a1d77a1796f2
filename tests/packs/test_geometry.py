"""Outlines of the shipped packs: nothing lost, nothing overlapping, one country in every vintage."""

import copy
import csv
import json
import math
from pathlib import Path

import pytest

import qonys
from qonys.catalog.outline import (
    Generalisation,
    Outline,
    clockwise,
    generalised,
    outline_document,
    write_outline,
)
from qonys.catalog.outline_checks import (
    feature_area,
    gap_faults,
    overlap_faults,
    place_faults,
    spherical_area,
    union_difference,
    winding_faults,
)
from qonys.errors import BadInput

pytest.importorskip("shapely")
PACKS = Path(qonys.__file__).parent / "packs"
VINTAGES = ("pre2018", "2018", "2022")
OUTLINES = (*(("kazakhstan", vintage) for vintage in VINTAGES), ("georgia", "1994"))
LICENCES = {"kazakhstan": "CC BY 4.0", "georgia": "public domain"}
NOT_COVERED = {"kazakhstan": set(), "georgia": {"GE-AB"}}
each_outline = pytest.mark.parametrize(("pack", "vintage"), OUTLINES)
LARGEST = 0.02
EARTH_RADIUS = 6371.007


def document(name, pack="kazakhstan"):
    return json.loads((PACKS / pack / "geometry" / f"{name}.geojson").read_text(encoding="utf-8"))


def rows(name, pack):
    with (PACKS / pack / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def members(vintage, pack="kazakhstan"):
    """Regions with figures in a vintage, and those that are drawn without."""
    counted = {row["region"] for row in rows("membership.csv", pack) if row["vintage"] == vintage}
    return (counted | NOT_COVERED[pack]) - {"KZ", "GE"}


def shifted(name, place, by):
    moved = copy.deepcopy(document(name))
    feature = next(item for item in moved["features"] if item["id"] == place)
    for polygon in feature["geometry"]["coordinates"]:
        for ring in polygon:
            ring[:] = [[x + by, y] for x, y in ring]
    return moved


@each_outline
def test_no_region_is_lost(pack, vintage):
    assert place_faults(document(vintage, pack), members(vintage, pack)) == ()
    assert len(members(vintage, pack)) == {"pre2018": 16, "2018": 17, "2022": 20, "1994": 12}[vintage]


@each_outline
def test_no_overlap_and_no_gap(pack, vintage):
    assert overlap_faults(document(vintage, pack)) == ()
    assert gap_faults(document(vintage, pack)) == ()


@each_outline
def test_winding_is_clockwise(pack, vintage):
    assert winding_faults(document(vintage, pack), LARGEST) == ()


@pytest.mark.parametrize("vintage", VINTAGES)
def test_area_agrees_with_the_region_list(vintage):
    whole = next(float(row["area_km2"]) for row in rows("regions.csv", "kazakhstan") if row["region"] == "KZ")
    made = sum(feature_area(item) for item in document(vintage)["features"]) * EARTH_RADIUS**2
    assert made == pytest.approx(whole, rel=0.005)


def test_all_vintages_cover_the_same_country():
    first, *others = (document(vintage) for vintage in VINTAGES)
    assert all(union_difference(first, other) < 0.001 for other in others)


def test_regions_that_kept_their_boundaries_look_the_same():
    old, new = document("pre2018"), document("2022")
    for place in ("KZ-15", "KZ-39", "KZ-55", "KZ-75"):
        pair = [
            {"features": [item for item in each["features"] if item["id"] == place]} for each in (old, new)
        ]
        assert union_difference(*pair) < 0.02


@pytest.mark.parametrize(("pack", "name"), [*OUTLINES, ("kazakhstan", "world"), ("georgia", "world")])
def test_size_attribution_and_grid(pack, name):
    path = PACKS / pack / "geometry" / f"{name}.geojson"
    shown = document(name, pack)
    assert path.stat().st_size <= 60 * 1024
    assert shown["attribution"]
    assert shown["licence"] == ("public domain" if name == "world" else LICENCES[pack])
    code = "iso3" if name == "world" else "region"
    for feature in shown["features"]:
        assert feature["properties"][code] == feature["id"]
        assert set(feature["properties"]) <= {code, "kind"}
        rings = [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]
        assert all(math.isclose(x, round(x, 2), abs_tol=1e-9) for ring in rings for x, _ in ring)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_cities_are_drawn(vintage):
    kinds = {item["id"]: item["properties"]["kind"] for item in document(vintage)["features"]}
    expected = {"KZ-71", "KZ-75"} | ({"KZ-79"} if vintage != "pre2018" else set())
    assert {place for place, kind in kinds.items() if kind == "city"} == expected


@pytest.mark.parametrize("pack", sorted(LICENCES))
def test_world_has_the_neighbours_and_the_main_partners(pack):
    shown = document("world", pack)
    places = {item["id"] for item in shown["features"]}
    assert {"KAZ", "RUS", "CHN", "UZB", "KGZ", "TKM", "MNG", "DEU", "TUR", "KOR", "USA", "CAN"} <= places
    assert {"GEO", "ARM", "AZE", "GRC", "ISR", "ITA", "UKR"} <= places
    assert overlap_faults(shown) == ()
    assert winding_faults(shown, 0.5) == ()


def test_fault_lost_region():
    broken = document("2022")
    broken["features"] = [item for item in broken["features"] if item["id"] != "KZ-79"]
    assert [item.values["place"] for item in place_faults(broken, members("2022"))] == ["KZ-79"]
    assert gap_faults(broken)
    assert union_difference(broken, document("pre2018")) > 0.0004


def test_fault_region_of_another_vintage():
    assert {item.values["place"] for item in place_faults(document("2022"), members("2018"))} == {
        "KZ-10",
        "KZ-33",
        "KZ-62",
    }


def test_fault_shifted_region():
    moved = shifted("2022", "KZ-35", 0.05)
    assert {"KZ-35"} & {item.values["first"] for item in overlap_faults(moved)}
    assert gap_faults(moved)


def test_fault_wound_the_other_way():
    turned = document("2022")
    for polygon in turned["features"][0]["geometry"]["coordinates"]:
        polygon[:] = [ring[::-1] for ring in polygon]
    found = winding_faults(turned, LARGEST)
    assert [item.values["place"] for item in found] == [turned["features"][0]["id"]]
    assert "clockwise" in found[0].sentence("en")


def test_spherical_area_of_an_octant():
    octant = [[0, 0], [0, 90], [90, 90], [90, 0], [0, 0]]
    assert spherical_area(octant) == pytest.approx(math.pi / 2)


def squares():
    import shapely

    wavy = [(1, 0), (1.02, 0.25), (0.98, 0.5), (1.02, 0.75), (1, 1)]
    left = shapely.Polygon([(0, 0), *wavy, (0, 1)])
    right = shapely.Polygon([*wavy, (2, 1), (2, 0)])
    return left, right


def test_neighbours_keep_one_border():
    left, right = squares()
    made = generalised([Outline("A", left), Outline("B", right)], Generalisation(0.3, 0.01, 0.001))
    assert made[0].shape.intersection(made[1].shape).area == 0
    assert made[0].shape.union(made[1].shape).area == pytest.approx(2)
    assert len(made[0].shape.exterior.coords) < len(left.exterior.coords)


def test_small_part_goes_to_the_neighbour_and_islet_is_left_out():
    import shapely

    left, right = squares()
    speck = shapely.box(1.4, 0.4, 1.42, 0.42)
    islet = shapely.box(5, 5, 5.02, 5.02)
    split = shapely.union_all([left, speck, islet])
    made = generalised(
        [Outline("A", split), Outline("B", right.difference(speck))], Generalisation(0.01, 0.01, 0.01)
    )
    assert made[0].shape.geom_type == "Polygon"
    assert made[1].shape.area == pytest.approx(right.area, abs=1e-6)


def test_place_below_the_grid_is_refused():
    import shapely

    with pytest.raises(BadInput, match="disappears"):
        generalised([Outline("A", shapely.box(0, 0, 0.001, 0.001))], Generalisation(0.01, 0.01, 0))


def test_attribution_is_needed():
    with pytest.raises(BadInput, match="licence"):
        outline_document([], {"attribution": "somebody"}, "region")


def test_write_outline(tmp_path):
    left, right = squares()
    source, target = tmp_path / "reference.geojson", tmp_path / "small.geojson"
    header = {"attribution": "somebody", "licence": "CC BY 4.0"}
    source.write_text(
        outline_document([Outline("A", left), Outline("B", right)], header, "code"), encoding="utf-8"
    )
    options = {"names": ("code", "region"), "header": header, "rule": Generalisation(0.1, 0.01, 0.001)}
    write_outline(source, target, keep={"B": "city", "A": "region"}, **options)
    written = json.loads(target.read_text(encoding="utf-8"))
    assert [item["properties"] for item in written["features"]] == [
        {"region": "A", "kind": "region"},
        {"region": "B", "kind": "city"},
    ]
    assert written["attribution"] == "somebody"
    assert winding_faults(written, LARGEST) == ()
    with pytest.raises(BadInput, match="no outline of C"):
        write_outline(source, target, keep={"C": "city"}, **options)
    with pytest.raises(BadInput, match="no property 'nothing'"):
        write_outline(source, target, **{**options, "names": ("nothing", "region")})
    target.write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="not a GeoJSON"):
        write_outline(target, source, **options)


def test_holes_are_wound_against_the_outer_ring():
    import shapely

    ring = clockwise(shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2)))
    whole, hole = (spherical_area(each) for each in ring[0])
    assert whole < 0.01
    assert hole > 12
