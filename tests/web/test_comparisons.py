"""Several regions, groups and countries at once: chosen by an address or a form, drawn together, told as the results say."""

import io

import polars as pl
import pytest
from lxml import html

from qonys import words
from qonys.errors import BadInput
from qonys.figures.portraits import ACCOUNT, SIZES
from qonys.web.chart_requests import ask, drawn
from qonys.web.charts.comparisons import BESIDE
from qonys.web.kinds import GROUP, PARTNER, REGION, codes_of
from qonys.web.parameters import MOST, Parameter, read_state

COMPARED = {"compare_population": ("regions", REGION), "compare_numbers": ("regions", REGION), "compare_net": ("regions", REGION),
            "compare_groups": ("groups", GROUP), "compare_partners": ("partners", PARTNER), "indicator": ("place", REGION)}  # fmt: skip


MORE = {"indicator": (("what", "rate.net"),)}  # an indicator that regions have


def picked(site, name, count):
    parameter, kind = COMPARED[name]
    known = next(item for item in ask(site, "en", name, []).parameters if item.name == parameter).values
    return parameter, [code for code in codes_of(site, kind) if code in known][:count]


@pytest.mark.parametrize("name", COMPARED)
def test_one_and_the_most_are_drawn_each_under_its_name(site, name):
    for count in (1, 2, BESIDE if name.startswith("compare_p") or "regions" in COMPARED[name] else MOST):
        parameter, chosen = picked(site, name, count)
        for language in words.LANGUAGES:
            view = ask(site, language, name, [(parameter, ",".join(chosen)), *MORE.get(name, ())])
            drawing = drawn(view)
            told = " ".join((*drawing.sheet.head, drawing.title, *(cell for row in drawing.sheet.rows for cell in row)))
            if name != "compare_net":  # where it may be a part of a region of older boundaries
                texts = next(item.texts for item in view.parameters if item.name == parameter)
                assert all(view.view.option(texts, code).lower() in told.lower() for code in chosen)


def test_the_order_and_the_form_make_no_other_state(client):
    one, other = (client.get(f"/en/compare?{q}").text for q in ("regions=KZ-75,KZ-71", "regions=KZ-71&regions=KZ-75&regions=KZ-71"))
    assert one == other
    page = html.fromstring(one)
    assert {box.get("value") for box in page.xpath("//figure[@id='chart-compare_net']//input[@checked]")} == {"KZ-71", "KZ-75"}
    assert "regions=KZ-71,KZ-75" in page.xpath("//figure[@id='chart-compare_net']//*[@data-form='csv']/@href")[0]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_cannot_be_compared_is_refused_in_a_sentence(client, language):
    for query in ("regions=", "regions=KZ-71,nowhere", "regions=" + ",".join(["KZ-10", "KZ-11", "KZ-15", "KZ-19", "KZ-23"])):
        answer = client.get(f"/{language}/compare?{query}")
        assert answer.status_code == 400, query
    sentence = words.text("web.parameter.too_many", language, name="regions", found=5, most=BESIDE)
    assert sentence in html.fromstring(answer.text).text_content()


def test_a_name_that_has_one_value_is_still_given_once():
    with pytest.raises(BadInput):
        read_state([Parameter("year", ("1", "2"), "1")], [("year", "1"), ("year", "2")])


def test_numbers_side_by_side_are_those_of_the_results(client, site):
    frame = site.results.table(SIZES).frame
    last = frame.filter(pl.col("year") == 2050).sort("q50", descending=True)
    page = html.fromstring(client.get("/en/compare?regions=KZ-75,KZ-63").content)
    rows = {r.xpath("string(th)"): r for r in page.xpath("//figure[@id='chart-compare_numbers']//tbody/tr")}
    row = next(r for name, r in rows.items() if "2050" in name)
    for cell, code in zip(row.xpath("td"), ("KZ-75", "KZ-63"), strict=True):
        place = last["region"].to_list().index(code) + 1
        assert words.text("portrait.place", "en", place=place, of=last.height) in cell.text_content()
    csv = pl.read_csv(io.BytesIO(client.get("/en/chart/compare_numbers.csv?regions=KZ-75,KZ-63").content))
    found = csv.filter((pl.col("year") == 2050) & (pl.col("region") == "KZ-75")).row(0, named=True)
    own = last.filter(pl.col("region") == "KZ-75").row(0, named=True)
    assert (found["value"], found["low"], found["high"]) == (own["q50"], own["q2.5"], own["q97.5"])
    assert page.xpath("//figure[@id='chart-compare_numbers']//dd[@id='origin-compare_numbers']/a/@href")


def test_net_migration_is_the_accounts_per_thousand(client, site):
    csv = pl.read_csv(io.BytesIO(client.get("/en/chart/compare_net.csv?regions=KZ-75&kind=internal_net").content))
    account = site.results.table(ACCOUNT).frame.filter((pl.col("region") == "KZ-75") & (pl.col("year") == 2010))
    value = dict(account.select("quantity", "median").rows())
    assert csv.filter(pl.col("year") == 2010)["value"][0] == pytest.approx(1000 * value["internal_net"] / value["population"])


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_region_leads_to_a_comparison_that_holds_it(client, site, language):
    for code in codes_of(site, REGION)[:: 1 if language == "kk" else 7]:
        page = html.fromstring(client.get(f"/{language}/region/{code}").content)
        link = page.xpath(f"//a[starts-with(@href, '/{language}/compare?regions=')]")[0]
        assert link.text == words.text("compare.with_others", language)
        assert code in link.get("href")
        if code == "KZ-62":
            assert client.get(link.get("href")).status_code == 200


def test_a_country_without_an_estimate_is_named(site):
    one = drawn(ask(site, "en", "compare_partners", [("partners", "GRC,RUS"), ("side", "here")]))
    assert one.notes == (words.text("compare.partners.short", "en", countries="Greece"),)
    assert drawn(ask(site, "en", "compare_partners", [("partners", "USA"), ("side", "there")])).frame.height
