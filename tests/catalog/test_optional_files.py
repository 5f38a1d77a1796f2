"""An absent or empty optional file of a pack means that it has none; an unknown column or language hurts nobody."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.comparisons import declared_comparisons
from qonys.catalog.files import COLUMNS, NEEDED
from qonys.catalog.rules import coverage
from qonys.errors import UnknownName
from qonys.study.claims.reading import read_claims

OPTIONAL = sorted(set(COLUMNS) - NEEDED)


@pytest.mark.parametrize("content", [None, "", "\n"])
@pytest.mark.parametrize("name", OPTIONAL)
def test_an_absent_or_empty_file_has_its_columns_and_no_rows(folder, name, content):
    path = folder / f"{name}.csv"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content, encoding="utf-8")
    frame = open_pack(folder).descriptive(name)
    assert frame.height == 0
    assert set(COLUMNS[name]) <= set(frame.columns)


def test_a_pack_without_any_optional_file_is_checked_without_a_traceback(folder):
    for name in OPTIONAL:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    pack = open_pack(folder)
    assert declared_comparisons(pack) == ()
    assert {item.check for item in run_checks(pack)} >= {"types", "region", "references"}


@pytest.mark.parametrize("content", ["", "claims:\n", "claims: []\n", "source: x\n"])
def test_claims_that_are_none(folder, content):
    (folder / "claims.yaml").write_text(content, encoding="utf-8")
    assert read_claims(open_pack(folder)) == ()


def test_events_without_scheme_and_regions_without_codes_of_their_own(testland):
    assert testland.events()["scheme"].null_count() == testland.events().height
    regions = testland.regions()
    assert {"kato", "counted", "centre_lon"} <= set(regions.columns)
    assert regions.schema["centre_lon"] == pl.Float64
    assert testland.not_covered() == frozenset()


def test_names_of_a_language_that_the_pack_lacks(testland):
    assert testland.region_name("TL", "ka") == testland.region_name("TL", "en")
    with pytest.raises(UnknownName):
        testland.label("sex", "female", "ka")


def test_years_of_periods_are_covered_and_gaps_are_found():
    frame = pl.DataFrame({"period": ["2000", "2001", "2003", "2002-Q1"]})
    assert coverage.years_covered(frame, 2000, 2001) == ()
    (found,) = coverage.years_covered(frame, 2000, 2003, name="x")
    assert found.values["gaps"] == "2002"
    assert coverage.years_covered(frame.rename({"period": "when"}), 2000, 2000)[0].values["count"] == 1
