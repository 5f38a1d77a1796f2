"""Made-up registers: drawn to the published margins, the same for a seed, marked wherever they go."""

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from qonys.errors import BadInput
from qonys.registers.axes import TableChoices
from qonys.registers.flows import flows
from qonys.registers.made_up.margins import margins
from qonys.registers.made_up.writing import MadeUp, write_made_up
from qonys.registers.stocks import transitions


@pytest.fixture(scope="module")
def published(pack):
    return margins(pack, 2024)


@pytest.fixture(scope="module")
def drawn(published, tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "made.parquet"
    write_made_up(path, published, MadeUp(400_000, (2020, 2024), returning=0.0, back=0.0))
    return pl.read_parquet(path)


def test_flows_are_those_of_the_published_table(drawn, published):
    """Chi-square by cell with at least five expected moves: mean about 1 over the cells."""
    moves = drawn.filter(pl.col("event") == "arrival")
    here = list(published.regions)
    inside = moves.filter(pl.col("origin").is_in(here) & pl.col("destination").is_in(here))
    wide = inside.group_by("origin", "destination").len()
    found = np.zeros_like(published.moves)
    for origin, goal, count in wide.iter_rows():
        found[here.index(origin), here.index(goal)] = count
    expected = published.moves * found.sum() / published.moves.sum()
    used = expected >= 5
    ratio = ((found[used] - expected[used]) ** 2 / expected[used]).mean()
    assert 0.7 < ratio < 2.2
    assert np.corrcoef(found[used], expected[used])[0, 1] > 0.99


def test_ages_and_sexes_are_those_of_the_published_ones(drawn, published):
    moves = drawn.filter(pl.col("event") == "departure")
    share = (moves["sex"] == "female").mean()
    assert share == pytest.approx(
        (published.ages[0] * published.schedule).sum() / (published.ages * published.schedule).sum(), abs=0.006
    )
    age = moves["day"].dt.year() - moves["birth"].dt.year()
    weights = published.ages.sum(axis=0) * published.schedule
    young = weights[18:30].sum() / weights.sum()
    assert ((age >= 18) & (age < 30)).mean() == pytest.approx(young, abs=0.03)


def test_the_same_seed_gives_the_same_bits(published, tmp_path):
    how = MadeUp(20_000, (2023, 2024), seed=9, errors=True)
    for name in ("a.csv", "b.csv"):
        write_made_up(tmp_path / name, published, how)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    write_made_up(tmp_path / "c.csv", published, MadeUp(20_000, (2023, 2024), seed=10, errors=True))
    assert (tmp_path / "a.csv").read_bytes() != (tmp_path / "c.csv").read_bytes()
    truth = pl.read_csv(tmp_path / "a-truth.csv")
    records = pl.read_csv(tmp_path / "a.csv", infer_schema=False)
    assert set(truth["simulated"]) == set(records["simulated"]) == {"yes"}
    assert records["person"].null_count() > 0


def test_a_made_up_register_says_so_wherever_it_goes(imported, published, here):
    path = here / "made.parquet"
    write_made_up(path, published, MadeUp(20_000, (2023, 2024), errors=True))
    assert pq.read_schema(path).metadata[b"simulated"] == b"yes"
    found = imported(path, until=None)
    assert found.simulated
    assert flows(found, TableChoices()).flows.definition == "simulated_register_moves"
    assert transitions(found).definition == "simulated_register_transitions"
    refused = found.ledger.counts
    assert {"place", "same_place", "before_birth", "same_record", "same_event"} <= set(refused)


def test_choices_that_are_none(published, tmp_path):
    with pytest.raises(BadInput):
        write_made_up(tmp_path / "a.txt", published, MadeUp(10, (2023, 2024)))
    with pytest.raises(BadInput):
        write_made_up(tmp_path / "a.csv", published, MadeUp(10, (2024, 2023)))
