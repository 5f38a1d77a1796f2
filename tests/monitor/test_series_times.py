"""Times of a person's series, however written: every command that reads one reads the same."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from qonys import words
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.times.units import FORMS, days_in, number_of, read_in, written, year_at
from qonys.cli import main
from qonys.study.analyses.series_times import counted, with_parts
from qonys.study.analyses.shocks import SERIES

FIRST, LAST = 2016, 2022
MONTHS = [(year, month) for year in range(FIRST, LAST + 1) for month in range(1, 13)]
ENDS = {(year, month): date(year + month // 12, month % 12 + 1, 1) - timedelta(1) for year, month in MONTHS}
OF_MONTHS = {
    "iso": lambda y, m: f"{y}-{m:02d}-01", "last day": lambda y, m: ENDS[y, m].isoformat(), "points": lambda y, m: f"01.{m:02d}.{y}",
    "hyphen": lambda y, m: f"{y}-{m:02d}", "letter": lambda y, m: f"{y}M{m}", "sdmx": lambda y, m: f"{y}-M{m:02d}", "year last": lambda y, m: f"{m:02d}.{y}",
    "slash": lambda y, m: f"{m}/{y}", "moment": lambda y, m: f"{y}-{m:02d}-01T00:00:00",
}  # fmt: skip
OF_QUARTERS = {
    "letter": lambda y, q: f"{y}Q{q}", "sdmx": lambda y, q: f"{y}-Q{q}", "year last": lambda y, q: f"Q{q} {y}", "first day": lambda y, q: f"{y}-{3 * q - 2:02d}-01",
}  # fmt: skip
LONG = [pytest.param(one, marks=pytest.mark.long) if one == "breaks" else one for one in ("watch", "effect", "breaks")]
COMMANDS = {"watch": ("monitor", "watch"), "effect": ("effect", "--at"), "breaks": ("breaks",)}


def values(count):
    return np.random.default_rng(6).poisson(100, count) + np.where(np.arange(count) >= count // 2, 60, 0)


def file_of(folder, rows, head="time,value"):
    path = folder / "series.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def said(capsys, path, command, at, *more):
    words_of = COMMANDS[command]
    line = [words_of[0], str(path), "--at", at] if command == "effect" else [*words_of, str(path)]
    code = main([*line, "--format", "csv", *more])
    out = capsys.readouterr()
    assert "Traceback" not in out.err
    return code, out.out, out.err


@pytest.mark.parametrize("command", LONG)
def test_months_say_the_same_however_they_are_written(capsys, tmp_path, command):
    counts = values(len(MONTHS))
    beside = file_of(tmp_path, [f"{y},{m},{v}" for (y, m), v in zip(MONTHS, counts, strict=True)], "year,month,value")
    expected = said(capsys, beside, command, "2019-07")
    assert expected[0] == 0
    assert "201" in expected[1] or command == "effect"
    for name, form in OF_MONTHS.items():
        path = file_of(tmp_path, [f"{form(y, m)},{v}" for (y, m), v in zip(MONTHS, counts, strict=True)])
        assert said(capsys, path, command, "2019-07")[:2] == expected[:2], name


@pytest.mark.parametrize("command", LONG)
def test_quarters_say_the_same_however_they_are_written(capsys, tmp_path, command):
    times = [(year, quarter) for year in range(2008, 2022) for quarter in (1, 2, 3, 4)]
    counts = values(len(times))
    beside = file_of(tmp_path, [f"{y},{q},{v}" for (y, q), v in zip(times, counts, strict=True)], "year,quarter,value")
    expected = said(capsys, beside, command, "2015-Q1")
    assert expected[0] == 0
    for name, form in OF_QUARTERS.items():
        path = file_of(tmp_path, [f"{form(y, q)},{v}" for (y, q), v in zip(times, counts, strict=True)])
        assert said(capsys, path, command, "2015Q1")[:2] == expected[:2], name


@pytest.mark.parametrize("command", LONG)
def test_weeks_and_the_dates_of_their_days_say_the_same(capsys, tmp_path, command):
    """Over the end of a year of 53 weeks."""
    days = [date(2019, 9, 2) + timedelta(7 * place) for place in range(150)]
    counts = values(len(days))
    found = []
    for form in (lambda d: "{}-W{:02d}".format(*d.isocalendar()[:2]), lambda d: "{}W{}".format(*d.isocalendar()[:2]), date.isoformat):
        path = file_of(tmp_path, [f"{form(d)},{v}" for d, v in zip(days, counts, strict=True)])
        found.append(said(capsys, path, command, "2021-W06")[:2])
    assert found[0][0] == 0
    assert found[0] == found[1] == found[2]
    assert "2020-W53" in said(capsys, path, "effect", "2021-W06", "--table", "path")[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_days_are_days(capsys, tmp_path, command):
    days = [date(2020, 2, 10) + timedelta(place) for place in range(90)]
    path = file_of(tmp_path, [f"{d},{v}" for d, v in zip(days, values(90), strict=True)])
    code, out, _ = said(capsys, path, command, "2020-03-26")
    assert code == 0
    assert "2020-0" in out or command == "effect"


@pytest.mark.parametrize("command", COMMANDS)
def test_years_stay_years(capsys, tmp_path, command):
    found = []
    for form in (str, "{}-01-01".format, "{} г.".format):
        path = file_of(tmp_path, [f"{form(y)},{v}" for y, v in zip(range(1980, 2020), values(40), strict=True)], "year,value")
        found.append(said(capsys, path, command, "2000")[:2])
    assert found[0][0] == 0
    assert found[0] == found[1] == found[2]


FAULTS = [
    ("2020-13", "row 4, column “time”: “2020-13” is no time of the form YYYY-MM"),
    ("2020-Q1", "row 4, column “time”: “2020-Q1” is a time of another kind than “2020-01”"),
    ("soon", "row 4, column “time”: “soon” is no time of the form YYYY-MM"),
    ("2020-02", "2020-02"),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("time", "sentence"), FAULTS)
def test_a_wrong_time_is_one_sentence_with_its_row(capsys, tmp_path, command, time, sentence):
    """The last one: a month counted twice, which is named as a person wrote it."""
    rows = ["2020-01,100", "2020-02,101", f"{time},102", *(f"2020-{m:02d},{90 + m}" for m in range(4, 13))]
    code, out, err = said(capsys, file_of(tmp_path, rows), command, "2020-06")
    assert (code, out) == (1, "")
    assert sentence in err
    assert "24" + "2" not in err, "no number of a month"
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_month_is_named(capsys, tmp_path, command, language):
    rows = [f"{y}-{m:02d},{v}" for (y, m), v in zip(MONTHS, values(len(MONTHS)), strict=True) if (y, m) != (2018, 4)]
    code, _, err = said(capsys, file_of(tmp_path, rows), command, "2019-07", "--lang", language)
    assert command == "effect" or (code == 1 and "2018-05" in err and "2018-03" in err)


def test_breaks_of_months_match_events_by_their_years_and_refuse_tables_of_years(capsys, tmp_path):
    rows = [f"{y}-{m:02d},{v}" for (y, m), v in zip(MONTHS, values(len(MONTHS)), strict=True)]
    events = tmp_path / "events.csv"
    events.write_text("id,start\nlaw,2019\n")
    path = file_of(tmp_path, rows)
    code, out, _ = said(capsys, path, "breaks", "", "--table", "events", "--events", str(events))
    assert (code, "law" in out) == (0, True)
    code, out, err = said(capsys, path, "breaks", "", "--table", "years")
    assert (code, out) == (1, "")
    assert "goes by years" in err
    assert words.text("breaks.season", "en") in said(capsys, path, "breaks", "")[2]


def test_a_slope_is_a_year_whatever_the_unit(capsys, tmp_path):
    by_month = file_of(tmp_path, [f"{y}-{m:02d},{100 + 2 * place + place % 2}" for place, (y, m) in enumerate(MONTHS)])
    code, out, _ = said(capsys, by_month, "breaks", "", "--table", "segments", "--trend", "--most", "0")
    assert code == 0
    assert pl.read_csv(out.encode())["slope"][0] == pytest.approx(24, rel=0.01)


def test_every_day_of_many_years_is_written_and_read_back():
    for place in range(0, 366 * 30, 13):
        day = date(1995, 1, 1) + timedelta(place)
        for unit in FORMS:
            if unit != "year":
                number = read_in(day.isoformat(), unit)
                assert number_of(written(number, unit)) == (unit, number)
                assert read_in(written(number, unit), unit) == number
                assert abs(year_at(number, unit) - day.year) <= (unit == "week")
    assert [days_in(number_of(f"2024-{month:02d}")[1], "month") for month in range(1, 13)] == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_groups_keep_their_own_times(tmp_path):
    path = file_of(tmp_path, ["A,2020-01,5", "A,2020-02,6", "B,2020-01,7", "B,2020-02,8"], "region,time,value")
    frame, unit = counted(read_long(path, lambda columns: with_parts(SERIES, columns)))
    assert unit == "month"
    assert frame["time"].to_list() == [2020 * 12, 2020 * 12 + 1] * 2
