r"""Tables as Eurostat writes them (``freq,sex,geo\TIME_PERIOD``, flags behind numbers), in the commands that read files."""

import csv
import io

import openpyxl
import pytest

from qonys.catalog.reading.formats.opening import read_file
from qonys.errors import BadInput

MOVES = (
    "freq,orig,geo\\TIME_PERIOD\t2019 \t2020 \n"
    "A,DE,FR\t123 p\t12 b\nA,FR,DE\t: \t7 bp\nA,DE,PL\t: u\t5 e\nA,PL,DE\t1\t2 \n"
)
MAPS = ("--map", "geo=destination")


def rows_of(command, folder, text, *arguments, name="moves.tsv"):
    (folder / name).write_text(text, encoding="utf-8")
    code, out, err = command(folder, *arguments)
    return (list(csv.DictReader(io.StringIO(out))) if code == 0 else None), err


@pytest.mark.parametrize(
    "text",
    [
        MOVES,
        MOVES.replace("TIME_PERIOD", "time"),
        MOVES.replace("freq,orig,geo\\TIME_PERIOD", '"freq,orig,geo\\TIME_PERIOD"')
        .replace("A,DE,FR", '"A,DE,FR"').replace("A,FR,DE", '"A,FR,DE"')
        .replace("A,DE,PL", '"A,DE,PL"').replace("A,PL,DE", '"A,PL,DE"').replace("\t", ","),
    ],
)  # fmt: skip
def test_moves_of_two_years(command, tmp_path, text):
    found, err = rows_of(command, tmp_path, text, "indicators", "moves.tsv", "--draws", "0", "--format", "csv", *MAPS)
    moves = {row["period"]: float(row["value"]) for row in found if row["indicator"] == "moves"}
    assert moves == {"2019": 124, "2020": 26}
    assert "OBS_FLAG=p in 2 of 6 rows: provisional" in err
    assert "OBS_FLAG=b in 2 of 6 rows: a break in the series" in err
    assert "OBS_FLAG=e in 1 of 6 rows: estimated" in err
    assert "Cells without a value, left out: 2" in err


def test_one_time_and_one_dimension(tmp_path):
    path = tmp_path / "people.tsv"
    path.write_text("geo\\time\t2019 \nDE\t1.234\nFR\t2.5 p\n", encoding="utf-8")
    raw = read_file(path)
    assert raw.frame.rows() == [("DE", "2019", "1.234", None), ("FR", "2019", "2.5", "p")]
    assert (raw.rows.to_list(), raw.typed) == ([2, 3], {"OBS_VALUE"})


def test_people_without_a_name_for_their_number(command, tmp_path):
    """The one number of a file of populations is called OBS_VALUE."""
    (tmp_path / "people.tsv").write_text("freq,unit,geo\\TIME_PERIOD\t2019 \t2020 \n" + "".join(
        f"A,NR,{place}\t1000 p\t1100\n" for place in ("DE", "FR", "PL")
    ), encoding="utf-8")  # fmt: skip
    given = ("indicators", "moves.tsv", "--draws", "0", "--format", "csv", *MAPS, "--population", "people.tsv")
    found, err = rows_of(command, tmp_path, MOVES, *given)
    assert [float(row["value"]) for row in found if row["indicator"] == "cmi"] == pytest.approx([100 * 124 / 3000, 100 * 26 / 3300])
    assert "people.tsv: OBS_FLAG=p in 3 of 6 rows" in err


def test_a_matrix_of_places_is_none(tmp_path):
    path = tmp_path / "matrix.tsv"
    path.write_text("origin\\destination\tA\tB\nA\t0\t5\nB\t7\t0\n", encoding="utf-8")
    assert read_file(path).frame.columns == ["origin\\destination", "A", "B"]


def test_codes_that_are_too_few_are_told(tmp_path):
    path = tmp_path / "bad.tsv"
    path.write_text("freq,geo\\TIME_PERIOD\t2019 \nA,DE\t5\nFR\t6\n", encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        read_file(path)
    assert "row 3: the first cell “FR” has 1 codes" in refusal.value.sentence("en")


def test_a_workbook_of_the_same_table(tmp_path):
    book = openpyxl.Workbook()
    for row in (["freq,geo\\TIME_PERIOD", "2019", "2020"], ["A,DE", "5 p", ":"], ["A,FR", 6, 7]):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    raw = read_file(tmp_path / "people.xlsx")
    assert raw.frame["OBS_VALUE"].to_list() == ["5", "6", "7"]
    assert raw.frame["OBS_FLAG"].to_list() == ["p", None, None]
