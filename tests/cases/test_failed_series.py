"""Series that cannot be analysed: how many years or ages they need, what helps, and codes of events that are no totals."""

import pytest

from qonys import words

YEARS = range(1980, 2010)


@pytest.fixture
def said(command, tmp_path):
    """Exit code and what is said of files by name."""

    def call(files, *arguments):
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        code, _, err = command(tmp_path, *arguments)
        return code, err

    return call


def series(**lengths):
    """Years and values of regions, each of a length."""
    rows = (f"{name},{year},{(year * 7919) % 97}\n" for name, n in lengths.items() for year in YEARS[:n])
    return "region,year,value\n" + "".join(rows)


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(("options", "need"), [((), 14), (("--trend",), 20), (("--table", "years"), 12)])
def test_a_short_series_says_how_many_years_are_needed(said, options, need, language):
    code, err = said({"own.csv": series(A=30, B=6)}, "breaks", "own.csv", *options, "--lang", language)
    [line] = [line for line in err.splitlines() if line.startswith("B: ")]
    assert (code, str(need) in line, "–" in line) == (0, True, False), err


def test_codes_of_events_are_no_totals(said):
    events = "id,start,end,kind,direction\ntotal_change,1990,,event,both\nlaw,2000,,event,in\n"
    files = {"own.csv": series(A=30).replace("region,", "series,"), "events.csv": events}
    code, err = said(files, "breaks", "own.csv", "--table", "events", "--events", "events.csv")
    assert (code, "exclude" in err) == (0, False), err


FLAT = {"single": [f"{age},0.05" for age in range(85)], "groups": [f"{age}-{age + 4},0.05" for age in range(0, 85, 5)]}
SLOPE = [f"{age}-{age + 9},{0.05 - age / 10000}" for age in range(0, 85, 10)]


@pytest.mark.parametrize("rows", FLAT.values(), ids=FLAT)
def test_finer_ages_are_not_advised_where_they_cannot_help(said, rows):
    code, err = said({"ages.csv": "age,value\n" + "\n".join(rows) + "\n"}, "schedule", "fit", "ages.csv")
    assert (code, "Finer ages would not help" in err, "--sizes 7" in err) == (1, True, True), err
    assert said({}, "schedule", "fit", "ages.csv", "--sizes", "7")[0] == 0


def test_finer_ages_are_advised_where_they_may_help(said):
    code, err = said({"ages.csv": "age,value\n" + "\n".join(SLOPE) + "\n"}, "schedule", "fit", "ages.csv")
    assert (code, "Give finer ages" in err, "--sizes 7" in err) == (1, True, True), err
