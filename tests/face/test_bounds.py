"""Rates that no population has, and margins that no table meets, are refused in words."""

import pytest

import qonys
from qonys import words
from qonys.errors import BadInput

RATES = {"age_start": list(range(101)), "value": [0.02] * 101}
SEED = {"origin": ["a", "a", "b", "b"], "destination": ["c", "d", "c", "d"], "value": [1, 1, 1, 1]}
OUT = {"origin": ["a", "b"], "value": [30, 70]}


def sentences(caught):
    return [caught.value.sentence(language) for language in words.LANGUAGES]


@pytest.mark.parametrize("function", [qonys.life_table, qonys.life_expectancy])
def test_death_rates_per_1000_are_refused(function):
    per_1000 = {**RATES, "value": [20.0] + [1.0] * 100}
    with pytest.raises(BadInput, match=r"age 0 is 20 .*per 1,000") as caught:
        function(per_1000, sex="female")
    assert all("20" in one for one in sentences(caught))
    deaths = {"age_start": RATES["age_start"], "deaths": [5] * 101, "exposure": [2] * 101}
    with pytest.raises(BadInput, match=r"age 0 is 2\.5"):
        function(deaths, sex="female")
    old = {**RATES, "value": [0.02] * 100 + [2.4]}  # few live so long, and a rate of theirs may be anything
    assert function(old, sex="female").frame.height


def test_survival_and_migration_rates_have_bounds():
    people = [10, 9, 9, 8, 20]
    counts = {"time": [2000] * 5 + [2005] * 5, "age_start": [0, 5, 10, 15, 20] * 2, "population": people * 2}
    ratios = {"age_start": [0, 5, 10, 15, 20], "value": [0.99, 98, 0.9, 0.9, 0.8]}
    with pytest.raises(BadInput, match="age 5 is 98") as caught:
        qonys.net_migration_residual(counts, ratios, kind="survival")
    assert all("98" in one for one in sentences(caught))
    known = qonys.model_schedule("fundamental", gmr=1.0).frame
    per_1000 = {"age_start": range(101), "value": known["rate"] * 1000}
    with pytest.raises(BadInput, match="per 1,000"):
        qonys.age_schedule(per_1000, sizes=[7])
    sexes = {"age_start": [0, 1, 5, 10, 15, 20] * 2, "sex": ["female"] * 6 + ["male"] * 6}
    rates = {**sexes, "value": [20.0, 1, 1, 1, 1, 50] * 2}
    people = {name: column * 2 for name, column in counts.items()} | {"sex": ["female"] * 10 + ["male"] * 10}
    with pytest.raises(BadInput, match="per 1,000"):
        qonys.net_migration_residual(people, rates)


def test_margins_that_disagree_are_refused():
    with pytest.raises(BadInput, match="total of one is 110, of another 100") as caught:
        qonys.rake(SEED, [OUT, {"destination": ["c", "d"], "value": [40, 70]}])
    assert all("110" in one for one in sentences(caught))
    sexes = {"sex": ["f"] * 4 + ["m"] * 4, **{name: column * 2 for name, column in SEED.items()}}
    whole = {"sex": ["f", "f", "m", "m"], "origin": ["a", "b"] * 2, "value": [10, 40, 15, 35]}
    with pytest.raises(BadInput, match=r"for a of origin the sum is 25 in one and 30 in another \(2"):
        qonys.rake(sexes, [OUT, whole])


def test_a_table_whose_margins_are_not_met_is_titled_so():
    margins = [OUT, {"destination": ["c", "d"], "value": [40, 60]}]
    seed = {**SEED, "value": [1, 5, 9, 2]}
    assert qonys.rake(seed, margins).title == "Table adjusted to margins (raking)"
    found = qonys.rake(seed, margins, iterations=1)
    assert not found.model.converged
    assert found.title.startswith("Table not adjusted")
    empty = qonys.rake({**SEED, "value": [0, 0, 1, 1]}, [OUT])
    assert empty.title == found.title
    assert empty.tables["cells"].height == 1
    assert len({found.in_language(language).title for language in words.LANGUAGES}) == 3
