"""Segregation of tables: counts that are no persons, pairs of groups, quotients, areas; numbers by definition."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.errors import BadInput
from qonys.kernels.structure import segregation as sg
from qonys.study.analyses.segregation import KINDS, Places, segregation_of_file
from qonys.words.notes import listening

COUNTS = np.array([[30.0, 5.0, 1.0], [12.0, 40.0, 0.0], [7.0, 9.0, 25.0], [200.0, 3.0, 2.0]])
AREA = [10.0, 20.0, 5.0, 65.0]


def table(counts):
    cells = [(f"r{i}", f"g{j}", float(n)) for i, row in enumerate(counts) for j, n in enumerate(row)]
    return pl.DataFrame(cells, schema=["region", "group", "value"], orient="row")


def said_of(counts, kind="indices"):
    said = []
    with listening(lambda key, values: said.append((key, values))):
        found = KINDS[kind](Places.of_table(table(counts), 40))
    return found, said


NO_PERSONS = {
    "fractions": [COUNTS / 1000, COUNTS / 7, COUNTS / COUNTS.sum(), 1e-9 * COUNTS, 1e-300 * COUNTS, COUNTS + 0.5],
    "places": [[[45, 55], [20, 80], [33, 67]], [[45, 54], [20, 80], [34, 67]]],
    "groups": [[[45, 20], [30, 60], [25, 20]]],
    "many": [1e100 * COUNTS, 1e16 * COUNTS],
}


@pytest.mark.parametrize(("reason", "counts"), [(k, c) for k, several in NO_PERSONS.items() for c in several])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_persons_has_its_indices_without_chance_and_says_why(reason, counts, kind) -> None:
    found, said = said_of(counts, kind)
    assert [key for key, _ in said] == [f"explanation.no_persons.{reason}"]
    assert all(found[name].is_finite().all() for name in found.columns if name in ("raw", "d", "value", "quotient"))
    if kind == "indices":
        raw = [index(np.array(counts, dtype=float)) for index in (sg.multigroup_dissimilarity, sg.theil, sg.information)]
        assert found["raw"].to_list()[:3] == pytest.approx(raw, rel=1e-9)
        assert found["value"].to_list() == found["raw"].to_list()
        assert found.select("low", "high", "chance").null_count().row(0) == (4, 4, 4)


def test_persons_keep_their_interval() -> None:
    found, said = said_of(COUNTS)
    assert said == []
    assert found.select("low", "high", "chance").null_count().row(0) == (0, 0, 0)


def test_in_python_it_is_a_warning_and_a_note() -> None:
    with pytest.warns(UserWarning, match="no whole persons .the first: 0.03"):
        found = qonys.segregation(table(COUNTS / 1000))
    assert any("no whole persons" in text for text in found.notes)
    assert found.frame["value"].to_list() == found.frame["raw"].to_list()


def test_pairs_by_definition() -> None:
    found = KINDS["pairs"](Places.of_table(table(COUNTS), 0))
    assert found.height == 9
    for group, other, d, exposed in found.iter_rows():
        j, k = int(group[1]), int(other[1])
        a, b = COUNTS[:, j] / COUNTS[:, j].sum(), COUNTS[:, k] / COUNTS[:, k].sum()
        assert d == pytest.approx(sum(abs(x - y) for x, y in zip(a, b, strict=True)) / 2)
        assert exposed == pytest.approx(sum(x * row[k] / row.sum() for x, row in zip(a, COUNTS, strict=True)))
    sums = found.group_by("group").agg(pl.sum("exposure"))
    assert sums["exposure"].to_list() == pytest.approx([1.0, 1.0, 1.0])


def test_quotients_and_binary_information_by_definition() -> None:
    places = Places.of_table(table(COUNTS), 0)
    found = KINDS["quotients"](places)
    for region, group, people, share, quotient in found.iter_rows():
        i, j = int(region[1]), int(group[1])
        assert people == COUNTS[i, j]
        assert share == pytest.approx(COUNTS[i, j] / COUNTS[i].sum())
        assert quotient == pytest.approx(share / (COUNTS[:, j].sum() / COUNTS.sum()))
    for j, h in enumerate(KINDS["groups"](places)["h"]):
        p, t = COUNTS[:, j].sum() / COUNTS.sum(), COUNTS.sum(axis=1)
        entropy = lambda q: -sum(x * np.log(x) for x in (q, 1 - q) if x > 0)  # noqa: E731
        within = sum(n * entropy(x / n) for n, x in zip(t, COUNTS[:, j], strict=True)) / t.sum()
        assert h == pytest.approx(1 - within / entropy(p))


def test_two_groups_have_the_normalised_exposure_that_is_eta2() -> None:
    two = COUNTS[:, :2]
    assert sg.normalised_exposure(two) == pytest.approx(sg.correlation(two, 0))
    assert sg.normalised_exposure(np.eye(3) * 4) == pytest.approx(1.0)
    assert sg.normalised_exposure(np.full((3, 3), 4.0)) == pytest.approx(0.0)


def test_delta_is_the_share_that_moves_for_an_even_density_empty_places_too(tmp_path) -> None:
    counts = np.vstack([COUNTS, np.zeros(3)])
    table(counts).write_csv(tmp_path / "counts.csv")
    lines = [f"r{i},{size}" for i, size in enumerate([*AREA, 100.0])]
    (tmp_path / "areas.csv").write_text("region,area\n" + "\n".join(reversed(lines)) + "\n")
    found = segregation_of_file(tmp_path / "counts.csv", "groups", draws=0, areas=tmp_path / "areas.csv")
    for j, delta in enumerate(found["delta"]):
        dense = [n / COUNTS[:, j].sum() - size / 200 for n, size in zip(COUNTS[:, j], AREA, strict=True)]
        assert delta == pytest.approx((sum(map(abs, dense)) + 0.5) / 2)
        assert delta == pytest.approx(sum(x for x in dense if x > 0))
    said = []
    with listening(lambda key, values: said.append((key, values.get("kind")))):
        segregation_of_file(tmp_path / "counts.csv", "pairs", draws=0, areas=tmp_path / "areas.csv")
    assert ("explanation.areas_idle", "pairs") in said
    even = np.outer(AREA, [2.0, 4.0])
    sizes = {"region": ["r0", "r1", "r2", "r3"], "area": AREA}
    assert qonys.segregation(table(even), areas=sizes, draws=0).table("groups")["delta"].to_list() == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("region", "area", "named"),
    [(["r0", "r1", "r2"], [1, 2, 3], "r3"), (["r0", "r1", "r2", "r3", "r9"], [1, 2, 3, 4, 10], "r9"),
     (["r0", "r1", "r2", "r3"], [1, 0, 3, 4], "r1")],
)  # fmt: skip
def test_areas_of_other_places_are_refused(region, area, named) -> None:
    with pytest.raises(BadInput, match=f"not so: {named}"):
        qonys.segregation(table(COUNTS), areas={"region": region, "area": area}, draws=0)
