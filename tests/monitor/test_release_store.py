"""A person's own releases: added whole or not at all, as further editions, used, listed, set aside; what is refused."""

import json
from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from tests.monitor.test_monitor import asked

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.store import open_store
from qonys.catalog.user_tables import user_folder, user_tables
from qonys.cli import main
from qonys.errors import BadInput
from qonys.monitor.increments import newest
from qonys.study.analyses.release_files import releases_of_pack
from qonys.study.analyses.release_store import FAR, AboutRelease, add_releases

FIRST = "indicator,year,months,value\nimmigrants,2026,3,5234\nemigrants,2026,3,1311\n"


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def add(capsys, folder, text, *line):
    (folder / "new.csv").write_text(text, encoding="utf-8")
    return asked(capsys, "add", folder / "new.csv", *line)


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def put(pack, folder, text, **about):
    """An addition without the command line; the sentence where it is refused."""
    (folder / "new.csv").write_text(text, encoding="utf-8")
    given = {key: date.fromisoformat(value) if key == "released" else value for key, value in about.items()}
    try:
        return add_releases(pack, folder / "new.csv", AboutRelease(**given))
    except BadInput as error:
        return error.sentence("en")


def listed(capsys):
    code, out, err = asked(capsys, "releases", "--format", "csv")
    assert code == 0, err
    return pl.read_csv(out.encode()).filter(pl.col("owner") == "user")


def latest(capsys, *line):
    code, out, err = asked(capsys, "status", "--format", "csv", *line)
    assert code == 0, err
    return dict(pl.read_csv(out.encode()).select("indicator", "value").rows())


@pytest.mark.parametrize("language", ["en", *(pytest.param(one, marks=pytest.mark.long) for one in ("ru", "kk"))])
def test_a_release_is_added_and_used(capsys, own, language):
    code, out, err = add(capsys, own, FIRST, "--released", "2026-05-14", "--source-title", "Bureau, spring", "--lang", language)
    assert code == 0, err
    made = user_tables(open_pack("kazakhstan"))[-1]
    assert out.strip() == words.text("monitor.added", language, n=2, id=made.id)
    assert latest(capsys) == {"immigrants": 5234, "emigrants": 1311}
    assert latest(capsys, "--as-of", "2026-05-13") == {"immigrants": 7561, "emigrants": 1708}
    assert set(listed(capsys)["source"]) == {"Bureau, spring"}


def test_a_revised_figure_is_a_further_edition_and_both_stay(capsys, own):
    add(capsys, own, FIRST, "--released", "2026-05-14")
    assert add(capsys, own, FIRST.replace("5234", "5301").replace("emigrants,2026,3,1311\n", ""), "--released", "2026-08-12")[0] == 0
    found = listed(capsys).filter(pl.col("indicator") == "immigrants")
    assert found.select("edition", "value").rows() == [(1, 5234.0), (2, 5301.0)]
    assert latest(capsys, "--as-of", "2026-06-01")["immigrants"] == 5234
    assert add(capsys, own, "year,months,value\n2026,6,11000\n", "--indicator", "Иммигранты")[0] == 0
    assert latest(capsys)["immigrants"] == 11000 - 5301


def test_rows_are_in_the_store_of_figures_as_ones_own(capsys, own):
    add(capsys, own, FIRST)
    with open_store(open_pack("kazakhstan")) as store:
        mine = store.table("flow_releases").filter(pl.col("owner") == "user")
    assert mine.select("flow", "value", "status").sort("flow").rows() == [("emigrants", 1311.0, "secondary"), ("immigrants", 5234.0, "secondary")]


def test_the_catalog_leaves_releases_to_the_monitor(capsys, own):
    (own / "new.csv").write_text(FIRST)
    assert main(["catalog", "add", str(own / "new.csv"), "--as", "flow_releases"]) == 1
    assert "qonys monitor add" in capsys.readouterr().err


def test_an_addition_is_set_aside_and_nothing_is_deleted(capsys, own):
    add(capsys, own, FIRST)
    pack = open_pack("kazakhstan")
    name = user_tables(pack)[0].id
    code, out, _ = asked(capsys, "remove")
    assert code == 0
    assert words.text("monitor.set_aside", "en", n=2, id=name, folder=str(user_folder(pack) / "set-aside")) in out
    assert user_tables(pack) == ()
    aside = user_folder(pack) / "set-aside"
    assert sorted(path.suffix for path in aside.iterdir()) == [".json", ".parquet"]
    assert json.loads((aside / f"{name}.json").read_text())["rows"] == 2
    code, out, err = asked(capsys, "remove")
    assert (code, out, err.strip()) == (1, "", words.text("monitor.no_additions", "en"))
    assert add(capsys, own, FIRST)[0] == 0


def test_a_country_without_releases_takes_ones_own(capsys, own):
    (own / "new.csv").write_text("year,months,value\n2024,6,500\n2025,6,520\n2025,12,990\n")
    assert main(["--pack", "georgia", "monitor", "add", str(own / "new.csv"), "--indicator", "arrivals of a city", "--gap", "--new-indicator"]) == 0
    capsys.readouterr()
    assert main(["--pack", "georgia", "monitor", "status", "--format", "csv"]) == 0
    assert "arrivals of a city" in capsys.readouterr().out


REFUSED = [
    ("immigrants,2025,11,20000", {}, "column “months”: the release to 2025-11-30 is older than the last one stored, to 2026-03-31"),
    ("immigrants,2026,6,5100", {}, "column “value”: the figure to 2026-06-30 (5100) is below the one to 2026-03-31 (5234)"),
    ("immigrants,2026,6,5234", {}, "the figure to 2026-06-30 (5234) is the one to 2026-03-31 again"),
    ("arrivals of a city,2026,3,0", {"new": True}, "column “value”: the figure to 2026-03-31 is 0"),
    ("immigrants,2026,14,9000", {}, "column “months”: the month is 14"),
    ("immigrants,0,4,9000", {}, "0 is no year"),
    ("immigrants,2026,3,5234", {}, "is stored already"),
    ("immigrants,2026,3,5300", {"released": "2026-05-01"}, "a revision of 2026-05-01 is not newer"),
    ("immigrants,2900,3,5300", {}, "the time to 2900-03-31 is not over"),
    ("immigrants,2026,6,9000", {"released": "2026-06-02"}, "cannot have been released on 2026-06-02"),
    ("immigrants,2026,6,9000", {"status": "sure"}, "sure"),
    ("imigrants,2026,6,9000", {}, "column “indicator”: “imigrants” is no indicator of the stored releases; known: immigrants, emigrants"),
    ("immigrants,2026,6,9000.5", {}, "column “value”: 9000.5 is no whole number of persons"),
    ("immigrants,2026,6,-9000", {}, "-9000"),
    ("immigrants,2026,6,900000", {}, "column “value”: the figure to 2026-06-30 (900000; 150000 a month) is of quite another size than the one to 2026-03-31 (5234; 1745 a month)"),
    ("immigrants,2026,3,523", {"released": "2026-06-20"}, "of quite another size"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "about", "said"), REFUSED)
def test_what_is_refused_is_one_sentence_and_nothing_is_stored(pack, own, row, about, said):
    put(pack, own, FIRST, released="2026-05-14")
    before = {path.name: path.read_bytes() for path in user_folder(pack).iterdir()}
    found = put(pack, own, f"indicator,year,months,value\n{row}\n", **about)
    assert said in found
    assert about or "row 2" in found
    assert {path.name: path.read_bytes() for path in user_folder(pack).iterdir()} == before


def test_a_refusal_on_the_command_line(capsys, own):
    code, out, err = add(capsys, own, FIRST + "immigrants,2026,6,5001\n")
    assert (code, out) == (1, "")
    assert "new.csv, row 4, column “value”" in err
    assert len(err.strip().splitlines()) == 1
    assert user_tables(open_pack("kazakhstan")) == ()
    assert add(capsys, own, FIRST, "--released", "2026-06-31")[0] == 1


def test_a_file_that_does_not_say_what_it_counts_is_refused(pack, own):
    assert "nothing says what is counted" in put(pack, own, "year,months,value\n2026,3,500\n")
    assert "rows 2 and 4" in put(pack, own, FIRST + "immigrants,2026,3,5301\n")
    assert user_tables(pack) == ()


def test_missing_months_and_years_are_refused_but_for_months_that_stay_unknown(pack, own):
    put(pack, own, FIRST)
    text = "indicator,year,months,value\narrivals,2024,6,500\narrivals,2026,3,500\n"
    assert "row 3" in put(pack, own, text, new=True)
    assert "2025 is missing" in put(pack, own, text, new=True)
    text = text.replace("2024,6", "2025,9")
    assert "--gap" in put(pack, own, text, new=True)
    assert put(pack, own, text, gap=True, new=True).rows == 2


def test_a_new_indicator_and_another_size_are_taken_where_they_are_meant(capsys, own):
    line = "indicator,year,months,value\n"
    assert add(capsys, own, line + "arrivals,2025,12,900\n")[0] == 1
    assert add(capsys, own, line + "arrivals,2025,12,900\n", "--new-indicator")[0] == 0
    assert add(capsys, own, line + "Arrivals ,2026,3,90000\n")[0] == 1, "of another size"
    assert add(capsys, own, line + "Arrivals ,2026,3,90000\n", "--accept-size")[0] == 0
    assert set(listed(capsys)["indicator"]) == {"arrivals"}


def test_sizes_are_compared_within_a_file_too(pack, own):
    text = "indicator,year,months,value\nimmigrants,2026,6,11000\nimmigrants,2026,9,1600000\n"
    assert "row 3, column “value”" in put(pack, own, text)
    assert user_tables(pack) == ()


def test_figures_in_thousands_become_whole_persons(capsys, own):
    text = "indicator,year,months,value\nimmigrants,2026,6,11.5\n"
    code, _, err = add(capsys, own, text)
    assert (code, "--multiplier 1000" in err) == (1, True)
    assert add(capsys, own, text, "--multiplier", "1000")[0] == 0
    assert listed(capsys)["value"].to_list() == [11500]


def test_no_release_of_the_country_is_of_another_size_than_the_one_before():
    for some in releases_of_pack(open_pack("kazakhstan")).values():
        rates = [one.value / one.months for one in newest(some)]
        assert all(1 / FAR < later / former < FAR for former, later in pairwise(rates))


def test_an_interrupted_addition_leaves_nothing(pack, own, monkeypatch):
    def broken(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(pl.DataFrame, "write_parquet", broken)
    with pytest.raises(KeyboardInterrupt):
        put(pack, own, FIRST)
    assert [path.name for path in user_folder(pack).iterdir() if path.name != ".lock"] == []


def test_nothing_is_known_on_an_early_day(capsys):
    code, out, err = asked(capsys, "history", "--as-of", "1999-01-01")
    assert (code, out) == (1, "")
    assert "no release was known" in err
    assert asked(capsys, "status", "--as-of", "soon")[0] == 1
