"""The page of behaviour: its numbers are the results', it says that they are simulated, its charts have data."""

import io

import polars as pl
import pytest

from qonys import words

CHARTS = {"behaviour_stages": "axis=age", "behaviour_learnt": "", "behaviour_strengths": "result=moves"}


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_page_says_its_numbers_and_what_they_are(client, site, language):
    page = client.get(f"/{language}/behaviour").text
    number = site.results.number("behaviour.intend")
    assert words.percent(number.value, language, 1) in page
    assert words.text("behaviour.simulated", language)[:30] in page
    assert page.count("<h2") >= 5
    assert f'href="/{language}/study/behaviour"' in page


def test_charts_have_their_figures(client, site):
    for name, state in CHARTS.items():
        found = pl.read_csv(io.BytesIO(client.get(f"/en/chart/{name}.csv?{state}").content))
        assert found.height > 3, name
        assert client.get(f"/en/chart/{name}.svg?{state}").status_code == 200
    ages = pl.read_csv(io.BytesIO(client.get("/en/chart/behaviour_stages.csv?axis=age").content))
    stored = site.results.table("behaviour_stages").frame.filter(pl.col("axis").is_in(["age", "all"]))
    assert ages.height == stored.filter(pl.col("measure") != "share_there").height


def test_an_axis_that_there_is_not_is_refused(client):
    assert client.get("/en/behaviour?axis=sex").status_code == 400


def test_results_are_in_the_interface(client):
    found = client.get("/api/v1/results").text
    assert "behaviour_stages" in found
    assert "behaviour_learnt" in found
