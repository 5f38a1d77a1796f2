"""The interface for programs agrees with the stored results and with its own description."""

import io

import polars as pl
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

SETTINGS = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


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


def test_it_keeps_to_its_own_description(base):
    schema = schemathesis.openapi.from_url(f"{base}/api/v1/openapi.json")
    checked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @SETTINGS
        @given(case=operation.as_strategy())
        def keeps(case):
            case.call_and_validate(base_url=base)

        keeps()
        checked += 1
    assert checked >= 13


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
