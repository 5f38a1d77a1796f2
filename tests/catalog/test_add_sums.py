"""Totals that only their numbers show, in what is added to the catalogue: asked about as in other commands."""

import pytest

from qonys.catalog import open_pack
from qonys.catalog.importing.add import prepared
from qonys.catalog.importing.understand import ReadingOptions
from qonys.catalog.reading.choices import FileChoices
from qonys.errors import BadInput

REGIONS = {"KZ-11": (710, 700), "KZ-15": (821, 835), "KZ-19": (1500, 1470), "KZ-23": (600, 611)}


def rows(**more):
    sizes = REGIONS | {name.replace("_", "-"): size for name, size in more.items()}
    lines = (f"{year},{region},{size[year - 2019]}\n" for year in (2019, 2020) for region, size in sizes.items())
    return "year,region,value\n" + "".join(lines)


def ready_of(folder, text, **file):
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    said = {"sex": "both", "area": "total", "unit": "persons"}
    options = ReadingOptions(source_title="T", status="official", constants=said, file=FileChoices(**file))
    return prepared(open_pack("kazakhstan"), path, "population_regional", options)


def test_a_region_that_is_the_sum_of_all_others(tmp_path):
    total = {"KZ_27": tuple(map(sum, zip(*REGIONS.values(), strict=True)))}
    with pytest.raises(BadInput) as refusal:
        ready_of(tmp_path, rows(**total))
    assert "--exclude 'region=KZ-27'" in refusal.value.sentence("en")
    assert ready_of(tmp_path, rows(**total), exclude=("region=KZ-27",)).frame.height == 8
    assert ready_of(tmp_path, rows(**total), keep=("region=KZ-27",)).frame.height == 10


def test_a_region_that_is_the_sum_of_its_neighbours(tmp_path):
    parts = {"KZ_27": tuple(map(sum, zip(*list(REGIONS.values())[1:], strict=True))), "KZ_31": (999, 998)}
    with pytest.raises(BadInput) as refusal:
        ready_of(tmp_path, rows(**parts))
    assert "“KZ-27” equals the sum of the 3 rows from “KZ-15” to “KZ-23”" in refusal.value.sentence("en")


def test_the_country_may_stand_with_its_regions(tmp_path):
    assert ready_of(tmp_path, rows(KZ=tuple(map(sum, zip(*REGIONS.values(), strict=True))))).findings == ()
