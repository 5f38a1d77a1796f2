"""Files in the published headings. Demographic indicators: fixtures/README.md. All other numbers here are made up."""

import csv
import gzip
import io
import itertools
import math
from pathlib import Path

import pytest

from qonys.cli import main

INDICATORS = Path(__file__).parent / "fixtures" / "WPP2024_Demographic_Indicators_Medium.csv"
PLACE = [
    "SortOrder", "LocID", "Notes", "ISO3_code", "ISO2_code", "SDMX_code", "LocTypeID", "LocTypeName", "ParentID",
    "Location", "VarID", "Variant", "Time",
]  # fmt: skip
AGE = ["MidPeriod", "AgeGrp", "AgeGrpStart", "AgeGrpSpan"]
FIVES = [*((start, 5) for start in range(0, 100, 5)), (100, -1)]
SINGLES = [*((start, 1) for start in range(100)), (100, -1)]
LIFE = [(0, 1), (1, 4), *FIVES[1:]]
SPELT = {"LocTypeName": "Country/Area", "VarID": "2", "Variant": "Medium", "LocTypeID": "4"}


class Forms:
    """Writes files as the sources publish them, into a folder."""

    indicators, singles, life_groups = INDICATORS, SINGLES, LIFE

    def __init__(self, folder):
        self.folder = folder

    def wpp(self, name, headings, rows):
        """A file of World Population Prospects, with byte order mark; packed where the name ends in .gz."""
        path = self.folder / name
        file = io.StringIO(newline="")
        writer = csv.DictWriter(file, [*PLACE, *headings], restval="")
        writer.writeheader()
        writer.writerow(
            {"LocID": "5507", "Location": "ADB region: Central and West Asia", "Variant": "Medium", "Time": "1950"}
        )
        writer.writerows({**SPELT, **row} for row in rows)
        content = file.getvalue().encode("utf-8-sig")
        path.write_bytes(gzip.compress(content, 1) if name.endswith(".gz") else content)
        return path

    def ages(self, years, country="GEO", groups=FIVES, january=False, name=None, more=()):
        """Population by age: `1000 - age + year - 1950` thousand men, ten fewer women; made up."""
        name = name or (
            "WPP2024_Population1JanuaryBySingleAgeSex_Medium.csv"
            if january
            else "WPP2024_PopulationByAge5GroupSex_Medium.csv.gz"
        )
        rows = [
            {"ISO3_code": place, "Time": year, "MidPeriod": year if january else year + 0.5, "AgeGrp": start,
             "AgeGrpStart": start, "AgeGrpSpan": span, "PopMale": f"{1000 - start + year - 1950}.001",
             "PopFemale": 990 - start + year - 1950, "PopTotal": 0}
            for place in (country, *more) for year in years for start, span in groups
        ]  # fmt: skip
        return self.wpp(name, [*AGE, "PopMale", "PopFemale", "PopTotal"], rows)

    def life(
        self,
        years,
        groups=LIFE,
        sexes=("Male", "Female", "Total"),
        name="WPP2024_Life_Table_Abridged_Medium_1950-2023.csv.gz",
    ):
        """Life tables with deaths rising by age as Gompertz's law has it; made up."""
        rows = [
            {"ISO3_code": "GEO", "Time": year, "MidPeriod": year + 0.5, "SexID": 1, "Sex": sex, "AgeGrp": start,
             "AgeGrpStart": start, "AgeGrpSpan": span, **{key: f"{value:.9g}" for key, value in life_row(start, span, year).items()}}
            for year in years for sex in sexes for start, span in groups
        ]  # fmt: skip
        return self.wpp(name, [*AGE, "SexID", "Sex", "mx", "qx", "px", "lx", "dx", "Lx", "Sx", "Tx", "ex", "ax"], rows)

    def fertility(
        self, years, groups=tuple((start, 5) for start in range(10, 55, 5)), name="WPP2024_Fertility_by_Age5.csv"
    ):
        """Fertility: at each age its first age times the last two digits of the year, per 1,000 women; made up."""
        rows = [
            {"ISO3_code": "GEO", "Time": year, "MidPeriod": year + 0.5, "AgeGrp": start, "AgeGrpStart": start,
             "AgeGrpSpan": span, "ASFR": start * (year % 100) / 10, "PASFR": 1, "Births": 1}
            for year in years for start, span in groups
        ]  # fmt: skip
        return self.wpp(name, [*AGE, "ASFR", "PASFR", "Births"], rows)

    def desa(
        self,
        rows,
        order=("Both sexes combined", "Males", "Females"),
        heading_row=11,
        sheet="Table 1",
        years=(1990, 2024),
        kind="Data type",
    ):
        """The workbook of migrant stocks; rows: (destination, origin, type, {(year, sex): persons}); made up."""
        import openpyxl

        book = openpyxl.Workbook()
        book.active.title = "Contents"
        page = book.create_sheet(sheet)
        page.cell(2, 2, "United Nations")
        page.cell(4, 2, "International Migrant Stock 2024")
        name = "Region, development group, country or area of"
        heads = [
            "Index",
            f"{name} destination",
            "Coverage",
            kind,
            "Location code of destination",
            f"{name} origin",
            "Location code of origin",
        ]
        for block, words in enumerate(order):
            page.cell(heading_row - 1, len(heads) + 1 + block * len(years), words)
        for place, head in enumerate([*heads, *years * len(order)], start=1):
            page.cell(heading_row, place, head)
        sexes = {"B": "both", "M": "male", "F": "female"}
        for number, (destination, origin, letters, cells) in enumerate(rows, start=1):
            body = [number, "x*", "", letters, destination, "y", origin]
            for words in order:
                sex = sexes[words[0].upper()]
                body += [cells.get((year, sex), "..") for year in years]
            for place, value in enumerate(body, start=1):
                page.cell(heading_row + number, place, value)
        path = self.folder / "undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx"
        book.save(path)
        return path

    @staticmethod
    def survivors(age, year):
        """Survivors of 100,000 to an exact age."""
        return survivors(age, year)

    def text(self, name, content, encoding="utf-8"):
        """A text file."""
        path = self.folder / name
        path.write_text(content, encoding=encoding)
        return path


def gompertz(age, year):
    return 0.0005 * math.exp(0.085 * age) * (1 - (year - 1950) / 500)


def survivors(age, year):
    return 100000 * math.exp(-sum(gompertz(a, year) for a in range(age)))


def life_row(start, span, year):
    """One row of a made-up life table: deaths and years lived between exact ages."""
    if span == -1:
        alive = survivors(start, year)
        return {"mx": gompertz(start, year), "lx": alive, "dx": alive, "Lx": alive / gompertz(start, year)}
    ends = [survivors(age, year) for age in range(start, start + span + 1)]
    lived = sum((a + b) / 2 for a, b in itertools.pairwise(ends))
    return {"mx": (ends[0] - ends[-1]) / lived, "lx": ends[0], "dx": ends[0] - ends[-1], "Lx": lived}


@pytest.fixture(scope="session")
def make_forms():
    return Forms


@pytest.fixture
def forms(tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    return Forms(folder)


@pytest.fixture
def new(tmp_path, capsys):
    """Run ``qonys pack new`` into a folder: exit code, folder, output, errors."""

    def call(code, *arguments, language="en"):
        folder = tmp_path / "made"
        ended = main(["pack", "new", code, *map(str, arguments), "--out", str(folder), "--lang", language])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return ended, folder, printed.out, printed.err

    return call
