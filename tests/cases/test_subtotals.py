"""Places that hold other places again: sums of neighbouring rows are asked about, continents beside countries said."""

import warnings

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.catalog.reading.labels.blocks import blocks_of

PLACES = ["North", "A", "B", "C", "South", "D", "E", "F", "G"]
SIZES = {"A": (110, 130), "B": (250, 240), "C": (320, 333), "D": (90, 80), "E": (75, 71), "F": (61, 66), "G": (20, 27)}
SIZES["North"] = tuple(sum(SIZES[part][year] for part in "ABC") for year in (0, 1))
SIZES["South"] = tuple(sum(SIZES[part][year] for part in "DEFG") for year in (0, 1))


def people(places=PLACES, sizes=SIZES):
    return pl.DataFrame({
        "region": [place for _ in (0, 1) for place in places], "group": ["x"] * len(places) + ["y"] * len(places),
        "value": [float(sizes[place][year]) for year in (0, 1) for place in places],
    })  # fmt: skip


def found(frame):
    return [(one.label, one.first, one.last) for one in blocks_of(frame, {"region": "region"}, ("value",))]


def test_sums_of_rows_below_and_above():
    assert found(people()) == [("North", "A", "C"), ("South", "D", "G")]
    above = ["A", "B", "C", "North", "D", "E", "F", "G", "South"]
    assert found(people(above)) == [("North", "A", "C"), ("South", "D", "G")]


def test_one_figure_that_differs_is_no_sum():
    assert found(people(sizes=SIZES | {"North": (680, 704), "South": (246, 245)})) == []


def test_rows_that_do_not_stand_together_are_no_sum():
    assert found(people(["North", "A", "D", "B", "C", "South", "E", "F", "G"])) == []


def test_equal_columns_and_small_numbers_prove_nothing():
    assert found(people(sizes={place: (sizes[0], sizes[0]) for place, sizes in SIZES.items()})) == []
    small = {"North": (3, 4), "A": (1, 2), "B": (1, 1), "C": (1, 1), "South": (9, 9)} | dict.fromkeys("DEFG", (0, 0))
    assert found(people(sizes=small)) == []


def test_random_tables_ring_no_alarm():
    draws = np.random.default_rng(4)
    rung = 0
    for size in (20, 200):
        for _ in range(15):
            sizes = {f"P{place}": tuple(draws.integers(1, 50, 2)) for place in range(size)}
            rung += len(found(people(list(sizes), sizes)))
    assert rung <= 1


def test_a_command_asks_and_obeys(command, tmp_path):
    people().write_csv(tmp_path / "own.csv")
    code, _, err = command(tmp_path, "segregation", "own.csv", "--draws", "0")
    assert code != 0
    assert "--exclude 'region=North' --exclude 'region=South'" in err
    assert "“North” equals the sum of the 3 rows from “A” to “C”" in err
    for word in ("exclude", "keep"):
        given = (f"--{word}", "region=North", f"--{word}", "region=South")
        assert command(tmp_path, "segregation", "own.csv", "--draws", "0", *given)[0] == 0


def test_sums_among_the_origins_of_flows(command, tmp_path):
    parts = {"A": (31, 17), "B": (44, 52), "C": (25, 19)}
    rows = [(place, to, n) for place, sizes in parts.items() for to, n in zip("XY", sizes, strict=True)]
    rows = [("North", "X", 100), ("North", "Y", 88), *rows, ("X", "A", 7), ("Y", "A", 9)]
    pl.DataFrame(rows, schema=["origin", "destination", "value"], orient="row").write_csv(tmp_path / "own.csv")
    _, _, err = command(tmp_path, "flows", "components", "own.csv")
    assert "--exclude 'origin=North'" in err


def test_in_python_it_is_said():
    flows = people().rename({"region": "origin", "group": "destination"})
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        qonys.multiplicative_components(flows)
    assert any("“North” equals the sum of the 3 rows" in str(one.message) for one in heard)


@pytest.mark.parametrize("name", ["Europe", "Central Asia", "СНГ", "Еуропа", "Азия", "Less developed regions", "EU27_2020"])
def test_continents_next_to_countries_are_said(command, tmp_path, name):
    (tmp_path / "own.csv").write_text(f"origin,destination,value\nKZ,DE,5\nDE,KZ,4\nKZ,{name},9\n", encoding="utf-8")
    code, _, err = command(tmp_path, "flows", "components", "own.csv")
    assert code == 0
    assert f"{name} are continents or groups of countries" in err
    _, _, err = command(tmp_path, "flows", "components", "own.csv", "--keep", f"destination={name}")
    assert "continents" not in err


def test_continents_among_themselves_are_places(command, tmp_path):
    (tmp_path / "own.csv").write_text("origin,destination,value\nEurope,Asia,5\nAsia,Europe,4\n", encoding="utf-8")
    assert "continents" not in command(tmp_path, "flows", "components", "own.csv")[2]


def test_options_for_a_label_with_an_apostrophe_can_be_pasted(command, tmp_path):
    names = [f"P{n}" for n in range(5)] + ["All o'them"]
    rows = [f"{name},{group},{size}" for group in "xy" for name, size in zip(names, (11, 22, 33, 44, 55, 165), strict=True)]
    (tmp_path / "own.csv").write_text("\n".join(["region,group,value", *rows]) + "\n", encoding="utf-8")
    code, _, err = command(tmp_path, "segregation", "own.csv")
    assert code == 1
    assert '--exclude "region=All o\'them"' in err
    assert command(tmp_path, "segregation", "own.csv", "--exclude", "region=All o'them", "--draws", "0")[0] == 0
