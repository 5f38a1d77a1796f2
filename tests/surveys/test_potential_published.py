"""Potential, published results and the simulated survey."""

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.surveys.potential import Range, implied_rates, potential, potential_of_groups, published_rates, rate_range
from qonys.surveys.published import graded, searched, wilson
from qonys.surveys.simulated import SimulatedMargins, simulate

MARGINS = SimulatedMargins(
    {"18-29": 0.3, "30-39": 0.25, "40+": 0.45}, {"18-29": 0.25, "30-39": 0.3, "40+": 0.133},
    {"soon": 0.069, "later": 0.14}, {"money": 0.2, "language": 0.13},
)  # fmt: skip


def factor(low, middle, high):
    return Range(low, middle, high, "made up")


def test_a_product_of_ranges_and_what_each_does_to_it():
    table = potential(
        {"people": factor(100, 100, 100), "intend": factor(0.1, 0.2, 0.4), "realise": factor(0.25, 0.5, 0.5)}
    )
    rows = {row["factor"]: row for row in table.iter_rows(named=True)}
    assert (rows[None]["low"], rows[None]["middle"], rows[None]["high"]) == (2.5, 10, 20)
    assert (rows["intend"]["low"], rows["intend"]["high"]) == (5, 20)
    assert [rows[name]["part"] for name in ("people", "intend", "realise")] == pytest.approx([0, 2 / 3, 1 / 3])


def test_groups_add_up_and_a_sure_rate_leaves_the_sampling_interval():
    groups = pl.DataFrame({"group": ["a", "b"], "people": [1000.0, 500.0], "share": [0.2, 0.4], "se": [0.02, 0.03]})
    table = potential_of_groups(groups, factor(0.5, 0.5, 0.5))
    first = table.row(0, named=True)
    assert (first["low"], first["high"]) == (
        pytest.approx(500 * (0.2 - 1.96 * 0.02), abs=2),
        pytest.approx(500 * (0.2 + 1.96 * 0.02), abs=2),
    )
    assert first["part_realise"] == pytest.approx(0)
    assert table["middle"][2] == pytest.approx(table["middle"][0] + table["middle"][1], rel=0.01)
    wide = potential_of_groups(groups, factor(0.1, 0.3, 0.5))
    assert wide["part_realise"].min() > 0.9


def test_every_published_rate_has_its_reference_and_its_words():
    rates = published_rates()
    assert {rate.id for rate in rates} == {"nl2", "nl5", "transylvania3"}
    for rate in rates:
        assert rate.reference
        assert rate.address
        assert str(round(100 * rate.rate)) in rate.words
    found = rate_range(rates)
    assert (found.low, found.middle, found.high) == (0.17, 0.24, 0.34)


def test_no_source_no_number():
    with pytest.raises(BadInput) as caught:
        Range(0, 0.5, 1, " ")
    assert caught.value.key == "surveys.potential.no_source"
    for work in (
        lambda: Range(0.5, 0.4, 1, "x"),
        lambda: rate_range(()),
        lambda: potential({"people": factor(1, 1, 1)}),
    ):
        with pytest.raises(BadInput):
            work()


def test_rates_that_the_register_implies():
    asked = pl.DataFrame({"survey": ["s"], "year": [2012], "people": [1000.0], "share": [0.1]})
    left = pl.DataFrame({"year": [2013, 2020], "low": [5.0, 9.0], "high": [6.0, 9.0]})
    assert implied_rates(asked, left).rows() == [("s", 2012, 100.0, 2013, 5.0, 6.0, 0.05, 0.06)]


@pytest.fixture(scope="module")
def results():
    return graded(open_pack("kazakhstan").table("survey_results"))


def test_grades_of_the_pack(results):
    grade = {row["survey"]: row["grade"] for row in results.iter_rows(named=True)}
    assert grade['Online poll of the community "Russians in Kazakhstan"'] == "unusable"
    assert results.filter(pl.col("value") == 83.8)["grade"].to_list() == ["unusable"]
    assert results.filter(pl.col("source") == "gallup_2012")["flags"].str.contains("no_number").all()


def test_no_interval_is_made_up(results):
    without = results.filter(pl.col("n").is_null())
    assert without["low"].null_count() == without.height
    with_number = results.filter(pl.col("n").is_not_null())
    assert with_number.height
    assert (with_number["low"] < with_number["share"]).all()
    assert (with_number["share"] < with_number["high"]).all()


def test_wilson_at_the_ends():
    assert wilson(0.0, 50)[0] == 0
    assert wilson(0.5, 1e9) == (pytest.approx(0.5, abs=1e-4), pytest.approx(0.5, abs=1e-4))


def test_the_collection_can_be_searched(results):
    assert set(searched(results, "Gallup permanently", "KAZ")["value"]) == {13.0}
    assert searched(results, group="age_group").height == 2
    labels = open_pack("kazakhstan").labels()
    names = {(axis, code): name for axis, code, name in labels.select("axis", "code", "name_ru").rows()}
    by_label = searched(results, "молодёжь", label=lambda column, code: names.get((column, code), ""))
    assert set(by_label["source"]) == {"youth_centre_2017"}
    with pytest.raises(BadInput) as caught:
        searched(results, "unicorn")
    assert caught.value.key == "surveys.published.nothing"


def test_the_simulated_survey_keeps_to_its_margins_and_says_what_it_is():
    frame = simulate(MARGINS, 900, seed=2)
    assert frame.equals(simulate(MARGINS, 900, seed=2))
    assert set(frame["simulated"]) == {"simulated"}
    assert frame["id"].str.starts_with("made-up").all()
    for _, wave in frame.group_by("wave"):
        weight = wave["weight"].to_numpy()
        for age, share in MARGINS.ages.items():
            inside = (wave["age_group"] == age).to_numpy()
            assert weight[inside].sum() / weight.sum() == pytest.approx(share, abs=1e-5)
            wish = inside & (wave["intention"] != "does_not_intend").to_numpy()
            assert weight[wish].sum() / weight[inside].sum() == pytest.approx(MARGINS.considers[age], abs=1e-5)
    named = frame.drop_nulls("reason")["reason"].value_counts(normalize=True)
    assert dict(named.rows())["money"] == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / 350))


def test_margins_that_do_not_fit():
    for work in (
        lambda: SimulatedMargins({"a": 0.4}, {"a": 0.2}, {"x": 0.1}, {}),
        lambda: SimulatedMargins({"a": 1.0}, {"a": 1.2}, {"x": 0.1}, {}),
        lambda: simulate(MARGINS, 5),
    ):
        with pytest.raises(BadInput):
            work()
