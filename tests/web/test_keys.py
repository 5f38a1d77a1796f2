"""Each line, band and colour of each chart is named: by the key below it, by a legend, or by a text at it."""

import re

import pytest
from lxml import etree, html
from tests.web.test_definitions import pictures

from qonys import words
from qonys.figures.keys import CHANNELS, HIGH, WIDE, keys_of, marks_of, seen
from qonys.web.chart_requests import ask, drawn
from qonys.web.charts.catalogue import CHARTS

SVG = "{http://www.w3.org/2000/svg}"
LAB = (("lab_future", ()), ("lab_future", (("s1.border", "1.5"),)), ("lab_future", (("s1.border", "1.5"), ("s2.border", "0.5"))),
       ("lab_consequences", (("s1.border", "1.5"),)), ("lab_regions", (("s1.border", "1.5"),)), ("lab_groups", ()), ("lab_levers", ()))  # fmt: skip
STATES = (("timeline", (("event", "{event}"),)), ("fan", (("measure", "net_migration"),)), ("fan", (("measure", "median_age"),)),
          ("indicator", (("what", "rate.net"), ("place", "KZ-71,KZ-75"))), ("effect", (("effect", "age_65"),)))  # fmt: skip


def legends(mark):
    """The scales of a mark that a legend of the drawing explains."""
    found = (mark.encoding.get(channel) for channel in CHANNELS)
    return [one for one in found if isinstance(one, dict) and "field" in one and one.get("legend", {}) is not None]


def without_key(spec):
    """Marks that nothing names: neither a key, nor a legend, nor a text of their own, nor the title of their plot.

    A band needs a key of its own also where its colour has one: how much it holds is no colour.
    """
    every, rows = seen(spec), spec.get("datasets", {})
    ranges = (scale.get("scale", {}).get("range", ()) for one in every for scale in legends(one))
    told = {tint for tints in ranges for tint in tints if isinstance(tint, str)}
    labelled = {one.data for one in marks_of(spec) if one.look["type"] == "text"}
    alone = {plot for plot in {one.plot for one in every} if one_look([one for one in every if one.plot == plot])}
    return [
        f"{one.plot or '/'} {one.look['type']} {one.data}" for one in every
        if not one.text and (
            one.look["type"] == "area"
            or not (legends(one) or one.data in labelled or one.plot in alone or in_rows(one, rows.get(one.data, ()))
                    or (one.tints and set(one.tints) <= told))
        )
    ]  # fmt: skip


def in_rows(mark, rows):
    """Whether the names at the rows of a plot are those of its colours."""
    place, tint = mark.encoding.get("y", {}), mark.encoding.get("color", {})
    names = (place.get("field"), tint.get("field"))
    return bool(rows) and all(names) and all(row.get(names[0]) == row.get(names[1]) for row in rows)


def one_look(marks):
    """Whether a plot has one colour, so that its title names it."""
    return all(one.constant or len(one.tints) == 1 for one in marks) and len({tuple(one.tints) for one in marks}) == 1


@pytest.mark.parametrize("width", [pytest.param("360", marks=pytest.mark.long), "960"])
def test_all_that_is_drawn_has_a_name(site, width):
    lacking = {}
    event = next(iter(site.pack.events().filter(site.pack.events()["scheme"].is_null())["id"]))
    states = [(name, [(key, value.format(event=event)) for key, value in state]) for name, state in STATES]
    for name, state in [*((one, []) for one in pictures(site, "kk")), *states]:
        drawing = drawn(ask(site, "kk", name, [*state, ("w", width)]))
        if drawing.spec is not None and (found := without_key(drawing.spec)):
            lacking[name] = found
    assert lacking == {}


@pytest.mark.long
def test_the_policy_lab_names_all_that_it_draws(site):
    for name, state in LAB:
        if CHARTS[name].available(site):
            spec = drawn(ask(site, "ru", name, state)).spec
            assert spec is None or without_key(spec) == [], (name, state)


def bare(part):
    """A document in which no layer says what it is."""
    if isinstance(part, dict):
        return {key: bare(one) for key, one in part.items() if key != "description"}
    return [bare(one) for one in part] if isinstance(part, list) else part


@pytest.mark.parametrize("name", ["fan", "century", "timeline", "gross", "hindcast", "compare_net", "report-indicators-scale"])
def test_what_nobody_names_rings(site, name):
    spec = drawn(ask(site, "en", name, [])).spec
    assert keys_of(spec)
    assert without_key(bare(spec)) != []
    assert keys_of(bare(spec)) == ()


def test_a_legend_that_is_taken_away_rings(site):
    spec = drawn(ask(site, "en", "compare_partners", [])).spec
    assert without_key(spec) == []
    for one in spec["layer"]:
        if "color" in one["encoding"]:
            one["encoding"]["color"]["legend"] = None
    assert without_key(spec) == ["/ line lines"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_page_embedding_and_picture_hold_the_key(client, language):
    texts = [words.text("key.interval", language, level=words.percent(part, language, 0)) for part in (0.95, 0.8, 0.5)]
    texts += [words.text(key, language) for key in ("key.median", "notion.model.account")]
    for path in (f"/{language}/forecast", f"/{language}/embed/fan"):
        page = html.fromstring(client.get(path).content)
        shown = page.xpath("(//ul[@data-part='keys'])[1]/li")
        assert [one.text_content().strip() for one in shown] == texts
        assert all(one.xpath("./svg/*") for one in shown)
        assert not page.xpath("(//ul[@data-part='keys'])[1]/ancestor::details")
    picture = etree.fromstring(client.get(f"/{language}/chart/fan.svg?w=400").content)
    lines = ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]
    assert all(text in lines for text in texts)
    assert words.text("key.base", language, year=2024) in client.get(f"/{language}/chart/gross.json").json()["keys"]


def test_tints_of_bands_that_lie_on_each_other_are_those_that_are_seen(site):
    wide, middle, narrow = keys_of(drawn(ask(site, "en", "fan", [])).spec)[:3]
    assert wide.opacity == 0.14
    assert middle.opacity == pytest.approx(1 - 0.86 * 0.78, abs=1e-3)
    assert narrow.opacity == pytest.approx(1 - 0.86 * 0.78 * 0.7, abs=1e-3)
    assert f'width="{WIDE}" height="{HIGH}"' in wide.drawn()


@pytest.mark.parametrize("name", ["regions", "indicator_map", "report-indicators-internal_map", "report-stratification-segregation_map"])
def test_every_colour_of_a_map_stands_in_its_legend(site, name):
    picture = etree.fromstring(drawn(ask(site, "kk", name, [])).svg)
    colours = {one.get("fill") for one in picture.iter(f"{SVG}path") if one.get("data-region")}
    assert colours <= {one.get("fill") for one in picture.iter(f"{SVG}rect")}
    assert len([one for one in picture.iter(f"{SVG}text") if re.search(r"\d", "".join(one.itertext()))]) >= 4


def test_flows_say_what_their_width_and_colours_are(site):
    flows = etree.fromstring(drawn(ask(site, "ru", "flow_map", [])).svg)
    told = " ".join("".join(one.itertext()) for one in flows.iter(f"{SVG}text"))
    assert "синий — прирост, оранжевый — убыль" in told
    assert words.text("chart.moves_number", "ru", n="50 000").replace("\u00a0", " ") in told.replace("\u00a0", " ")
