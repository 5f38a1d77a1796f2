"""Each table of each pack taken away in turn: the chapters that name it compute, or are left out with the reason."""

import importlib
import random

import pytest

from qonys.catalog import open_pack
from qonys.catalog.figures import figure_specs
from qonys.catalog.pack import shipped_packs
from qonys.study.chapters.registry import CHAPTERS, absences, in_order
from qonys.study.plan import merged, resolve
from qonys.study.runs.results import Results

FEW = {
    "account": {"draws": 20, "kept": 4}, "indicators": {"draws": 20, "repeats": 4}, "segregation": {"draws": 4},
    "interplay": {"draws": 4}, "gravity": {"draws": 4}, "groups": {"draws": 20},
}  # fmt: skip
# chapters that rest on no fit of a process, so that they are computed in seconds
LIGHT = {
    "retrospective", "groups", "regions", "present", "forms", "bilateral", "potential", "stratification", "settling",
    "claims", "data",
}  # fmt: skip
SLOWER = {"accounts", "ages", "indicators"}
PAIRS = [(name, table) for name in shipped_packs() for table in open_pack(name).tables()]


def without(name, table):
    """The opened pack as if its folder held no file of a table."""
    pack = open_pack(name)
    kept = tuple(one for one in pack.resources if one.table != table)
    poor = type(pack)(pack.name, pack.path, pack.titles, pack.languages, pack.country, kept)
    poor.cached("figures", lambda: {key: one for key, one in figure_specs(pack).items() if one.table != table})
    return poor


def computed(pack, chapters):
    """Results of the chapters that the pack carries, in their order."""
    left_out = absences(pack)
    results = Results("test", plan=merged(resolve(pack), FEW))
    for chapter in in_order(CHAPTERS):
        if chapter.id in chapters and chapter.id not in left_out:
            importlib.import_module(chapter.module).compute(pack, results)
    return results, left_out


def one(name, table, chapters):
    poor = without(name, table)
    specs, before = figure_specs(open_pack(name)), absences(open_pack(name))
    results, left_out = computed(poor, chapters)
    for chapter in set(left_out) - set(before):
        reason = left_out[chapter]
        assert reason.figures or reason.chapters, chapter
        assert {specs[figure].table for figure in reason.figures} <= {table}, (chapter, reason)
    assert results.numbers


@pytest.mark.parametrize(("name", "table"), sorted(random.Random(1).sample(PAIRS, 3)))
def test_a_sample_of_tables_may_be_missing(name, table):
    one(name, table, LIGHT)


@pytest.mark.long
@pytest.mark.parametrize(("name", "table"), PAIRS)
def test_every_table_may_be_missing(name, table):
    one(name, table, LIGHT | SLOWER)
