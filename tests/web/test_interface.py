"""The interface for programs agrees with the stored results and with its own description."""

import io
import time
from collections import defaultdict

import httpx
import polars as pl
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from starlette.responses import JSONResponse
from starlette.routing import Route

from qonys import words
from qonys.web.api import answering
from qonys.web.api.answering import ENDINGS
from qonys.web.app import build_app

ACCEPTED = load_all_checks() or CHECKS.get_one("positive_data_acceptance")  # of a table with columns of its own 400 is an answer
LONGEST = 10.0  # seconds that any call may take, the policy lab included


def test_lists(client, site):
    index = client.get("/api/v1").json()
    for name in ("tables", "series", "indicators", "claims", "results", "numbers", "charts"):
        answer = client.get(index[name])
        assert answer.status_code == 200
        assert answer.json()["data_release"] == site.results.release
    assert len(client.get("/api/v1/tables").json()["tables"]) == len(site.pack.tables())


def test_a_table_in_every_form_and_part(client, site):
    frame = site.pack.table("census")
    answer = client.get("/api/v1/tables/census?limit=3&offset=2").json()
    assert answer["total"] == frame.height
    assert [row["value"] for row in answer["rows"]] == frame["value"].to_list()[2:5]
    assert answer["sources"][0]["licence"]
    parquet = pl.read_parquet(io.BytesIO(client.get("/api/v1/tables/census?form=parquet").content))
    assert parquet.equals(frame)
    csv = client.get("/api/v1/tables/census?form=csv&where=year=1989|1999&columns=year,value")
    rows = pl.read_csv(io.BytesIO(csv.content))
    assert rows.columns == ["year", "value"]
    assert set(rows["year"]) <= {1989, 1999}


def test_numbers_and_results_are_the_stored_ones(client, site):
    stored = site.results.number("retrospective.1989_1999.residual")
    given_number = client.get("/api/v1/numbers/retrospective.1989_1999.residual").json()
    assert (given_number["value"], given_number["low"]) == (stored.value, stored.low)
    rows = client.get("/api/v1/results/reconciled_national?where=quantity=net_migration;year=1994").json()["rows"]
    table = site.results.table("reconciled_national").frame
    wanted = table.filter((pl.col("quantity") == "net_migration") & (pl.col("year") == 1994))
    assert rows == wanted.to_dicts()


def test_series_indicators_claims(client):
    series = client.get("/api/v1/series/net_migration?source=bns_migration_balance").json()
    assert all(row["source"] == "bns_migration_balance" for row in series["rows"])
    assert client.get("/api/v1/series/net_migration?source=none").status_code == 404
    names = {row["indicator"] for row in client.get("/api/v1/indicators?lang=kk").json()["indicators"]}
    assert "mei" in names
    assert client.get("/api/v1/indicators/mei").json()["total"] > 50
    verdicts = client.get("/api/v1/claims?lang=ru").json()["claims"]
    assert {row["verdict_text"] for row in verdicts} & {"подтверждается", "подтверждено", "подтверждены", "подтверждён"} or verdicts


def test_etag_of_the_interface(client):
    first = client.get("/api/v1/tables/census")
    assert client.get("/api/v1/tables/census", headers={"if-none-match": first.headers["etag"]}).status_code == 304


def known_names(base):
    """Names that there are, by the path of the operation that takes one: chance would hardly find them."""
    lists = {"tables": "tables", "results": "tables", "numbers": "numbers", "indicators": "indicators", "series": "series"}
    found = {}
    for path, key in lists.items():
        rows = httpx.get(f"{base}/api/v1/{path}").json()[key]
        found[f"/api/v1/{path}/{{name}}"] = sorted({row.get("name") or row["indicator"] for row in rows})
    return found


def keeping(base, examples, at_random):
    """Calls drawn from the interface's own description, each checked against it: seconds of each, by operation."""
    drawn = settings(max_examples=examples, deadline=None, derandomize=not at_random, database=None, suppress_health_check=list(HealthCheck))
    took, names = defaultdict(list), known_names(base)

    def called(operation):
        known = st.sampled_from(["", *names.get(operation.path, [])])

        @drawn
        @given(case=operation.as_strategy(), name=known, ending=st.sampled_from(["", *(f".{one}" for one in ENDINGS)]))
        def keeps(case, name, ending):
            if name:
                case.path_parameters["name"] = name + ending
            answer = case.call_and_validate(base_url=base, timeout=LONGEST, excluded_checks=[ACCEPTED] if name else [])
            assert answer.status_code < 500
            took[operation.label].append(answer.elapsed)

        return keeps

    for found in schemathesis.openapi.from_url(f"{base}/api/v1/openapi.json").get_all_operations():
        called(found.ok())()
    return took


def test_it_keeps_to_its_own_description(base):
    took = keeping(base, 16, at_random=False)
    assert len(took) >= 20
    assert sum(map(len, took.values())) >= 200
    assert max(map(max, took.values())) < LONGEST


@pytest.mark.long
def test_it_keeps_to_its_own_description_ten_thousand_times(base):
    took = keeping(base, 1_100, at_random=True)
    assert sum(map(len, took.values())) >= 10_000, {name: len(found) for name, found in took.items()}
    assert max(map(max, took.values())) < LONGEST


def test_a_planted_server_error_rings(site, reading):
    app = build_app(site)
    app.router.routes.insert(0, Route("/api/v1/charts", lambda request: JSONResponse({}, 500)))
    with pytest.raises(BaseException, match=r"500|[Ss]erver error"):
        keeping(f"{reading(app).base_url}", 1, at_random=False)


def test_what_takes_long_is_answered_in_time_and_found_by_who_asks_again(client, site, monkeypatch):
    """A program is not left waiting for the policy lab: it is told to ask again, and what was begun is kept."""
    asked, ask = [], site.simulation.ask
    monkeypatch.setattr(answering, "LIMIT", 0.3)
    monkeypatch.setattr(site.simulation, "ask", lambda *given: asked.append(given) or time.sleep(1.5) or ask(*given))
    begin = time.monotonic()
    late = client.get("/api/v1/policy/outcomes?set=border=1.37")
    assert (late.status_code, late.headers["retry-after"]) == (429, "3")
    assert time.monotonic() - begin < 1.2
    assert late.json()["error"] == words.text("web.request.late", "en")
    while client.get("/api/v1/policy/outcomes?set=border=1.37").status_code == 429:
        assert time.monotonic() - begin < 30
    assert len(asked) == 1


def test_the_description_names_every_refusal(client):
    document = client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        assert path.startswith("/api/v1")
        assert set(methods) == {"get"}
        assert {"200", "304", "400", "404"} <= set(methods["get"]["responses"])


@pytest.mark.parametrize("name", ["national", "internal_od"])
def test_figures_of_the_pack_are_served_as_published(client, site, name):
    total = client.get(f"/api/v1/tables/{name}?limit=20000").json()
    assert total["total"] == site.pack.table(name).height
