"""The report of a study with its own plan: years and horizons that the chapters do not expect lay out as well."""

from dataclasses import replace

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.report.chapters import section_of
from qonys.report.context import Context
from qonys.study.runs.results import Results

KEPT = (1, 7)


@pytest.fixture(scope="module")
def other(study):
    """The study as if its plan had pyramids in one far year and forecasts over two horizons."""
    found = Results(study.release, dict(study.numbers), {}, study.plan, study.about)
    for name, table in study.tables.items():
        frame = table.frame
        if name == "projection_pyramids":
            frame = frame.filter(pl.col("year").is_in([frame["year"].min(), frame["year"].max()]))
        elif name.startswith("skill") and not name.startswith("skill_regions") and "horizon" in frame.columns:
            moved = pl.col("horizon").replace(5, 7)
            frame = frame.with_columns(moved).filter(pl.col("horizon").is_in(KEPT))
        found.add(replace(table, frame=frame))
    return found


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("chapter", ["projection", "skill"])
def test_a_chapter_lays_out(other, language, chapter):
    context = Context(other, open_pack("kazakhstan"), language)
    assert section_of(chapter, context).blocks
