"""Objects stored before modules and classes got better names still open."""

from pathlib import Path
from shutil import copytree

import numpy as np
import polars as pl
import pytest

from qonys.cli import main
from qonys.errors import BadInput
from qonys.projection.regional.processes import AR1Process, Deviations
from qonys.study.ensembles.objects import read_object
from qonys.study.ensembles.shards import collect
from qonys.study.runs.results import Number, Results, TableResult, read_results

STORED = Path(__file__).with_name("object-of-earlier-version.npz")
SHARDS = Path(__file__).with_name("shards-of-earlier-version")


def test_a_stored_object_of_an_earlier_version_opens():
    found = read_object(STORED)
    assert isinstance(found["deviations"], Deviations)
    assert found["deviations"].level == AR1Process(0.9, 0.2, 0.1, 1.5, 2.5, 7)
    assert np.array_equal(found["values"], np.arange(3.0))


@pytest.mark.parametrize(
    ("kind", "first", "total"),
    [("regional", 1403187.4737890884, 53647365.03875376), ("national", 4447400.055664559, 53647696.08171865)],
)
def test_shards_of_an_earlier_version_are_put_together(kind, first, total):
    """The folder was written before modules, classes and fields got the names that they have now."""
    found = collect(SHARDS / kind)
    people = found.draws("population", ("region",)) if kind == "regional" else found.population
    assert people.ravel()[0] == pytest.approx(first, rel=1e-12)
    assert people.sum() == pytest.approx(total, rel=1e-12)
    if kind == "regional":
        assert found.moments_frame().height > 0


def test_a_stored_world_that_was_changed_is_refused(tmp_path):
    """Planted fault: one number of the stored world is another."""
    copytree(SHARDS / "national", tmp_path / "shards")
    (path,) = (tmp_path / "shards").glob("world-*.npz")
    with np.load(path) as held:
        arrays = dict(held)
    arrays["a0"] = arrays["a0"] * (1 + 1e-9)
    np.savez(path, **arrays)
    with pytest.raises(BadInput, match="world"):
        collect(tmp_path / "shards")


def test_stored_results_open_under_the_names_of_today(tmp_path):
    """A column and a number that were called otherwise when they were written."""
    frame = pl.DataFrame({"region": ["KZ-75"], "shrinks": [0.25], "told": [0.9]})
    results = Results("2026.1")
    results.add(
        Number("projection.shrinks.2050", 0.25, "share"), TableResult("regional_growth", frame, "share", 5, (), "x")
    )
    results.write(tmp_path)
    found = read_results(tmp_path)
    assert found.table("regional_growth").frame.columns == ["region", "p_decline", "known_share"]
    for name in ("projection.p_decline.2050", "projection.shrinks.2050"):
        assert found.number(name).value == 0.25


def test_codes_in_stored_tables_open_under_those_of_today(tmp_path):
    """Values of two columns, and two numbers, that were called otherwise when they were written."""
    needed = pl.DataFrame({"quantity": ["asked", "a_year"], "median": [0.5, 2.0]})
    skill = pl.DataFrame({"model": ["still", "ours"], "horizon": [1, 1]})
    results = Results("2026.1")
    results.add(
        Number("consequences.asked.total", 0.5, "share"), Number("skill.regions.still_one", 0.4, "share"),
        TableResult("consequences_replacement", needed, "persons", 5, (), "x"),
        TableResult("skill_regions", skill, "as_measure", 5, (), "x"),
    )  # fmt: skip
    results.write(tmp_path)
    found = read_results(tmp_path)
    assert found.table("consequences_replacement").frame["quantity"].to_list() == ["p_required", "a_year"]
    assert found.table("skill_regions").frame["model"].to_list() == ["no_deviations", "ours"]
    assert found.number("consequences.p_required.total").value == 0.5
    assert found.number("skill.regions.no_deviations_one").value == found.number("skill.regions.still_one").value


def test_former_options_are_taken_with_a_warning(tmp_path, capsys):
    """The same figures under the former and the present names of the options, and one line on the error stream."""
    rows = [f"{i % 3},{i % 2},{i // 10},8" for i in range(60)]
    (tmp_path / "survey.csv").write_text("answer,weight,school,schools\n" + "\n".join(rows).replace(",0,", ",2,") + "\n")
    table = ["survey", "table", str(tmp_path / "survey.csv"), "--var", "answer", "--weight", "weight", "--cluster", "school"]
    said = {}
    for name, options in {
        "former": ["--in-all", "schools", "--lonely=centre"], "present": ["--fpc", "schools", "--single-psu=centre"],
    }.items():  # fmt: skip
        assert main(["--format", "csv", *table, *options]) == 0
        said[name] = capsys.readouterr()
    assert said["former"].out == said["present"].out
    warned = [line for line in said["former"].err.splitlines() if line not in said["present"].err.splitlines()]
    assert len(warned) == 2
    assert "--in-all" in warned[0]
    assert "--fpc" in warned[0]
    assert main(["--lang", "ru", *table, "--lonely", "nonsense"]) == 1
    assert "--single-psu" in capsys.readouterr().err
