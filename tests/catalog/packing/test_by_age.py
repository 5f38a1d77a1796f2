"""Figures by age: groups, mid-years from Januaries, life tables, fertility, five-year means."""

from decimal import Decimal

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.packing.periods import mid_year_mean, status_of_period, whole_periods


def pack_of(new, forms, *files):
    ended, folder, out, err = new("GEO", "--from-wpp", forms.indicators, *files)
    assert ended == 0, err
    return open_pack(folder), out


def test_five_year_ages_as_published(new, forms):
    pack, _ = pack_of(new, forms, forms.ages(range(2022, 2026)))
    table = pack.table("population_age_sex")
    assert table["year"].unique().sort().to_list() == [2022, 2023]
    assert set(table["status"]) == {"estimate"}
    assert pack.table("population_age_sex_projection")["year"].unique().sort().to_list() == [2024, 2025]
    rows = table.filter((pl.col("year") == 2022) & (pl.col("sex") == "male")).sort("age_start")
    assert rows["age_start"].to_list() == list(range(0, 101, 5))
    assert rows["value"].to_list()[1] == 1067001
    assert rows["age_end"].to_list()[-2:] == [99, None]


def test_single_ages_are_summed(new, forms):
    pack, _ = pack_of(
        new,
        forms,
        forms.ages([2000], groups=forms.singles, name="WPP2024_PopulationBySingleAgeSex_Medium_1950-2023.csv"),
    )
    women = pack.table("population_age_sex").filter(pl.col("sex") == "female").sort("age_start")["value"].to_list()
    assert women[3] == sum((1040 - age) * 1000 for age in range(15, 20))
    assert women[-1] == 940000


def test_mid_year_of_two_januaries_and_says_so(new, forms):
    pack, _ = pack_of(new, forms, forms.ages([2000, 2001], groups=forms.singles, january=True))
    rows = pack.table("population_age_sex").filter(pl.col("sex") == "female").sort("age_start")
    assert rows["year"].unique().to_list() == [2000]
    assert rows["value"][-1] == 940500
    assert set(rows["note"]) == {"mean of two 1 January populations"}
    assert "mid_year_of_january" in pack.cautions()["id"].to_list()


def test_a_published_mid_year_goes_before_januaries(new, forms):
    pack, _ = pack_of(new, forms, forms.ages([2000]), forms.ages([2000, 2001], groups=forms.singles, january=True))
    table = pack.table("population_age_sex")
    assert table["note"].drop_nulls().len() == 0
    assert table.height == 42


def test_working_ages_of_partners(new, forms):
    pack, _ = pack_of(new, forms, forms.ages([2000], more=["TUR"]), "--partners", "TUR")
    rows = pack.table("partners_wpp").filter((pl.col("indicator") == "population_15_64") & (pl.col("country") == "TUR"))
    assert rows["value"].to_list() == [
        pytest.approx(sum((1050 - a) * 1000 + 1 + (1040 - a) * 1000 for a in range(15, 65, 5)))
    ]


def test_life_tables_in_five_year_periods(new, forms):
    pack, out = pack_of(new, forms, forms.life(range(2010, 2024)))
    table = pack.table("mortality_age")
    assert table["period"].unique(maintain_order=True).to_list() == ["2010-2015", "2015-2020"]
    assert set(table["sex"]) == {"both", "female", "male"}
    assert "mortality_age: the years 2021–2023 do not form a whole five-year period" in out
    found = table.filter((pl.col("sex") == "male") & (pl.col("year_start") == 2010)).sort("age_start")
    assert found["age_start"].to_list() == [start for start, _ in forms.life_groups]
    rates = [
        (forms.survivors(5, year) - forms.survivors(10, year))
        / sum((forms.survivors(a, year) + forms.survivors(a + 1, year)) / 2 for a in range(5, 10))
        for year in range(2010, 2016)
    ]
    assert found["value"][2] == pytest.approx((rates[0] / 2 + sum(rates[1:5]) + rates[5] / 2) / 5, abs=1e-6)


def test_complete_life_tables_give_the_abridged_ones(tmp_path, new, forms):
    abridged = pack_of(new, forms, forms.life(range(2010, 2016)))[0].table("mortality_age")
    (tmp_path / "made").rename(tmp_path / "abridged")
    complete = forms.life(
        range(2010, 2016), forms.singles, name="WPP2024_Life_Table_Complete_Medium_Both_1950-2023.csv.gz"
    )
    single = pack_of(new, forms, complete)[0].table("mortality_age")
    both = abridged.join(single, on=["period", "sex", "age_start"], suffix="_single")
    assert both.height == abridged.height == single.height == 66
    assert (both["value"] - both["value_single"]).abs().max() < 2e-6


def test_a_period_across_two_files_names_both(new, forms):
    later = forms.life(range(2024, 2027), name="WPP2024_Life_Table_Abridged_Medium_2024-2100.csv.gz")
    pack, _ = pack_of(new, forms, forms.life(range(2020, 2024)), later)
    rows = pack.table("mortality_age")
    assert set(rows["status"]) == {"estimate_projection_mix"}
    assert set(rows["source"]) == {"wpp2024_life_table_abridged_medium_1950_2023"}
    assert set(rows["note"]) == {"also wpp2024_life_table_abridged_medium_2024_2100"}


def test_fertility_by_five_years_of_age(new, forms):
    pack, _ = pack_of(new, forms, forms.fertility(range(2010, 2016)))
    rows = pack.table("fertility_age").sort("age_start")
    assert rows["age_start"].to_list() == list(range(15, 50, 5))
    assert rows["value"].to_list() == [pytest.approx(start * 1.25 / 1000) for start in range(15, 50, 5)]
    total = sum(range(10, 55, 5)) * 1.25 * 5 / 1000
    assert rows["tfr"].to_list() == [pytest.approx(total)] * 7
    assert rows["percent_of_tfr"].sum() == pytest.approx(100 * sum(range(15, 50, 5)) / sum(range(10, 55, 5)), abs=1e-4)


def test_fertility_by_single_ages_keeps_the_total(new, forms):
    ages = forms.fertility(range(2010, 2016), tuple((age, 1) for age in range(15, 50)), "WPP2024_Fertility_by_Age1.csv")
    rows = pack_of(new, forms, ages)[0].table("fertility_age").sort("age_start")
    assert rows["tfr"][0] == pytest.approx(sum(range(15, 50)) * 1.25 / 1000)
    assert (rows["value"] * 5).sum() == pytest.approx(rows["tfr"][0])


def test_the_mean_from_mid_year_to_mid_year():
    assert mid_year_mean({year: Decimal(year * year) for year in range(6)}, 0) == Decimal("8.5")
    assert whole_periods({1950, *range(1953, 1962)}) == (1955,)
    assert [status_of_period(start, 2022) for start in (2015, 2020, 2025)] == [
        "estimate",
        "estimate_projection_mix",
        "projection",
    ]


def test_five_year_means_stand_near_the_united_nations_own():
    """Another hand: the five-year total fertility that the United Nations publish, in the pack of Kazakhstan."""
    pack = open_pack("kazakhstan")
    yearly = dict(
        pack.table("national")
        .filter((pl.col("indicator") == "total_fertility_rate") & (pl.col("source") == "wpp2024"))
        .select("year", "value")
        .rows()
    )
    published = dict(
        pack.table("fertility_age").filter(pl.col("status") == "estimate").select("year_start", "tfr").rows()
    )
    ours = {
        start: float(mid_year_mean({year: Decimal(str(yearly[year])) for year in range(start, start + 6)}, start))
        for start in published
    }
    calendar = {start: sum(yearly[year] for year in range(start, start + 5)) / 5 for start in published}
    assert max(abs(ours[start] / published[start] - 1) for start in published) < 0.02
    assert sum(abs(ours[s] / published[s] - 1) < abs(calendar[s] / published[s] - 1) for s in published) >= 10
