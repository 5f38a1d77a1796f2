"""The policy lab: what it shows is what the projection says, in every form, and its file runs on the command line."""

import asyncio
import contextlib
import io
import multiprocessing
import threading
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from lxml import html

from qonys import words
from qonys.cli import main
from qonys.errors import BadInput
from qonys.study.ensembles.scenario_files import scenario_of
from qonys.study.lab import policy_measures
from qonys.study.lab.addresses import lab_address, written
from qonys.study.lab.session import OUTCOMES
from qonys.study.lab.summaries import ENDS, FAN
from qonys.web import simulation
from qonys.web.chart_requests import ask, drawn
from qonys.web.charts.lab.state import measures_of, sliders, starts_of, years_of
from qonys.web.response_cache import Busy, Gate, Shelf
from qonys.web.simulation import Simulation

STATE = "s1.border=1.5&s2.repatriates=40000"
SET = (("border", 1.5),)


def page_of(client, language, query=STATE):
    answer = client.get(f"/{language}/policy?{query}")
    assert answer.status_code == 200, answer.text[:300]
    return html.fromstring(answer.content)


def says(page, chart):
    return page.xpath(f"//figure[@id='chart-{chart}']//*[@data-part='says']")[0].text_content()


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_each_measure_stands_beside_what_it_rests_on(client, site, language):
    page = page_of(client, language)
    for one in measures_of(site):
        card = page.get_element_by_id(f"measure-{one.id}")
        text = " ".join(card.text_content().split())
        assert card.xpath("./legend")[0].text_content() == one.name[language]
        assert words.text(f"lab.decided.{one.decided_by}", language) in text
        for effect in one.effects:
            assert effect.text[language] in text
            assert words.text(f"lab.basis.{effect.unit.basis}", language) in text
        chosen = {select.get("name"): select.xpath("./option[@selected]/@value")[0] for select in card.xpath(".//select")}
        assert set(chosen) == {f"s{n}.{one.id}" for n in (1, 2, 3, 4)}
        assert chosen[f"s3.{one.id}"] == written(one.now.value)
    text = page.text_content()
    for name in ("budget", "interplay", "basis", "order"):
        assert words.text(f"lab.plain.{name}", language) in text
    assert words.text("lab.note.surges", language) in text
    assert not [word for word in text.split() if word.startswith("lab.")]


def test_every_input_has_a_label_and_a_finite_list_of_values(client, site):
    page = page_of(client, "kk", "")
    for select in page.xpath("//form[@class='panel']//select"):
        assert page.xpath(f"//label[@for='{select.get('id')}']")
    for one in measures_of(site):
        values = one.stops()
        assert (values[0], values[-1]) == (one.low, one.high)
        assert one.now.value in values
    assert len(sliders(site)) == 4 * len(measures_of(site))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_numbers_of_the_page_are_those_of_the_lab(client, site, language):
    found = site.simulation.ask("future", SET, OUTCOMES, starts_of(site)[0])
    page = page_of(client, language)
    last = len(years_of(site)) - 1
    low, middle, high = (found.differences["population"][i, last] / 1e3 for i in (0, 2, 4))
    for value in (low, middle, high):
        assert words.signed(value, language, 1) in says(page, "lab_future")
    csv = pl.read_csv(io.BytesIO(client.get(f"/{language}/chart/lab_future.csv?{STATE}").content))
    rows = csv.filter((pl.col("scenario") == "s1") & (pl.col("year") == 2050)).row(0, named=True)
    for place, q in enumerate(FAN):
        assert rows[f"q{100 * q:g}"] == pytest.approx(found.values["population"][place, last])
    outcomes = client.get("/api/v1/policy/outcomes?set=border=1.5&year=2050").json()
    assert [row["outcome"] for row in outcomes["rows"]] == list(OUTCOMES)
    for row in outcomes["rows"]:
        for place, q in enumerate(ENDS):
            assert row[f"difference_q{100 * q:g}"] == pytest.approx(found.differences[row["outcome"]][place, last])


def test_baseline_differs_from_itself_by_nothing(client):
    rows = client.get("/api/v1/policy/outcomes").json()["rows"]
    assert all(row[name] == 0 for row in rows for name in row if name.startswith("difference"))
    csv = pl.read_csv(io.BytesIO(client.get("/en/chart/lab_regions.csv").content))
    assert csv["difference_q97.5"].abs().max() == 0


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_named_mix_is_a_link_that_sets_the_sliders(client, site, language):
    page = page_of(client, language, "")
    rows = {row["mix"]: row for row in site.results.table("levers_front").frame.iter_rows(named=True)}
    named = [rows[name] for name in ("least", "balanced", "robust") if name in rows]
    links = [one.get("href") for one in page.xpath("//li/a") if "/policy?s1." in str(one.get("href"))]
    assert len(links) == len(named)
    for link, row in zip(links, named, strict=True):
        found = dict(part.split("=") for part in link.partition("?")[2].split("&"))
        assert found.pop("since") == str(starts_of(site)[0])
        assert found == {f"s1.{part.partition('=')[0]}": part.partition("=")[2] for part in row["settings"].split(";")}
    inputs = {item.name: item for item in sliders(site)}
    assert all(value in inputs[name].values for name, value in found.items()), "a stop of the slider"
    csv = pl.read_csv(io.BytesIO(client.get(f"/{language}/chart/report-levers-levers_front.csv").content))
    assert csv.height == len(rows)


def test_parts_and_levers_agree_with_the_lab(client, site):
    since = starts_of(site)[0]
    for what, column in (("regions", "region"), ("groups", "ethnic_group")):
        found = site.simulation.ask("parts", what, SET, 2050, since)
        names = getattr(site.simulation.ask("shape"), what)
        csv = pl.read_csv(io.BytesIO(client.get(f"/en/chart/lab_{what}.csv?{STATE}").content))
        rows = dict(csv.filter(pl.col("scenario") == "s1").select(column, "difference_q50").rows())
        assert [rows[name] for name in names] == pytest.approx(list(found.differences[2]))
    csv = pl.read_csv(io.BytesIO(client.get("/en/chart/lab_levers.csv?by=effect").content))
    assert csv["effect_middle"].abs().to_list() == sorted(csv["effect_middle"].abs(), reverse=True)
    api = client.get("/api/v1/policy/levers?by=effect").json()["levers"]
    assert [one["measure"] for one in api] == csv["measure"].to_list()
    assert [one["effect"]["low"] for one in api] == pytest.approx(csv["effect_low"].to_list())


def test_while_a_slider_moves_the_same_picture_comes_as_data_alone(client):
    live = client.get("/en/chart/lab_future.live.json?s1.border=1.5").json()
    whole = client.get("/en/chart/lab_future.json?s1.border=1.5").json()
    assert live["datasets"] == whole["spec"]["datasets"]
    assert live["says"] == whole["says"]
    assert set(live) == {"title", "says", "datasets", "model", "made"}
    ranged = "s1.repatriation_quota=20000"
    live, whole = (client.get(f"/en/chart/lab_future.{form}?{ranged}").json() for form in ("live.json", "json"))
    assert live["datasets"]["fan"] == whole["spec"]["datasets"]["fan"]
    assert live["datasets"]["gaps"][-1]["low"] > whole["spec"]["datasets"]["gaps"][-1]["low"]


def test_a_link_brings_the_same_state_back(client, site):
    page = page_of(client, "ru")
    link = page.xpath("//*[@data-of='chart-lab_future']//*[@data-part='permalink']/@href")[0]
    assert "s1.border=1.5" in link
    assert "rel=" in link
    again = html.fromstring(client.get(link).content)
    assert says(again, "lab_future") == says(page, "lab_future")
    explicit = f"{STATE}&s3.border=1&since={starts_of(site)[0]}"
    assert client.get(f"/ru/policy?{explicit}").headers["etag"] == client.get(f"/ru/policy?{STATE}").headers["etag"]
    hidden = page.xpath("//figure[@id='chart-lab_regions']//input[@type='hidden']")
    assert {item.get("name"): item.get("value") for item in hidden}["s1.border"] == "1.5"


@pytest.mark.parametrize("path", ["/ru/policy?s1.border=1.55", "/ru/chart/lab_future.csv?s1.border=nan", "/ru/policy?since=2024"])
def test_a_value_that_is_not_on_the_slider_is_refused(client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert "Параметр" in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [("set=border=9", 404), ("set=nothing=1", 404), ("set=border=1;border=2", 404), ("set=border", 400), ("set=border=nan", 400),
     ("set=border=1e9", 400), ("since=2024", 404), ("year=1999", 404)],
)  # fmt: skip
def test_a_setting_that_is_none_is_refused(client, query, status):
    for name in ("outcomes", "scenario"):
        if name == "scenario" and query.startswith("year"):
            continue
        answer = client.get(f"/api/v1/policy/{name}?{query}")
        assert answer.status_code == status
        assert answer.json()["error"]


def test_the_scenario_file_holds_the_settings(client, site, tmp_path):
    page = page_of(client, "en", "s1.border=1.5&s1.repatriates=40000&s1.resettlement=12000&s1.labour_quota=50000")
    address = page.xpath("//*[@data-scenario='s1']/@href")[0]
    answer = client.get(address)
    assert answer.headers["content-disposition"] == 'attachment; filename="scenario.toml"'
    path = tmp_path / "scenario.toml"
    path.write_bytes(answer.content)
    read = scenario_of(path)
    settings = (("border", 1.5), ("labour_quota", 50000.0), ("repatriates", 40000.0), ("resettlement", 12000.0))
    wanted = site.simulation.ask("scenario", settings, starts_of(site)[0])
    assert {name: getattr(read, name) for name in wanted} == wanted
    assert words.text("lab.file.workers", "en", name="Quota for foreign labour") in answer.text


def test_the_command_takes_the_file(client, tmp_path, monkeypatch):
    from qonys.study.analyses import project

    path, asked = tmp_path / "scenario.toml", []
    path.write_bytes(client.get("/api/v1/policy/scenario?set=border=1.5;repatriation_quota=5000").content)

    def stopped(pack, ask, *more):
        asked.append(scenario_of(ask.scenario, ask.changes))
        raise BadInput("web.write.shape", found="stop")

    monkeypatch.setattr(project, "answer", stopped)
    with contextlib.redirect_stderr(io.StringIO()):
        main(("project", "--scenario", str(path), "--regions", "all", "--groups", "all"))
    assert asked[0].immigration_times == 1.5
    assert asked[0].immigration_add["kazakh"]["KZ-59"] == pytest.approx((5000 - 2281) / 6)


def test_the_simulation_is_opened_again_when_its_process_dies(site, monkeypatch):
    opened = []

    class Brief(Simulation):
        """Its process answers one question, then it is gone."""

        def _opened(self):
            ours, theirs = multiprocessing.Pipe()

            def serve():
                number, *question = theirs.recv()
                theirs.send((number - 1, "an answer nobody waits for", 0.0))
                theirs.send((number, question[0], 1.0))
                theirs.close()

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            opened.append(thread)
            thread.terminate = lambda: None
            return thread, ours

    brief = Brief(site.pack, site.results, 1)
    assert [brief.ask(name) for name in ("a", "b", "c")] == ["a", "b", "c"]
    assert len(opened) == 3
    brief.stop()


def test_patience_has_an_end(site):
    class Silent(Simulation):
        def _opened(self):
            self.kept = multiprocessing.Pipe()
            return None, self.kept[0]

    with pytest.raises(Busy) as error:
        Silent(site.pack, site.results, 1, patience=0.05).ask("shape")
    assert all(error.value.sentence(language) for language in words.LANGUAGES)


def test_refusals_of_the_lab_come_back_as_they_are(site):
    with pytest.raises(BadInput) as error:
        site.simulation.ask("future", (("border", 99.0),), ("population",))
    assert error.value.key == "policy.value"
    with pytest.raises(BadInput) as error:
        site.simulation.ask("nothing")
    assert error.value.key == "web.lab.failed"


async def _order(gate, wishes):
    """Who came in, in their order."""
    came = []

    async def one(reader):
        async with gate.place(reader):
            came.append(reader)
            await asyncio.sleep(0)

    async with gate.place("first"):
        tasks = [asyncio.create_task(one(reader)) for reader in wishes]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return came


def test_readers_come_in_by_turns():
    assert asyncio.run(_order(Gate(1, 9, 99), "aaaabbc")) == list("abcabaa")


def test_a_flood_is_refused_and_others_are_not():
    async def flood():
        gate = Gate(1, 2, 9)
        async with gate.place("first"):
            waiting = [asyncio.create_task(gate._wait(reader)) for reader in "aab"]
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await gate._wait("a")
            waiting[0].cancel()
            await asyncio.sleep(0)
        for turn in (2, 1):  # the one who went away loses the turn
            await asyncio.wait_for(waiting[turn], 5)
            gate._give()
        return gate

    assert asyncio.run(flood())._taken == 0


def test_runs_of_the_lab_have_a_gate_of_their_own(site):
    shelf = Shelf()
    assert shelf._gates["lab"] is not shelf._gates["wide"]
    from qonys.web.charts.catalogue import CHARTS

    assert {name for name, chart in CHARTS.items() if chart.gate == "lab"} == {name for name in CHARTS if name.startswith("lab_")}


def test_a_pack_without_measures_has_no_lab(client, site, monkeypatch):
    from qonys.web.pages.menu import menu

    bare = replace(site, _kept={})
    bare.keep("lab:measures", tuple)
    assert "policy" not in {page.id for page in menu(bare)}
    assert "policy" in {page.id for page in menu(site)}


def test_a_scenario_in_the_wrong_unit_is_noticed(client, site, monkeypatch):
    """Planted: differences given in another unit than the levels."""
    found = site.simulation.ask("future", SET, ("population",), starts_of(site)[0])
    whole = pl.read_csv(io.BytesIO(client.get("/en/chart/lab_future.csv?s1.border=1.5").content))
    base, one = (whole.filter((pl.col("scenario") == name) & (pl.col("year") == 2050)).row(0, named=True) for name in ("baseline", "s1"))
    assert np.sign(one["q50"] - base["q50"]) == np.sign(one["difference_q50"])
    assert one["difference_q50"] / 1e3 != pytest.approx(found.differences["population"][2, -1])
    assert simulation.PATIENCE > 10


def marks(site, **state):
    """Kinds of marks of the picture of the future."""
    spec = drawn(ask(site, "en", "lab_future", list(state.items()))).spec
    return [layer["mark"]["type"] if isinstance(layer["mark"], dict) else layer["mark"]
            for part in spec["vconcat"] for layer in part["layer"]]  # fmt: skip


def past_of(site):
    """Extremes of immigration against 2023: published whole years of the pack, and medians of the account."""
    frame = site.pack.table("external_flows").filter(
        (pl.col("flow") == "immigrants") & (pl.col("category") == "total") & pl.col("period").str.contains(r"^\d{4}$")
    )
    register = dict(frame.group_by(pl.col("period").cast(int)).agg(pl.col("value").median()).rows())
    gross = site.results.table("projection_gross").frame.filter(
        (pl.col("flow") == "immigrants") & (pl.col("start").dt.month() == 1) & (pl.col("start").dt.year() < 2025)
    )
    account = dict(gross.select(pl.col("start").dt.year(), "median").rows())
    for kind, years in (("register", register), ("account", account)):
        for end, pick in (("low", min), ("high", max)):
            year = pick(years, key=years.get)
            yield kind, end, years[year] / years[2023], year


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_range_of_admission_is_what_was_seen(client, site, language):
    border = next(one for one in measures_of(site) if one.id == "border")
    page = page_of(client, language, "")
    card, select = page.get_element_by_id("measure-border"), page.get_element_by_id("lab-s1-border")
    marked = {option.get("value"): option.text for option in select.xpath("./option[@data-mark]")}
    said = card.xpath(".//*[@data-seen]")[0].text_content()
    past = list(past_of(site))
    assert [(one.kind, one.end, one.year) for one in border.seen] == [(kind, end, year) for kind, end, _, year in past]
    for (_, _, ratio, year), one in zip(past, border.seen, strict=True):
        assert one.value == pytest.approx(ratio, abs=0.01)
        assert f"{words.number(one.value, language, 2)} ({year})" in said
        assert str(year) in marked[written(one.value)]
    assert len(marked) == 4
    values = [float(option.get("value")) for option in select.xpath("./option")]
    lowest, highest = min(one.value for one in border.seen), max(one.value for one in border.seen)
    assert lowest - border.step < values[0] <= lowest
    assert highest <= values[-1] < highest + border.step
    assert client.get(f"/{language}/policy?s1.border={written(values[-1] + border.step)}").status_code == 400
    beyond = client.get(f"/api/v1/policy/outcomes?year=2040&set=border={values[-1] + border.step}")
    assert beyond.status_code == 404
    assert client.get(f"/api/v1/policy/outcomes?year=2040&set=border={values[-1]}").status_code == 200
    assert client.get("/api/v1/policy").json()["measures"][[one.id for one in measures_of(site)].index("border")]["seen"] == [vars(one) for one in border.seen]


def test_a_range_that_follows_nothing_rings(site, monkeypatch):
    """Planted: the past is not looked at."""
    monkeypatch.setattr(policy_measures, "seen_of", lambda *given: ())
    border = next(one for one in policy_measures.read_measures(site.pack, site.results) if one.id == "border")
    assert (border.low, border.high, border.seen) == (0, 3, ())
    assert border.high > 1.5 * max(ratio for _, _, ratio, _ in past_of(site))


def test_several_scenarios_are_lines_since_bands_would_cover_each_other(site):
    assert marks(site, **{"s1.border": "1.5"}).count("area") == 5
    several = marks(site, **{"s1.border": "1.5", "s2.border": "0.5"})
    assert "area" not in several
    assert several.count("line") == 9, "median, both ends, and the baseline above; median and both ends below"


def test_a_mix_opens_in_the_lab_and_its_file_holds_the_same(client, site, tmp_path):
    """Settings on the stops of the sliders, one measure at an end and one at its present value."""
    moved = {one.id: one.stops()[place] for one, place in zip(measures_of(site), (-1, 3, 5), strict=False)}
    since = starts_of(site)[1]
    address = lab_address(moved, since)
    page = html.fromstring(client.get(f"/kk/{address}").content)
    link = page.xpath("//*[@data-scenario='s1']/@href")[0]
    path = tmp_path / "scenario.toml"
    path.write_bytes(client.get(link).content)
    wanted = site.simulation.ask("scenario", tuple(sorted(moved.items())), since)
    read = scenario_of(path)
    assert {name: getattr(read, name) for name in wanted} == wanted
    assert read.since == since
    assert client.get(f"/kk/{address}").status_code == 200
    assert client.get(f"/kk/{lab_address({measures_of(site)[0].id: 37_269.0089}, since)}").status_code == 400
