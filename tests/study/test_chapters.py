"""What the chapters of measuring and estimating store: accounts that close, parts that add up, counts as published."""

from __future__ import annotations

import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.study.analyses.forms import figures, labelled, latest, without_figures


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def test_reconciled_accounts_close_and_the_sampler_has_settled(study) -> None:
    assert study.number("accounts.gap").value == 0
    assert study.number("accounts.regions.gap").value == 0
    assert study.number("accounts.rhat").value < 1.1
    assert study.number("accounts.regions.rhat").value < 1.1


def test_the_new_district_of_2014_is_no_migration(study) -> None:
    """Caravan (2014): the district took almost 127 thousand people with it, some of them the city's own."""
    rows = study.table("reconciled_regional_sums").frame.filter(pl.col("quantity") == "reclassified")
    by_region = dict(rows.select("region", "median").rows())
    assert by_region["KZ-75"] == pytest.approx(-by_region["KZ-19"])
    assert 60_000 < by_region["KZ-75"] < 127_000
    assert all(value == 0 for region, value in by_region.items() if region not in ("KZ-75", "KZ-19"))


def test_flows_from_stocks_close_for_the_country(study) -> None:
    frame = study.table("bilateral_balance").frame
    gained = pl.col("arrivals") - pl.col("departures") + pl.col("births") - pl.col("deaths")
    gap = frame.select((pl.col("population_start") + gained - pl.col("population_end")).abs().max()).item()
    assert gap < 1e-3


def test_methods_from_stocks_keep_their_order(study) -> None:
    """Minimum below pseudo-Bayes below independence, summed over partners, both ways."""
    sums = study.table("bilateral_range").frame.group_by("start", "direction").agg(
        pl.col("minimum", "pseudo_bayes", "independence").sum()
    )
    assert (sums["minimum"] <= sums["pseudo_bayes"] + 1e-6).all()
    assert (sums["pseudo_bayes"] <= sums["independence"] + 1e-6).all()


def test_trend_reaction_and_rest_are_the_series(study) -> None:
    frame = study.table("trend_years").frame
    gap = (frame["trend"] + frame["reaction"] + frame["rest"] - frame["observed"]).abs().max()
    assert gap < 1e-3


def test_net_migration_by_age_adds_up_to_the_un_net(study, pack) -> None:
    """The UN's own net migration is another hand: mid-year to mid-year it agrees with the sum over ages and sexes."""
    frame = study.table("net_by_age").frame.filter((pl.col("method") == "average") & pl.col("age_start").is_not_null())
    ours = frame.group_by("start", "end").agg(net=pl.col("value").sum(), gross=pl.col("value").abs().sum())
    rows = pack.table("national").filter((pl.col("indicator") == "net_migration") & (pl.col("source") == "wpp2024"))
    theirs = dict(rows.select("year", "value").rows())
    assert ours.height == 14
    for start, end, net, gross in ours.iter_rows():
        halves = (float(theirs[start]) + float(theirs[end])) / 2
        assert net == pytest.approx(halves + sum(theirs[y] for y in range(start + 1, end)), abs=0.02 * gross + 6000), start
    totals = study.table("net_by_age").frame.filter((pl.col("method") == "average") & pl.col("age_start").is_null())
    assert totals["value"].sum() == pytest.approx(ours["net"].sum())


def test_identity_of_the_aggregate_net_rate(study) -> None:
    frame = study.table("internal_indicators").frame.filter(pl.col("region").is_null())
    wide = frame.with_columns(name=pl.concat_str("indicator", "variant", separator=".")).pivot(
        on="name", index="period", values="value"
    )
    assert (wide["anmr.system"] - wide["cmi.crude"] * wide["mei.system"] / 100).abs().max() < 1e-9


def test_counts_by_form_are_the_published_figures(pack) -> None:
    found, _ = figures(pack)
    rows = pack.table("refugees").filter(
        (pl.col("direction") == "hosted_in_kz") & (pl.col("population_type") == "refugee") & (pl.col("origin") != "OOO")
    )
    for year, value in rows.group_by("year").agg(pl.col("value").sum()).rows():
        here = found.filter((pl.col("id") == "refugees_in") & (pl.col("year") == year))
        assert here["value"].to_list() == [value]
    newest = latest(found).rows_by_key("id", named=True, unique=True)
    assert newest["repatriates"]["low"] < newest["repatriates"]["high"]  # eleven months exceed the year that one page gives


def test_labels_of_counts_and_what_nobody_counts(pack) -> None:
    labels = labelled(pack)
    forms = dict(labels.select("id", pl.col("form").cast(pl.String)).rows())
    assert forms["repatriates"] == "repatriation"
    assert forms["workers_permits"] == "labour"
    assert forms["immigrants"] == "unknown"
    missing = without_figures(labels)
    assert "irregular" in missing
    assert "refugee" not in missing
    for form in missing:
        assert all(words.text(f"typology.form.{form}", language) for language in words.LANGUAGES)


def test_each_count_of_the_pack_is_described_in_three_languages(pack) -> None:
    for row in pack.forms().iter_rows(named=True):
        assert all(row[f"name_{language}"] for language in words.LANGUAGES)
        assert row["count"] in ("flow", "stock")
