"""Figures: one description in two themes, projections from the outlines, colours by role, places without figures."""

import ast
import json
import math
import re
from pathlib import Path

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.figures import by_category, forecast, over_time, pyramids
from qonys.figures.edition import Edition, Plain
from qonys.figures.geography import chord, plane, values
from qonys.figures.style import BLUE, PRINT, ROLES, document, screen, wrapped
from qonys.study.runs.results import Results

SOURCE = Path(__file__).parents[2] / "src" / "qonys"
ROOMS = ("figures", "web/charts")


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def edition(pack):
    return Edition(Results(pack.digest()), pack, "en")


def square(west, south, size=10.0, name="A"):
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"properties": {"region": name, "name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def outlines(*features):
    return {"features": list(features)}


def area(project, lon, lat):
    corners = [project(*p) for p in ((lon, lat), (lon + 1, lat), (lon + 1, lat + 1), (lon, lat + 1))]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))) / 2


@pytest.mark.parametrize(("west", "south"), [(40, 30), (-70, -50), (20, -5), (175, 40)])
def test_the_projection_follows_the_outlines_and_keeps_areas(west, south):
    """Cells of one degree have areas as differences of sines of latitude, on both hemispheres and over the date line."""
    found = plane.albers_of(outlines(square(west, south)))
    assert found.south == pytest.approx(south + 10 / 6)
    assert found.north == pytest.approx(south + 10 - 10 / 6)
    assert found.middle % 360 == pytest.approx((west + 5) % 360)
    sines = [math.sin(math.radians(lat + 1)) - math.sin(math.radians(lat)) for lat in (south, south + 9)]
    assert area(found, west, south) / area(found, west, south + 9) == pytest.approx(sines[0] / sines[1], rel=1e-3)
    left, right = found(west, south + 5), found(west + 10, south + 5)
    assert left[0] < 0 < right[0]
    assert found(west, south + 10)[1] < found(west, south)[1]


def test_the_parallels_of_the_pack_are_those_once_chosen_by_hand(pack):
    found = plane.albers_of(pack.geometry("2022"))
    assert (found.south, found.north, found.middle) == pytest.approx((43, 53, 67), abs=0.2)


def test_a_place_without_a_figure_is_hatched_and_in_the_legend_not_drawn_as_zero(edition):
    shapes = outlines(square(40, 40), square(50, 40, name="B"))
    whole = values.region_map(edition, shapes, {"": {"A": 2.0, "B": 0.0}})
    holed = values.region_map(edition, shapes, {"": {"A": 2.0}})
    hatched = [re.search(r"<title>([^<]*)", shape).group(1) for shape in re.findall(r"<path[^>]*url\(#uncovered\)[^>]*>.*?</path>", holed)]
    assert hatched == ["B: not covered by the figures"]
    assert "not covered by the figures</text>" in holed
    assert 'fill="url(#uncovered)"' not in whole
    assert "not covered" not in whole


def test_sources_are_coloured_by_their_role(edition):
    tints = edition.tints(["wpp2024", "bns_migration_balance", "gaskin_abel_2025", "wpp2019", "computed_here"])
    assert tints["bns_migration_balance"] == ROLES["register"][0] == BLUE
    assert [tints[name] for name in ("wpp2024", "gaskin_abel_2025", "wpp2019")] == list(ROLES["model"][:3])
    assert tints["computed_here"] == ROLES["computed"][0]
    assert len(set(tints.values())) == 5
    assert edition.tints(["computed_here"], [ROLES["computed"][0]])["computed_here"] == ROLES["computed"][1]


FAN = pl.DataFrame({"year": [2030, 2040], **{q: [1.0, 2.0] for q in ("q2.5", "q10", "q50", "q90", "q97.5")}})


def test_a_theme_changes_the_look_not_the_figures():
    shown = [document(theme, over_time.fan(Plain("en", theme), FAN, "people")) for theme in (PRINT, screen(960), screen(360))]
    assert shown[0]["datasets"] == shown[1]["datasets"] == shown[2]["datasets"]
    assert "tooltip" not in str(shown[0])
    assert "tooltip" in str(shown[1])
    assert [one["width"] for one in shown] == [640, 960, 360]  # of the whole chart, so that names take none of its letters
    assert all(one["autosize"] == {"type": "fit-x", "contains": "padding"} for one in shown)
    assert all(one["config"]["legend"]["symbolOpacity"] == 1 for one in shown)  # a legend is not as pale as its bands


def test_a_map_of_one_sign_has_no_classes_below_zero():
    assert values.classes_of([0.0, 2.0, 5.0]).bounds() == [0, 1, 2, 3, 4, 5]
    assert values.classes_of([-1.0, 2.0, None]).tints == values.DIVERGING


def test_a_fan_has_the_bands_that_are_there():
    layers = over_time.fan(Plain("en"), FAN, "people")["layer"]
    assert [layer["encoding"]["y"]["field"] for layer in layers] == ["q2_5", "q10", "q50"]
    more = over_time.fan(Plain("en"), FAN.with_columns(q25=pl.col("q50"), q75=pl.col("q50")), "people")["layer"]
    assert len(more) == len(layers) + 1


def test_both_sides_of_a_pyramid_share_a_scale():
    frame = pl.DataFrame({"sex": ["male", "female"] * 2, "age_start": [0, 0, 5, 5], "value": [1.0, 2.0, 3.0, 4.0]})
    spec = pyramids.pyramids(Plain("en"), {"a": frame, "b": frame.with_columns(pl.col("value") * 2)}, "people")
    assert {tuple(part["layer"][0]["encoding"]["x"]["scale"]["domain"]) for part in spec["concat"]} == {(-8 * pyramids.SPARE, 8 * pyramids.SPARE)}
    rows = spec["concat"][0]["data"]["values"]
    assert [row["value"] for row in rows if row["sex"] == "men"] == [-1.0, -3.0]
    assert [row["age"] for row in rows][-1] == "5+"


def test_units_of_measures_are_known():
    assert forecast.scale_of("population")[0] == 1e6
    assert forecast.scale_of("net_migration")[0] == 1e3
    assert forecast.scale_of("median_age")[0] == 1.0


def literals():
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and id(node) not in texts:
                    yield path.name, node.value


def test_no_figure_knows_the_country_its_sources_or_its_years(pack):
    known = set(pack.sources()["id"]) | set(pack.regions()["region"]) | {"KAZ", "KZ", pack.name}
    found = [(name, value) for name, value in literals() if value in known or (type(value) is int and 1890 <= value <= 2100)]
    assert found == []


@pytest.mark.parametrize("theme", [screen(960), screen(360)])
def test_a_drawing_that_fits_a_screen_has_a_height_in_pixels(theme):
    """Vega says so in the reader's console where it has not."""
    frame = pl.DataFrame({"category": ["a", "b"], "series": "s", "low": [0.0, 1.0], "median": [1.0, 2.0], "high": [2.0, 3.0]})
    edition, bars = Plain("en", theme), frame.select("category", name="series", low="low", high="high", value="high", kind="series")
    heads = ("a", "b", "c", "d")
    for spec in (
        by_category.dots(edition, frame, "t", ["a", "b"], [("s", BLUE)]),
        by_category.spans(edition, bars, "t", ["a", "b"], [("s", BLUE)], tips=heads),
        by_category.ranked(edition, bars, "t"),
        by_category.stack(edition, bars, "t", ["a", "b"], [("s", BLUE)], (bars, "sum")),
        by_category.graded_bars(edition, bars.with_columns(grade=pl.lit("g")), "t", ["g", "h", "i"]),
    ):
        assert isinstance(document(theme, spec)["height"], int)
    assert by_category.ranked(Plain("en"), bars, "t")["height"] == {"step": 15}


NAME = re.compile(r'<text x="([-.\d]+)" y="([-.\d]+)"[^>]*font-size="([.\d]+)" text-anchor="(\w+)"[^>]*rotate\(([-.\d]+) [^>]*>([^<]+)<')


@pytest.mark.parametrize("theme", [PRINT, screen(1240), screen(358)])
def test_names_around_a_chord_diagram_stay_in_the_picture_and_leave_it_room(pack, theme):
    """Each name ends within the view box; the circle takes almost half of the width of a phone with long names too."""
    names = {code: pack.region_name(code, "ru", short=True) for code in pack.regions()["region"][1:]}
    pairs = [(a, b, 5.0 + 9 * (i % 7)) for i, a in enumerate(names) for b in names if a != b]
    flows = pl.DataFrame(pairs, schema=["origin", "destination", "value"], orient="row")
    svg = chord.chord(Edition(Results(pack.digest()), pack, "ru", theme), flows, names, 0.0)
    width, height = (float(end) for end in re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    middle = [float(place) for place in re.search(r"translate\(([.\d]+),([.\d]+)\)", svg).groups()]
    found = NAME.findall(svg)
    assert {name for *_, name in found} == set(names.values())
    for x, y, size, anchor, turn, name in found:
        long = chord.LETTER * float(size) * len(name) * (1 if anchor == "start" else -1)
        end = (float(x) + long * math.cos(math.radians(float(turn))), float(y) + long * math.sin(math.radians(float(turn))))
        assert 0 <= middle[0] + end[0] <= width, name
        assert 0 <= middle[1] + end[1] <= height, name
    assert max(float(radius) for radius in re.findall(r"A([.\d]+),", svg)) >= 0.24 * width


def test_names_of_legends_and_rows_are_in_lines_on_a_phone():
    long = "net migration (residual between censuses, 95% interval)"
    spec = {"mark": "bar", "encoding": {"color": {"scale": {"domain": ["short", long]}}, "fill": {"legend": None, "scale": {"domain": [long]}}}}
    narrow = document(screen(358), spec)["encoding"]
    assert json.loads(narrow["color"]["legend"]["labelExpr"].removesuffix("[datum.label]"))[long] == wrapped(long, 45)
    assert narrow["fill"]["legend"] is None
    assert "legend" not in document(screen(1240), spec)["encoding"]["color"]
    assert wrapped("научно-исследовательский центр", 22) == ["научно-", "исследовательский", "центр"]
    assert wrapped("до 2\u00a0000 человек", 8) == ["до 2\u00a0000", "человек"]


def test_a_source_line_names_data_before_pages_that_quote_them(edition, pack):
    """A line that is cut must not leave out the office whose figures they are."""
    sources = pack.sources()
    quoted = sources.filter(pl.col("licence_class") == "quotation")
    data = sources.filter(~pl.col("licence_class").is_in(["quotation"]) & ~pl.col("publisher").is_in(quoted["publisher"].implode()))
    line = edition.publishers([*quoted["id"].head(9), data["id"][0]])
    assert line.startswith(str(data["publisher"][0]))
    assert line.endswith(edition.say("report.and_others"))
