"""Every kind of broken file: one sentence that names the place, exit code 1, nothing written."""

import gzip
import shutil

import pytest

from qonys import words
from qonys.catalog.packing import making
from qonys.catalog.rules.findings import Finding
from qonys.cli import main

INDICATORS = "WPP2024_Demographic_Indicators_Medium.csv"
HEADINGS = '"Country Name","Country Code","Indicator Name","Indicator Code","2022",\n'
REFUGEES = "year,coo_iso,coa_iso,refugees\n"
GEORGIA, TURKEY = 268, 792


def spoilt(before, after, name=INDICATORS):
    """The indicators with a piece of text replaced; the text must be there."""

    def make(forms):
        text = forms.indicators.read_bytes().decode("utf-8-sig")
        assert before in text
        path = forms.folder / name
        path.write_bytes(text.replace(before, after, 1).encode())
        return ["--from-wpp", path]

    return make


def renamed(name, content=None):
    def make(forms):
        path = forms.folder / name
        path.write_bytes(forms.indicators.read_bytes() if content is None else content)
        return ["--from-wpp", path]

    return make


def cut_gzip(forms):
    path = forms.folder / (INDICATORS + ".gz")
    path.write_bytes(gzip.compress(forms.indicators.read_bytes())[:-2000])
    return ["--from-wpp", path]


def beside(option, name, content):
    """The right indicators and one more file."""

    def make(forms):
        return ["--from-wpp", forms.indicators, option, forms.text(name, content)]

    return make


def ages(change):
    def make(forms):
        path = forms.ages([2000], name="WPP2024_PopulationByAge5GroupSex_Medium.csv")
        text = path.read_bytes().decode("utf-8-sig")
        before, after = change
        assert before in text
        path.write_bytes(text.replace(before, after, 1).encode())
        return ["--from-wpp", forms.indicators, path]

    return make


def desa(rows, **more):
    return lambda forms: ["--from-wpp", forms.indicators, "--from-desa", forms.desa(rows, **more)]


def stock(men, women, both):
    return (GEORGIA, TURKEY, "B", {(2024, "both"): both, (2024, "male"): men, (2024, "female"): women})


def two_years(forms):
    """Two age files that disagree about the same figure."""
    first = forms.ages([2000], name="WPP2024_PopulationByAge5GroupSex_Medium.csv")
    second = forms.folder / "WPP2024_PopulationByAge5GroupSex_Medium_2.csv"
    second.write_bytes(first.read_bytes().replace(b",990,", b",991,", 1))
    return ["--from-wpp", forms.indicators, first, second]


BROKEN = {
    "no file": (lambda forms: ["--from-wpp", forms.folder / "absent.csv"], ["absent.csv", "There is no file"]),
    "a folder": (lambda forms: ["--from-wpp", forms.folder], ["is a folder"]),
    "an empty file": (renamed(INDICATORS, b""), [INDICATORS, "is empty"]),
    "an archive": (renamed("WPP2024.zip", b"PK\x03\x04rest"), ["WPP2024.zip", "unpack it"]),
    "cut short": (cut_gzip, [INDICATORS + ".gz", "cut short", "after row "]),
    "a page of the web": (renamed(INDICATORS, b"<!DOCTYPE html>\n<html>\n"), ["none of the World Population Prospects files", "<!DOCTYPE html>"]),
    "another file": (renamed("WPP2024_TotalPopulationBySex.csv", b"ISO3_code,LocTypeName,Location,Variant,Time,PopMale,PopFemale,PopTotal\n"), ["WPP2024_TotalPopulationBySex.csv", "none of the"]),
    "no revision": (renamed("indicators.csv"), ["indicators.csv", "which revision"]),
    "an unknown revision": (renamed("WPP2019_Demographic_Indicators_Medium.csv"), ["2019", "2022, 2024"]),
    "another first projected year": (lambda forms: ["--from-wpp", forms.indicators, "--projected-from", "2030"], ["projected from 2024", "2030"]),
    "two revisions": (lambda forms: [*renamed("WPP2022_Demographic_Indicators_Medium.csv")(forms), forms.indicators], ["different revisions"]),
    "the same file twice": (lambda forms: ["--from-wpp", forms.indicators, forms.indicators], ["given twice"]),
    "no indicators": (lambda forms: ["--from-wpp", forms.ages([2000])], ["no demographic indicators", "WPP2024_Demographic_Indicators_Medium.csv.gz"]),
    "a missing heading": (spoilt(",Births,", ",Geburten,"), [INDICATORS, "row 1", "“Births”"]),
    "several missing headings": (spoilt("Time,TPopulation1Jan,TPopulation1July", "Jahr,A,B"), ["“Time”", "“TPopulation1Jan”", "“TPopulation1July”"]),
    "a heading twice": (spoilt(",Births1519,", ",Births,"), ["“Births” occurs twice"]),
    "a word for a number": (spoilt(",84.379,", ",many,"), [INDICATORS, "row 160", "“Births”", "“many”", "expected a number"]),
    "a number with a comma": (spoilt(",84.379,", ',"84,379",'), ["row 160", "“Births”", "“84,379”"]),
    "no finite number": (spoilt(",84.379,", ",inf,"), ["row 160", "“inf”"]),
    "a negative count": (spoilt(",84.379,", ",-84.379,"), ["row 160", "“Births”", "0 or more"]),
    "an empty cell": (spoilt(",84.379,", ",,"), ["row 160", "“Births”", "cell is empty"]),
    "a year that is none": (spoilt("Georgia,2,Medium,1950,", "Georgia,2,Medium,1950-1955,"), ["row 160", "“Time”", "“1950-1955”"]),
    "an uneven row": (spoilt(",84.379,", ",84.379,,"), ["row 160", "found 68 cells", "67"]),
    "not UTF-8": (lambda forms: renamed(INDICATORS, forms.indicators.read_bytes().replace(b"Georgia", b"G\xe9orgia", 1))(forms), ["row 160", "UTF-8"]),
    "a missing year": (spoilt("Georgia,2,Medium,1987,", "Georgia,2,Momentum,1987,"), ["no row of GEO for 1987"]),
    "the same year twice": (spoilt("Georgia,2,Medium,1951,", "Georgia,2,Medium,1950,"), ["row 161", "but " + INDICATORS + ", row 160", "for the same quantity"]),
    "figures that do not add up": (spoilt(",32.248,", ",42.248,"), ["natural_increase", "1950", "was not written"]),
    "ages twice and different": (two_years, ["Medium_2.csv, row 13", "“PopFemale”", "“991”", "“990”"]),
    "an age missing": (ages((",50,50,5,", ",50,50,4,")), ["2000 (female)", "“AgeGrpStart” 50"]),
    "an open age unmarked": (ages((",100,100,-1,", ",100,100,5,")), ["2000", "“AgeGrpStart” 100", "“AgeGrpSpan” -1"]),
    "an age that is none": (ages((",95,95,5,", ",95,95+,5,")), ["row 22", "“AgeGrpStart”", "“95+”"]),
    "one sex only": (lambda forms: ["--from-wpp", forms.indicators, forms.life(range(2000, 2006), sexes=("Male",))], ["no life tables with “Sex” female"]),
    "another word for a sex": (lambda forms: ["--from-wpp", forms.indicators, forms.life([2000], sexes=("Homme",))], ["row 3", "“Sex”", "“Homme”"]),
    "no workbook": (beside("--from-desa", "stock.xlsx", "a,b\n"), ["stock.xlsx", "not an Excel workbook"]),
    "another sheet": (desa([stock(1, 2, 3)], sheet="Table 2"), ["Table 1", "Table 2"]),
    "a workbook without the heading": (desa([], heading_row=99), ["Location code of destination"]),
    "men and women do not sum": (desa([stock(1, 2, 3), stock(10, 20, 40)]), ["row 13", "year 2024", "men (10)", "women (20)", "both sexes (40)"]),
    "a stock that is no number": (desa([stock("a few", 2, 3)]), ["row 12", "2024, male", "“a few”"]),
    "a code that is no number": (desa([("Georgia", TURKEY, "B", {})]), ["row 12", "Location code of destination", "“Georgia”"]),
    "years twice, not three times": (desa([stock(1, 2, 3)], order=("Both", "Males")), ["three times", "found 2"]),
    "no stock of the country": (desa([(276, TURKEY, "B", {(2024, "both"): 3, (2024, "male"): 1, (2024, "female"): 2})]), ["no stock to or from GEO"]),
    "refugees without headings": (beside("--from-unhcr", "population.csv", "a,b\n1,2\n"), ["population.csv", "no row of headings"]),
    "refugees: sums only": (beside("--from-unhcr", "population.csv", REFUGEES + "2022,-,GEO,5\n"), ["all rows of GEO are totals"]),
    "refugees: other countries": (beside("--from-unhcr", "population.csv", REFUGEES + "2022,TCD,SDN,5\n"), ["no row with GEO"]),
    "refugees: no number": (beside("--from-unhcr", "population.csv", REFUGEES + "2022,RUS,GEO,some\n"), ["row 2", "“refugees”", "“some”"]),
    "refugees: negative": (beside("--from-unhcr", "population.csv", REFUGEES + "2022,RUS,GEO,-5\n"), ["row 2", "0 or more"]),
    "economy without headings": (beside("--from-wdi", "API.csv", "a,b\n1,2\n"), ["API.csv", "Country Code"]),
    "economy: a heading missing": (beside("--from-wdi", "API.csv", HEADINGS.replace("Country Code", "Code")), ["“Country Code”"]),
    "economy: other indicators": (beside("--from-wdi", "API.csv", HEADINGS + '"Georgia","GEO","Forest","AG.LND.FRST.K2","1",\n'), ["none of the indicators", "NY.GDP.MKTP.CD"]),
    "economy: other countries": (beside("--from-wdi", "API.csv", HEADINGS + '"Chad","TCD","GDP","NY.GDP.MKTP.CD","1",\n'), ["no figure of GEO"]),
    "economy: no number": (beside("--from-wdi", "API.csv", HEADINGS + '"Georgia","GEO","GDP","NY.GDP.MKTP.CD","..",\n'), ["row 2", "“2022”", "“..”"]),
    "economy: a quotation mark": (beside("--from-wdi", "API.csv", HEADINGS + '"Georgia","GEO","GDP"x,"NY.GDP.MKTP.CD","1",\n'), ["row 2", "quotation mark"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_refused_in_one_sentence_and_nothing_is_written(fault, new, forms, tmp_path):
    make, parts = BROKEN[fault]
    ended, folder, out, err = new("GEO", *make(forms))
    assert (ended, out) == (1, "")
    assert err.count("\n") == 1
    for part in parts:
        assert part in err, err
    assert not folder.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given"]


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_refusals_in_russian_and_kazakh(language, new, forms):
    english = new("GEO", *spoilt(",84.379,", ",many,")(forms))[3]
    other = new("GEO", *spoilt(",84.379,", ",many,")(forms), language=language)[3]
    assert other != english
    assert "160" in other
    assert "«many»" in other


def test_a_country_that_is_not_in_the_file(new, forms):
    ended, _, _, err = new("FRA", "--from-wpp", forms.indicators)
    assert ended == 1
    assert "has no country with the code FRA" in err


@pytest.mark.parametrize("code", ["Georgia", "QQQ", "G"])
def test_a_code_of_no_country(code, new, forms):
    ended, _, _, err = new(code, "--from-wpp", forms.indicators)
    assert ended == 1
    assert "is not an ISO 3166 country code" in err


def test_an_empty_code_is_no_command(new, forms):
    ended, _, _, err = new("", "--from-wpp", forms.indicators)
    assert ended == 2
    assert "empty text" in err


@pytest.mark.parametrize(
    ("given", "language", "near"),
    [
        ("Kyrgyzstan", "en", "Similar names: KGZ Kyrgyzstan. To list all"),
        ("узбекстан", "ru", "Похожие: UZB Узбекистан. "),
        ("KZG", "kk", "Ұқсастары: KGZ Қырғызстан. "),
        ("QQQ", "en", "such as GE or GEO. To list all codes: qonys pack countries"),
    ],
)
def test_countries_like_the_one_given_are_named_and_how_to_list_all(given, language, near, new, forms):
    err = new(given, "--from-wpp", forms.indicators, language=language)[3]
    assert near in err
    assert "qonys pack countries" in err


def test_codes_are_listed_by_a_part_of_a_name_in_any_language(capsys):
    assert main(["pack", "countries", "грузия", "--lang", "en"]) == 0
    assert capsys.readouterr().out.split()[-3:] == ["GEO", "GE", "Georgia"]
    assert main(["pack", "countries", "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0] == "iso3,iso2,country_name"
    assert "UZB,UZ,Uzbekistan" in rows
    assert main(["pack", "countries", "qqqq"]) == 1
    assert "qqqq" in capsys.readouterr().err


def test_a_partner_that_is_not_in_the_file(new, forms):
    assert "code FRA" in new("GEO", "--from-wpp", forms.indicators, "--partners", "TUR,FR")[3]


def test_a_folder_with_something_in_it_is_left_as_it_is(new, forms, tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine.txt").write_text("mine")
    ended, folder, _, err = new("GEO", "--from-wpp", forms.indicators)
    assert ended == 1
    assert "exists and is not empty" in err
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_taken(new, forms, tmp_path):
    (tmp_path / "made").mkdir()
    assert new("GEO", "--from-wpp", forms.indicators)[0] == 0


def test_a_writing_that_fails_leaves_nothing(new, forms, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device", "tables/national.csv")

    monkeypatch.setattr(making, "write_csv", full)
    ended, _, _, err = new("GEO", "--from-wpp", forms.indicators)
    assert ended == 1
    assert "the disk is full" in err
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_a_pack_that_fails_its_own_checks_is_thrown_away(new, forms, tmp_path, monkeypatch):
    def spoil(tables):
        rows = tables["national"]
        rows[0]["value"] = "many"
        return []

    monkeypatch.setattr(
        making.companions,
        "coverage_rows",
        lambda tables: (
            spoil(tables)
            or [{"id": "x", "figure": "nowhere", "where": "", "from_year": "1950", "to_year": "1951", "step": "1"}]
        ),
    )
    ended, _, _, err = new("GEO", "--from-wpp", forms.indicators)
    assert ended == 1
    assert "nowhere" in err or "many" in err
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_the_fault_is_told_in_the_chosen_language():
    refused = making.PackRefused(
        Finding("catalog.rule.required", {"column": "value", "row": 4}), "tables/national.csv", 1
    )
    assert words.text("catalog.rule.required", "kk", column="value", row=4) in refused.sentence("kk")


def test_no_files_is_a_fault_of_usage(tmp_path, capsys):
    assert main(["pack", "new", "GEO", "--out", str(tmp_path / "x")]) == 2
    assert "--from-wpp" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "x", ignore_errors=True)
