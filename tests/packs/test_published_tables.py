"""Tables of published figures: persons agree with the shares beside them, every republic has a later count."""

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.catalog.conflicts import conflicts

REPUBLICS = {
    "ARM", "AZE", "BLR", "EST", "GEO", "KAZ", "KGZ", "LTU", "LVA", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB",
}  # fmt: skip
ROUNDING = 0.06  # shares are published to a tenth of a percent


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def russians(pack):
    return pack.table("post_soviet_russians")


def shares_that_differ(rows):
    """Countries and years in which Russians, population and share of one source do not agree."""
    names = {"russians persons": "count", "population persons": "total", "russians percent": "share"}
    keyed = rows.with_columns(what=pl.concat_str("indicator", "unit", separator=" ").replace(names))
    wide = keyed.pivot(on="what", index=["year", "country", "source"], values="value").drop_nulls(
        ["count", "total", "share"]
    )
    assert wide.height >= 15
    apart = wide.filter((pl.col("count") / pl.col("total") * 100 - pl.col("share")).abs() > ROUNDING)
    return apart.select("country", "year").rows()


def test_shares_agree_with_persons(russians):
    assert shares_that_differ(russians) == []


def test_fault_a_share_of_another_year_is_seen(russians):
    moved = (pl.col("country") == "LTU") & (pl.col("year") == 1989) & (pl.col("unit") == "percent")
    planted = russians.with_columns(pl.when(moved).then(8.9).otherwise("value").alias("value"))
    assert shares_that_differ(planted) == [("LTU", 1989)]


def without_count(rows, first, last):
    counted = rows.filter((pl.col("indicator") == "russians") & pl.col("year").is_between(first, last))
    return sorted(REPUBLICS - set(counted["country"]))


def test_each_republic_has_a_count_of_1989_and_a_later_one(russians):
    assert without_count(russians, 1989, 1989) == []
    assert without_count(russians, 1999, 2025) == []
    assert without_count(russians.filter(pl.col("country") != "TKM"), 1989, 1989) == ["TKM"]


def test_sources_of_one_count_agree_to_thousands(russians):
    counts = russians.filter(
        (pl.col("indicator") == "russians") & (pl.col("unit") == "persons") & (pl.col("basis") == "census")
    )
    spread = counts.group_by("country", "year").agg(low=pl.col("value").min(), high=pl.col("value").max())
    assert spread.filter(pl.col("high") > pl.col("low")).height >= 5
    assert (spread["high"] - spread["low"] <= 1_000).all()


def test_languages_of_instruction_sum_to_all_pupils(pack):
    taught = pack.table("languages").filter(pl.col("source") == "suleimenova_akanova_2023")
    sums = taught.filter(pl.col("measure") == "instruction_school").group_by("year").agg(pl.col("value").sum())
    assert sorted(sums["year"]) == [1991, 2019]
    assert ((sums["value"] - 100).abs() < 1.1).all()


def test_mixed_marriages_of_the_groups_stand_beside_the_whole(pack):
    rows = pack.table("mixed_marriages")
    assert set(rows.filter(pl.col("ethnic_group") == "all")["year"]) == {2004, 2005, 2020, 2024}
    assert set(rows.filter(pl.col("sex") != "both")["ethnic_group"]) == {"kazakh", "russian", "uzbek"}


def urban_shares_that_differ(rows):
    """Years in which urban and rural population do not make the urban share beside them."""
    wanted = ("urban_population", "rural_population", "urban_population_share")
    found = rows.filter(pl.col("source") == "gapminder_sg").filter(pl.col("indicator").is_in(wanted))
    wide = found.pivot(on="indicator", index="year", values="value").drop_nulls().sort("year")
    assert wide["year"].to_list()[0] == 1960
    assert wide.height == 65
    urban = pl.col("urban_population")
    made = urban / (urban + pl.col("rural_population")) * 100
    return wide.filter((made - pl.col("urban_population_share")).abs() > 0.001)["year"].to_list()


def test_urban_and_rural_population_make_the_urban_share(pack):
    rows = pack.table("economy_national")
    assert urban_shares_that_differ(rows) == []
    moved = (pl.col("indicator") == "urban_population") & (pl.col("year") == 1990)
    planted = rows.with_columns(pl.when(moved).then(pl.col("value") + 9_000).otherwise("value").alias("value"))
    assert urban_shares_that_differ(planted) == [1990]


def ranges_out_of_order(rows, key):
    """Rows of one statement whose lower bound is above the value or the value above the upper bound."""
    wide = rows.pivot(on="bound", index=key, values="value", aggregate_function="first")
    middle = pl.coalesce("value", "low")
    return wide.filter((pl.col("low") > middle) | (middle > pl.col("high")))


def test_bounds_of_forecasts_are_in_order(pack):
    key = ["made", "horizon", "forecaster", "quantity", "unit"]
    rows = pack.table("published_forecasts")
    assert rows.filter(pl.col("bound") == "low").height >= 4
    assert ranges_out_of_order(rows, key).is_empty()
    assert (rows["made"] <= rows["horizon"]).all()
    low = (pl.col("forecaster") == "workforce_centre") & (pl.col("bound") == "low") & (pl.col("horizon") == 2050)
    planted = rows.with_columns(pl.when(low).then(28_500_000.0).otherwise("value").alias("value"))
    assert ranges_out_of_order(planted, key).height == 1


def test_groups_of_one_sphere_are_parts_of_it(pack):
    rows = pack.table("ethnic_representation").filter(pl.col("unit") == "percent")
    sums = rows.group_by("year", "sphere", "source").agg(pl.col("value").sum())
    assert (sums["value"] <= 100).all()
    assert set(rows.filter(pl.col("year") == 1989)["sphere"]) == {
        "health_and_social_care",
        "education",
        "science",
        "management",
    }


def test_the_evacuation_of_the_ussr_is_not_added_to_that_of_the_country(pack):
    rows = pack.table("historical_flows")
    assert set(rows.filter(pl.col("territory") == "ussr")["flow"]) == {"evacuation_of_the_ussr"}
    assert "ussr" not in set(inputs.rows(pack, "published_movements")["territory"])


def regions_that_do_not_sum(rows):
    """Years in which people in failing buildings of the regions do not sum to the country."""
    found = rows.filter(pl.col("indicator") == "people_in_failing_buildings")
    country = found.filter(pl.col("region") == "KZ").select("year", total="value")
    parts = found.filter(pl.col("region") != "KZ").group_by("year").agg(parts=pl.col("value").sum(), n=pl.len())
    both = country.join(parts, on="year").sort("year")
    assert both.height == 14
    return both.filter(pl.col("total") != pl.col("parts"))["year"].to_list()


def test_failing_buildings_of_the_regions_sum_to_the_country_but_for_2010(pack):
    rows = pack.table("sdg_regional")
    assert regions_that_do_not_sum(rows) == [2010]
    moved = (pl.col("indicator") == "people_in_failing_buildings") & (pl.col("year") == 2020) & (pl.col("region") == "KZ-79")
    planted = rows.with_columns(pl.when(moved).then(pl.col("value") + 1).otherwise("value").alias("value"))
    assert regions_that_do_not_sum(planted) == [2010, 2020]


def test_registered_victims_of_homicide_are_fewer_than_the_estimate(pack):
    """Two answers to one question: police records, and a model of causes of death."""
    found = pack.table("sdg_regional").filter((pl.col("indicator") == "homicide_victims") & (pl.col("sex") == "both"))
    registered = dict(found.select("year", "value").rows())
    model = dict(pack.table("economy_national").filter(pl.col("indicator") == "homicide_deaths").select("year", "value").rows())
    assert sorted(registered) == list(range(2015, 2024))
    assert all(1.2 < model[year] / value < 2.5 for year, value in registered.items())


def sums_that_differ(rows):
    """Kinds of quota whose regions do not sum to the total of the country, in years with figures by region."""
    kinds = rows.filter(pl.col("measure").str.starts_with("regional_quota"))
    whole = kinds.filter(pl.col("region") == "KZ").select("year", "measure", total="value")
    parts = kinds.filter(pl.col("region") != "KZ").group_by("year", "measure").agg(parts=pl.col("value").sum())
    joined = parts.join(whole, on=["year", "measure"])
    assert joined.height >= 2
    return sorted(joined.filter(pl.col("parts") != pl.col("total"))["measure"])


def test_regional_quotas_sum_to_the_total_of_another_source(pack):
    rows = pack.table("repatriate_quota")
    assert sums_that_differ(rows) == []
    one = (pl.col("region") == "KZ-59") & (pl.col("measure") == "regional_quota_internal_resettlers")
    planted = rows.with_columns(pl.when(one).then(2280).otherwise("value").alias("value"))
    assert sums_that_differ(planted) == ["regional_quota_internal_resettlers"]


def test_payments_are_their_multiple_of_one_index(pack):
    """70, 15, 30 and 400 indices give the index of the year; it is the same for all payments of the year."""
    times = {"moving_subsidy": 70, "rent_subsidy_low": 15, "rent_subsidy_high": 30, "employer_subsidy": 400}
    rows = pack.table("unit_costs").filter(pl.col("measure").is_in(list(times)))
    index = rows.with_columns(one=pl.col("value") / pl.col("measure").replace_strict(times, return_dtype=pl.Float64))
    assert dict(index.group_by("year").agg(pl.col("one").n_unique()).rows()) == {2025: 1, 2026: 1}
    assert set(index["one"]) == {3932.0, 4325.0}
    planted = index.with_columns(one=pl.when(pl.col("value") == 64_875).then(4352.0).otherwise("one"))
    assert planted.filter(pl.col("year") == 2026)["one"].n_unique() == 2


def more_than_the_country(rows):
    """Years in which the regions have more recorded offences than the country."""
    whole = rows.filter(pl.col("region") == "KZ").select("year", total="value")
    parts = rows.filter(pl.col("region") != "KZ").group_by("year").agg(parts=pl.col("value").sum())
    return sorted(parts.join(whole, on="year").filter(pl.col("parts") > pl.col("total"))["year"])


def test_offences_of_regions_are_within_those_of_the_country(pack):
    """Offences on transport and in the forces are registered apart, so that a little is left."""
    rows = pack.table("recorded_offences")
    assert more_than_the_country(rows) == []
    parts = rows.filter((pl.col("region") != "KZ") & (pl.col("year") == 2022))["value"].sum()
    assert 0.98 < parts / 157_473 < 1
    planted = rows.with_columns(pl.when(pl.col("value") == 34_891).then(39_928).otherwise("value").alias("value"))
    assert more_than_the_country(planted) == [2022]


def releases_that_fall(rows):
    """Regions and years in which a later release of net moves holds less than an earlier one."""
    own = rows.filter(pl.col("measure") == "interregional_net").sort("region", "start", "end")
    falls = pl.col("value").diff().over("region", "start") < 0
    return own.filter(falls).select("region", pl.col("start").dt.year()).rows()


def test_first_releases_grow_but_for_the_one_that_is_said(pack):
    rows = pack.table("internal_reported")
    assert releases_that_fall(rows) == [("KZ-75", 2025)]
    assert "12,110" in pack.cautions().filter(pl.col("table") == "internal_reported")["text_en"][0]
    planted = rows.with_columns(pl.when(pl.col("value") == 15_753).then(1_575).otherwise("value").alias("value"))
    assert ("KZ-71", 2022) in releases_that_fall(planted)


def test_the_exact_count_of_a_span_leads_and_its_rounded_copies_stand_as_conflicts(pack):
    chosen = inputs.chosen(pack, "external_flow_totals").filter(pl.col("flow") == "emigrants")
    told = dict(chosen.select("period", "value").rows())
    assert [told[span] for span in ("2019-M01-M09", "2020-M01-M09", "2022-Q1", "2025-H1")] == [34198, 21069, 5281, 3518]
    pairs = conflicts(pack)
    values = {frozenset(pair) for pair in pairs.select("value_a", "value_b").rows()}
    assert {frozenset((21_079.0, 21_069.0)), frozenset((3_500.0, 3_518.0))} <= values
    assert pairs.filter(pl.col("comparison") == "net_released_margins").height == 4
