"""Words for sexes in the files of a residual, rates of both sexes, one region alone, and the radix of years lived."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.errors import BadInput
from qonys.measurement.indicators.ages import _of_one_birth
from qonys.study.analyses.schedules import NetFiles, net_migration_of_files
from qonys.words.notes import listening

AGES = range(0, 40, 5)


def written(path, header: str, rows: list[str]):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def residual(folder, counted: tuple[str, ...], rated: tuple[str, ...]) -> pl.DataFrame:
    people = [f"{t},{s},{a},{100 + n}" for t in (2000, 2005) for n, s in enumerate(counted) for a in AGES]
    rates = [f"{s},{a},{0.01 + n / 100}" for n, s in enumerate(rated) for a in (0, 1, *AGES[1:])]
    counts = written(folder / "counts.csv", "time,sex,age_start,population", people)
    mortality = written(folder / "rates.csv", "sex,age_start,value", rates)
    return net_migration_of_files(counts, NetFiles(mortality), {})


@pytest.mark.parametrize("words", [
    ("женщины", "мужчины"), ("F", "M"), ("Female", "Male"), ("women", "men"), ("жен", "муж"), ("женский", "мужской"),
    ("әйелдер", "ерлер"), ("2", "1"), ("Ж", "М"),
])  # fmt: skip
def test_every_word_for_a_sex_is_one_in_all_files(tmp_path, words) -> None:
    usual = residual(tmp_path, ("female", "male"), ("female", "male"))
    assert residual(tmp_path, words, ("female", "male")).equals(usual)
    assert residual(tmp_path, ("M", "F")[::-1], words).equals(usual)


def test_rows_of_both_sexes_are_left_out_beside_them(tmp_path) -> None:
    usual = residual(tmp_path, ("female", "male"), ("female", "male"))
    heard = []
    with listening(lambda key, values: heard.append(key)):
        found = residual(tmp_path, ("F", "M", "T"), ("F", "M", "T"))
    assert found.equals(usual)
    assert heard


def test_rates_of_both_sexes_lie_between_those_of_each() -> None:
    counts = {"time": [2000] * 8 + [2005] * 8, "age_start": [*AGES] * 2, "population": [100.0] * 16}
    rates = {"age_start": [0, 1, *AGES[1:]], "value": [0.2, *[0.02] * 8]}
    births = {"value": [500]}
    found = {
        sex: qonys.net_migration_residual(
            {**counts, **({"sex": [sex] * 16} if sex else {})}, rates,
            births={**births, **({"sex": [sex]} if sex else {})},
        ).frame.filter(method="forward", age_start=0)["value"][0]
        for sex in ("female", "male", "")
    }  # fmt: skip
    assert found["female"] != found["male"]
    assert found[""] == pytest.approx((found["female"] + found["male"]) / 2)


def test_census_survival_of_one_region_is_refused() -> None:
    people = {"time": [2000] * 16 + [2005] * 16, "sex": (["F"] * 8 + ["M"] * 8) * 2, "age_start": [*AGES] * 4,
              "population": [100.0] * 32}  # fmt: skip
    with pytest.raises(BadInput, match="--rates"):
        qonys.net_migration_census_survival(people)


def test_years_lived_of_many_births_are_those_of_one() -> None:
    widths, one = np.array([5.0, 5.0, 70.0]), np.array([4.9, 4.8, 60.0])
    for radix in (1.0, 1000.0, 100_000.0):
        assert _of_one_birth(one * radix, widths) == pytest.approx(one)
    with pytest.raises(BadInput):
        _of_one_birth(np.array([4900.0, 4800.0, 600_000.0]), widths)
