"""Death rates and ages of movers as others publish them: sexes across, names that the help has, columns unknown."""

import csv
import io

import pytest

HEAD = "Kazakhstan, Death rates (period 5x5),\tLast modified: 02 May 2023;  Methods Protocol: v6 (2017)\n\n"
AGES = ["0", "1-4", *(f"{start}-{start + 4}" for start in range(5, 110, 5)), "110+"]
HMD = HEAD + "  Year          Age             Female            Male           Total\n" + "".join(
    f"  2000-2004 {age:>9}   {0.002 * 1.16**n:.6f}   {0.003 * 1.17**n:.6f}   {0.0025 * 1.16**n:.6f}\n" for n, age in enumerate(AGES)
)
SHEET = "Возраст;Мужчины;Женщины;Оба пола\n" + "".join(
    f"{age};{0.003 * 1.17**n:.5f};{0.002 * 1.16**n:.5f};{0.0025 * 1.16**n:.5f}\n".replace(".", ",") for n, age in enumerate(AGES)
)
LONG = "возраст,пол,коэффициент\n" + "".join(
    f"{age},{sex},{0.002 * 1.16**n:.6f}\n" for n, age in enumerate(AGES) for sex in ("мужчины", "женщины", "оба пола")
)
ONE = "age,{rate}\n" + "".join(f"{age},{0.002 * 1.16**n:.6f}\n" for n, age in enumerate(AGES))
COUNTS = "age,{deaths},{people}\n" + "".join(f"{age},{20 * 1.16**n:.0f},10000\n" for n, age in enumerate(AGES))
MOVERS = "Возраст;{moves};{people}\n" + "".join(
    f"{start}-{start + 4};{1000 + 5000 * (start == 20) + 3000 * (start == 25) - 10 * start};250000\n" for start in range(0, 80, 5)
)


@pytest.fixture
def read(command, tmp_path):
    """Exit code, rows and what is said of a file."""

    def call(text, *arguments):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        code, out, err = command(tmp_path, *arguments, "--format", "csv")
        return code, list(csv.DictReader(io.StringIO(out))) if code == 0 else [], err

    return call


@pytest.mark.parametrize("text", [HMD, SHEET, LONG])
def test_sexes_across_are_read_and_both_left_out(read, text):
    code, rows, err = read(text, "lifetable", "own.csv")
    assert (code, {row["sex"] for row in rows}) == (0, {"female", "male"}), err
    assert "Total" in err or "ба пола" in err


def test_one_column_of_a_sex(read):
    one = read(HMD, "lifetable", "own.csv", "--map", "Female=value", "--sex", "female")
    assert one[0] == 0, one[2]
    women = [row["ex"] for row in read(HMD, "lifetable", "own.csv")[1] if row["sex"] == "female"]
    assert [row["ex"] for row in one[1]] == women


@pytest.mark.parametrize("name", ["value", "mx", "rate", "nmx"])
def test_rates_by_the_names_of_the_help(read, name):
    code, rows, err = read(ONE.format(rate="q"), "lifetable", "own.csv", "--sex", "male", "--map", f"q={name}")
    assert (code, len(rows)) == (0, len(AGES)), err


@pytest.mark.parametrize("name", ["population", "exposure", "население"])
def test_people_by_the_names_of_the_help(read, name):
    maps = ("--map", "d=deaths", "--map", f"p={name}")
    code, rows, err = read(COUNTS.format(deaths="d", people="p"), "lifetable", "own.csv", "--sex", "male", *maps)
    assert (code, "ex_error" in (rows or [{}])[0]) == (0, True), err


def test_a_name_that_is_none_is_refused(read):
    assert "not known" in read(ONE.format(rate="q"), "lifetable", "own.csv", "--sex", "male", "--map", "q=nosuch")[2]
    twice = ("--map", "q=mx", "--map", "age=value")
    assert read(ONE.format(rate="q"), "lifetable", "own.csv", "--sex", "male", *twice)[0] == 1


def test_columns_unknown_are_named_with_a_likely_one(read):
    code, _, err = read(ONE.format(rate="hazard"), "lifetable", "own.csv", "--sex", "male")
    assert (code, "age, hazard" in err, '--map "hazard=value"' in err) == (1, True, True), err
    code, _, err = read(COUNTS.format(deaths="deaths", people="py"), "lifetable", "own.csv", "--sex", "male")
    assert (code, '--map "py=exposure"' in err) == (1, True), err


@pytest.mark.parametrize("names", [("Выбыло", "Население"), ("Прибыло", "Численность населения"), ("departures", "population")])
def test_movers_and_people_of_ages(read, names):
    code, rows, err = read(MOVERS.format(moves=names[0], people=names[1]), "schedule", "fit", "own.csv", "--table", "curves", "--sizes", "7")
    plain = read(MOVERS.format(moves="value", people="exposure"), "schedule", "fit", "own.csv", "--table", "curves", "--sizes", "7")
    assert (code, rows) == (0, plain[1]), err


def test_rates_beside_people_stay_rates(read):
    rates = "age,{rate},Население\n" + "".join(
        f"{age},{0.01 + 0.05 * (age == 20) + 0.03 * (age == 25) - age * 1e-4:.4f},250000\n" for age in range(0, 80, 5)
    )
    curves = ("schedule", "fit", "own.csv", "--table", "curves", "--sizes", "7")
    plain, said = read(rates.format(rate="value"), *curves), read(rates.format(rate="q"), *curves, "--map", "q=value")
    assert plain[1] == said[1] != [], plain[2]


def test_a_factor_that_is_not_there_is_not_guessed_by_its_type(read):
    flows = "origin,destination,value,distance,pop\n" + "".join(
        f"{a},{b},{10 + n},{100 + 7 * n},{1000 + n}\n" for n, (a, b) in enumerate((a, b) for a in "ABCD" for b in "ABCD" if a != b)
    )
    code, _, err = read(flows, "factors", "own.csv", "--log", "pop,nosuch")
    assert (code, "nosuch" in err, "=nosuch" in err) == (1, True, False), err
    assert '--map "distance=distanse"' in read(flows, "factors", "own.csv", "--log", "pop,distanse")[2]
