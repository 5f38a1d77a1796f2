"""Ages and years in sentences have no fraction, whatever the type of the column that they come from."""

import re

import pytest

import qonys
from qonys.errors import BadInput

FRACTION = re.compile(r"\d\.0(?!\d)")
COUNTS = "\n".join(
    [
        "region,time,age_start,population",
        *(f"{r},{t},{age},{1000 - 10 * age}" for r in "AB" for t in (2000, 2005) for age in range(0, 40, 5)),
    ]
)
RATES = "\n".join(["age_start,value", *(f"{age},0.01" for age in (0, 1, 10, 20))])


def test_ages_of_rates(command, tmp_path):
    (tmp_path / "counts.csv").write_text(COUNTS)
    (tmp_path / "rates.csv").write_text(RATES)
    code, _, err = command(tmp_path, "flows", "residual", "counts.csv", "--rates", "rates.csv", "--lang", "en")
    assert code == 1
    assert "Death rates have the ages 0, 1, 10, 20; needed are 0, 1, 5, 10, 15, 20 (+3)" in err


@pytest.mark.parametrize(
    "error",
    [
        BadInput("populations.ages.first", table="t", age=5.0),
        BadInput("net_migration.interval", years=5.0, width=5.0, last=85.0),
    ],
)
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_values_of_any_sentence(error, language):
    assert not FRACTION.search(error.sentence(language))


def test_ages_of_frames():
    ages = [0.0, 5.0, 12.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0]
    with pytest.raises(BadInput) as raised:
        qonys.age_schedule({"age_start": ages, "age_end": [age + 4 for age in ages], "value": [0.01] * 10})
    assert not FRACTION.search(str(raised.value))
