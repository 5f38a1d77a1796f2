"""Migrant stocks, refugees and development indicators in their published forms; all numbers are made up."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.packing.desa import read_desa
from qonys.catalog.packing.territories import all_codes, of_number
from qonys.catalog.packing.unhcr import read_unhcr

DOWNLOAD = (
    'Year,"Country of origin","Country of origin (ISO)","Country of asylum","Country of asylum (ISO)",'
    '"Refugees under UNHCR\'s mandate",Asylum-seekers,"Returned refugees","IDPs of concern to UNHCR","Returned IDPss",'
    '"Stateless persons","Others of concern","Other people in need of international protection","Host Community"\n'
    '2022,Georgia,GEO,Germany,DEU,120,35,0,0,0,0,0,0,0\n'
    '2023,Georgia,GEO,Germany,DEU,130,5,0,0,0,0,0,-,0\n'
    '2023,"Russian Federation",RUS,Georgia,GEO,15,0,0,0,0,0,0,0,0\n'
    '2023,Georgia,GEO,Georgia,GEO,0,0,0,290000,10,0,0,0,0\n'
    '2023,Stateless,XXA,Georgia,GEO,0,0,0,0,0,500,0,0,0\n'
    '2023,Chad,TCD,Sudan,SDN,7,0,0,0,0,0,0,0,0\n'
)  # fmt: skip
INTERFACE = (
    "year,coo_id,coo_name,coo,coo_iso,coa_id,coa_name,coa,coa_iso,refugees,asylum_seekers,returned_refugees,idps,"
    "returned_idps,stateless,ooc,oip,hst\n"
    '2023,1,Georgia,GEO,GEO,2,Germany,GFR,DEU,"130","5","0",0,0,0,0,"0",0\n'
    "2023,-,-,-,-,1,Georgia,GEO,GEO,900,0,0,0,0,0,0,0,0\n"
)
WDI = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","2025-01-28",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","1960","2022","2023",\n'
    '"Georgia","GEO","GDP (current US$)","NY.GDP.MKTP.CD","","1.5E10","30777833585.12",\n'
    '"Türkiye","TUR","GDP (current US$)","NY.GDP.MKTP.CD","","","1.1E12",\n'
    '"Arab World","ARB","GDP (current US$)","NY.GDP.MKTP.CD","","","3E12",\n'
    '"Georgia","GEO","Forest area","AG.LND.FRST.K2","","1","2",\n'
)
GEORGIA, TURKEY, GERMANY, WORLD, OTHERS, KAZAKHSTAN = 268, 792, 276, 900, 2003, 398


def cells(men, women, year=2024):
    return {(year, "both"): men + women, (year, "male"): men, (year, "female"): women}


STOCKS = [
    ("World", "WORLD", "", {}),
    (GEORGIA, TURKEY, "B R", cells(10, 20) | cells(1, 2, 1990)),
    (GEORGIA, OTHERS, "B", cells(5, 6)),
    (GERMANY, GEORGIA, "C I", cells(3000, 4000)),
    (TURKEY, GERMANY, "B", cells(7, 8)),
    (GERMANY, TURKEY, "B", cells(9, 9)),
    (KAZAKHSTAN, GEORGIA, "B", cells(1, 0)),
    (WORLD, GEORGIA, "", cells(99, 99)),
][1:]


def test_stocks_of_the_country_and_between_partners(new, forms):
    ended, folder, out, err = new("GEO", "--from-wpp", forms.indicators, "--from-desa", forms.desa(STOCKS))
    assert ended == 0, err
    assert "Partner countries: DEU, TUR, KAZ." in out
    pack = open_pack(folder)
    rows = pack.table("migrant_stock").filter(pl.col("year") == 2024)
    found = {row[:4]: row[4] for row in rows.select("direction", "origin", "destination", "sex", "value").rows()}
    assert found["immigrant_stock", "TUR", "GEO", "female"] == 20
    assert found["immigrant_stock", "OOO", "GEO", "male"] == 5
    assert found["emigrant_stock", "GEO", "DEU", "male"] == 3000
    assert len(found) == 8
    flags = ["based_on_birthplace", "based_on_citizenship", "includes_refugees", "imputed"]
    assert rows.filter(pl.col("destination") == "DEU").select(flags).unique().rows() == [(0, 1, 0, 1)]
    assert rows.filter(pl.col("origin") == "TUR").select(flags).unique().rows() == [(1, 0, 1, 0)]
    assert set(pack.table("migrant_stock")["revision"]) == {"2024"}
    between = pack.table("partners_stock").select("origin", "destination", "sex", "value").rows()
    assert sorted(between) == [
        ("DEU", "TUR", "female", 8),
        ("DEU", "TUR", "male", 7),
        ("TUR", "DEU", "female", 9),
        ("TUR", "DEU", "male", 9),
    ]
    assert pack.label("country", "OOO", "kk") == "шыққан жері басқа немесе белгісіз"


def test_the_line_above_the_headings_says_which_sex_is_which(forms):
    usual = read_desa(forms.desa(STOCKS)).rows
    turned = read_desa(forms.desa(STOCKS, order=("Females", "Both sexes combined", "Males"))).rows
    assert sorted(turned, key=str) == sorted(usual, key=str)
    unnamed = read_desa(forms.desa(STOCKS, order=("B", "M", "F"))).rows
    assert sorted(unnamed, key=str) == sorted(usual, key=str)


def test_headings_in_another_row_and_regions_left_aside(forms):
    found = read_desa(forms.desa(STOCKS, heading_row=16))
    assert (found.revision, found.aggregates) == (2024, 1)
    assert {item.year for item in found.rows} == {1990, 2024}


@pytest.mark.parametrize("lines", [0, 14])
def test_refugees_as_downloaded(lines, new, forms):
    file = forms.text("population.csv", "﻿" + '"about the data",,\n' * lines + DOWNLOAD)
    ended, folder, _, err = new("GEO", "--from-wpp", forms.indicators, "--from-unhcr", file)
    assert ended == 0, err
    rows = (
        open_pack(folder)
        .table("refugees")
        .select("year", "direction", "origin", "asylum", "population_type", "value")
        .rows()
    )
    assert sorted(rows) == [
        (2022, "originating", "GEO", "DEU", "asylum", 35),
        (2022, "originating", "GEO", "DEU", "refugee", 120),
        (2023, "hosted", "GEO", "GEO", "idp", 290000),
        (2023, "hosted", "GEO", "GEO", "idp return", 10),
        (2023, "hosted", "RUS", "GEO", "refugee", 15),
        (2023, "hosted", "STL", "GEO", "stateless", 500),
        (2023, "originating", "GEO", "DEU", "asylum", 5),
        (2023, "originating", "GEO", "DEU", "refugee", 130),
    ]


def test_refugees_as_the_interface_gives_them(forms):
    found = read_unhcr(forms.text("population.csv", INTERFACE), "GEO")
    assert [(item.type, item.persons) for item in found.rows] == [("refugee", 130), ("asylum", 5)]
    assert found.sums == 1


def test_rows_over_all_countries_are_said_to_be_left_out(new, forms):
    file = forms.text("population.csv", INTERFACE)
    assert (
        "population.csv: totals over countries (“-”), rows omitted: 1"
        in new("GEO", "--from-wpp", forms.indicators, "--from-unhcr", file)[2]
    )


def test_development_indicators(new, forms):
    file = forms.text("API_NY.GDP.MKTP.CD_DS2_en_csv_v2.csv", WDI, "utf-8-sig")
    ended, folder, out, err = new("GEO", "--from-wpp", forms.indicators, "--from-wdi", file, "--partners", "TUR")
    assert ended == 0, err
    pack = open_pack(folder)
    rows = pack.table("economy_national").select("year", "country", "indicator", "source_code", "value", "unit").rows()
    assert rows == [
        (2022, "GEO", "gdp", "NY.GDP.MKTP.CD", 1.5e10, "current_usd"),
        (2023, "GEO", "gdp", "NY.GDP.MKTP.CD", 30777833585.12, "current_usd"),
    ]
    assert set(pack.table("partners_wdi")["country"]) == {"GEO", "TUR"}
    assert "indicators that are not used in packs, omitted: 1" in out
    assert pack.sources().filter(pl.col("id") == "wdi")["year"].to_list() == ["2025"]


BANK = (
    'Country Name,Country Code,Series Name,Series Code,"2021 [YR2021]","2022 [YR2022]"\n'
    "Georgia,GEO,GDP (current US$),NY.GDP.MKTP.CD,..,24984938582\n"
    'Georgia,GEO,"GDP per capita, PPP (constant {prices} international $)",NY.GDP.PCAP.PP.KD,17000.5,..\n'
    '"","","","","",""\n"Data from database: World Development Indicators"\n"Last Updated: 12/22/2023"\n'
)


def test_a_selection_of_the_databank(new, forms):
    file = forms.text("abc_Data.csv", BANK.format(prices=2021), "utf-8-sig")
    ended, folder, _, err = new("GEO", "--from-wpp", forms.indicators, "--from-wdi", file)
    assert ended == 0, err
    pack = open_pack(folder)
    assert pack.table("economy_national").select("year", "indicator", "value").rows() == [
        (2022, "gdp", 24984938582),
        (2021, "gdp_per_capita_ppp", 17000.5),
    ]
    assert pack.sources().filter(pl.col("id") == "wdi")["year"].to_list() == ["2023"]


def test_prices_of_another_year_are_not_taken_for_those_of_the_pack(new, forms):
    file = forms.text("abc_Data.csv", BANK.format(prices=2017))
    ended, folder, out, err = new("GEO", "--from-wpp", forms.indicators, "--from-wdi", file)
    assert ended == 0, err
    assert set(open_pack(folder).table("economy_national")["indicator"]) == {"gdp"}
    assert "NY.GDP.PCAP.PP.KD is in prices of 2017" in out


def test_an_unknown_origin_without_a_code_is_no_sum(new, forms):
    lines = "".join(f'2022,"{named}",{code},Georgia,GEO,{n},0,0,0,0,0,0,0,0\n' for named, code, n in (
        ("Unknown ", "", 5), ("Various", "VAR", 2), ("-", "-", 99)))  # fmt: skip
    found = read_unhcr(forms.text("population.csv", DOWNLOAD + lines), "GEO")
    assert [item.persons for item in found.rows if item.origin == "OOO"] == [7]
    assert found.sums == 1


def test_the_headings_of_the_revision_of_2020(forms):
    older = forms.desa(STOCKS, kind="Type of data of destination")
    assert read_desa(older).rows == read_desa(forms.desa(STOCKS)).rows


def test_a_country_that_a_world_file_lacks_is_said_and_the_pack_is_made(new, forms):
    others = [code for code in all_codes() if code != "GEO"][:60]
    numbers = {code: number for number in range(1, 900) if (code := of_number(number))}
    pairs = [(numbers["DEU"], numbers[code], "B", cells(1, 2)) for code in others if code in numbers and code != "DEU"]
    pairs += [(numbers["FRA"], numbers["DEU"], "B", cells(1, 2))]
    files = {
        "--from-unhcr": forms.text("population.csv", DOWNLOAD.splitlines()[0] + "\n" + "".join(
            f"2022,x,{code},Germany,DEU,5,0,0,0,0,0,0,0,0\n" for code in others)),
        "--from-wdi": forms.text("API.csv", "\n".join([*WDI.splitlines()[:5], *(
            f'"x","{code}","GDP (current US$)","NY.GDP.MKTP.CD","","1","2",' for code in others)])),
        "--from-desa": forms.desa(pairs),
    }  # fmt: skip
    given = [part for pair in files.items() for part in pair]
    ended, folder, out, err = new("GEO", "--from-wpp", forms.indicators, *given)
    assert ended == 0, err
    for path in files.values():
        assert f"{path.name} has no figures of GEO" in out
    assert open_pack(folder).sources()["id"].to_list() == ["wpp2024"]


def test_all_files_together_pass_every_check(new, forms):
    given = [
        *("--from-wpp", forms.indicators, forms.ages(range(2000, 2027), more=["TUR"]), forms.life(range(2000, 2024)), forms.fertility(range(2000, 2024))),
        *("--from-desa", forms.desa(STOCKS), "--from-unhcr", forms.text("population.csv", DOWNLOAD)),
        *("--from-wdi", forms.text("API.csv", WDI)),
    ]  # fmt: skip
    ended, folder, out, err = new("GEO", *given)
    assert (ended, err) == (0, "")
    assert len(open_pack(folder).tables()) == 13
    assert "Tables: 13" in out


def test_figures_are_declared_under_the_ids_the_sciences_ask_for(new, forms):
    from qonys.inputs.figures import available, figure

    files = [forms.indicators, forms.ages([2000]), forms.life(range(2000, 2006)), forms.fertility(range(2000, 2006))]
    pack = open_pack(new("GEO", "--from-wpp", *files, "--from-desa", forms.desa(STOCKS))[1])
    shipped = open_pack("kazakhstan").document("figures.yaml")
    made = pack.document("figures.yaml")
    assert available(pack, made) == ()
    assert set(made) <= set(shipped)
    for name, declared in made.items():
        assert {key: declared[key] for key in ("table", "axes", "unit")} == {
            key: shipped[name][key] for key in ("table", "axes", "unit")
        }
    births = figure(pack, "births", role="model")
    assert (births.unit, len(births.values), births.lineage.sources) == ("persons", 74, ("wpp2024",))
