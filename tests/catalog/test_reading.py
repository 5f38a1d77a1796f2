"""Opening of files: encodings, delimiters, formats, and what is refused before a row is read."""

import codecs
import json
import zipfile

import openpyxl
import polars as pl
import pytest

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.opening import read_file
from qonys.catalog.reading.numbers.writing import decimal_sign, parsed_number
from qonys.errors import BadInput

TEXT = "Год;Область;Численность\n2018;Северная область;1000\n2018;Южная область;2000\n"
KAZAKH = "Жыл;Өңір;Халық саны\n2018;Солтүстік облысы;1000\n2018;Оңтүстік облысы;2000\n"


def file(tmp_path, content, name="figures.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp1251"), "cp1251"),
        (TEXT.lower().encode("cp1251"), "cp1251"),
        (TEXT.upper().encode("cp1251"), "cp1251"),
        (TEXT.encode("koi8_r"), "koi8-r"),
        (TEXT.lower().encode("koi8_r"), "koi8-r"),
        (TEXT.encode("cp866"), "cp866"),
        (KAZAKH.encode("kz1048"), "kz1048"),
        (TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        ("year;region;value\n2018;TL-10;5\n".encode("utf-16-le"), "utf-16"),
        (KAZAKH.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8") + b"\x1a", "utf-8"),
        (TEXT.encode("cp866") + b"\x1a", "cp866"),
        (codecs.BOM_UTF8 + TEXT.encode("utf-16"), "utf-16"),
        ((TEXT + "\x1a").encode("utf-16"), "utf-16"),
    ],
)
def test_encodings(tmp_path, content, encoding):
    raw = read_file(file(tmp_path, content))
    assert raw.encoding == encoding
    assert raw.frame.height in (1, 2)
    assert raw.frame.columns[0].lower() in ("год", "year", "жыл")


@pytest.mark.parametrize(
    "content",
    [
        "Année;Région;Français\n2018;Île-de-France;1\n".encode("cp1252"),
        "год;область;n\n2018;Ђћќ;1\n".encode("cp1251"),
        b"year;region\n2018;\xff\xfe\x81\n",
        "Ä;Ö;å\nà;1;2\n".encode("cp1252"),
        "Ελλάδα;Αθήνα;Θεσσαλονίκη\n".encode("cp1253"),
        "Łódź;Kraków;Gdańsk\n".encode("cp1250"),
        "İstanbul;Muğla;Şırnak\n".encode("cp1254"),
        "שנה;אזור;תל אביב ירושלים\n".encode("cp1255"),
        "السنة;المنطقة;بغداد\n".encode("cp1256"),
        "Україна;Київ;область\n".encode("cp1251"),
        "год;n\n2019;5\n".encode("cp1251"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_refused(tmp_path, content):
    with pytest.raises(BadInput, match=r"figures\.csv, row [12]: the encoding cannot be determined"):
        read_file(file(tmp_path, content))


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    raw = read_file(file(tmp_path, TEXT.replace(";", delimiter)))
    assert raw.delimiter == delimiter
    assert raw.frame.columns == ["Год", "Область", "Численность"]


def test_a_comma_inside_numbers_does_not_win_over_the_semicolon(tmp_path):
    raw = read_file(file(tmp_path, "year;value\n2018;1,5\n2019;2,5\n"))
    assert raw.delimiter == ";"


def test_quotes_titles_blank_rows_and_row_numbers(tmp_path):
    text = 'Population of Testland\n\n"year","region, name",value\n2018,"North, ""old""",5\n\n2019,South,6\n,,\n'
    raw = read_file(file(tmp_path, text))
    assert raw.header_row == 3
    assert raw.rows.to_list() == [4, 6]
    assert raw.frame["region, name"].to_list() == ['North, "old"', "South"]
    assert raw.left_out == ("Population of Testland",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b" \n \n", "is empty"),
        (b"year;value\n", "no rows below"),
        (b"year;value\n;\n", "no rows below"),
        (b"year;;value\n2018;x;1\n", "column 2 of the header has no name"),
        (b"year;value;value\n2018;1;2\n", "“value” is repeated"),
        (b"year;value\n2018;1\n2019;1;2\n", "row 3: found 3 cells, the header has 2"),
        (b'year;value\n2018;"1\n2019;2\n', "row 2: a quotation mark"),
        (b"just words\nmore words\n", "no delimiter"),
        (b"year;value\n2018;\x00\n", "not a text file"),
        (b"{", "line 1: this is not valid JSON"),
        (b'{"a": 1}', "not a JSON-stat 2.0"),
        (b"PAR1 and then nothing", "damaged and cannot be read as Parquet"),
        (b"PK\x03\x04 and then nothing", "damaged and cannot be read as Excel"),
    ],
)
def test_refusals_before_any_row(tmp_path, content, message):
    with pytest.raises(BadInput, match=message) as caught:
        read_file(file(tmp_path, content))
    assert "figures.csv" in str(caught.value)


def test_a_folder_a_missing_file_and_a_device(tmp_path):
    with pytest.raises(BadInput, match="is a folder"):
        read_file(tmp_path)
    with pytest.raises(BadInput, match="There is no file"):
        read_file(tmp_path / "none.csv")


def workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "пусто"
    sheet = book.create_sheet("Данные")
    sheet.append(["Население по областям"])
    sheet.append([])
    sheet.append(["Год", "Область", "Численность"])
    sheet.append([2018, "Северная область", 1000.5])
    sheet.append([2018, "Южная область", 123456789])
    book.create_sheet("ещё").append(["x"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_excel_takes_the_first_sheet_with_cells_and_names_the_others(tmp_path):
    raw = read_file(workbook(tmp_path))
    assert raw.format == "excel"
    assert raw.sheet == "Данные"
    assert raw.rows.to_list() == [4, 5]
    assert raw.frame["Численность"].to_list() == ["1000.5", "123456789"]
    assert raw.left_out == ("Население по областям", "[пусто]", "[ещё]")


def test_excel_by_sheet(tmp_path):
    path = workbook(tmp_path)
    with pytest.raises(BadInput, match=r"no sheet “x”; its sheets are: пусто, Данные, ещё"):
        read_file(path, FileChoices(sheet="x"))
    with pytest.raises(BadInput, match="is empty"):
        read_file(path, FileChoices(sheet="пусто"))


def test_truncated_workbook_and_parquet(tmp_path):
    for path, name in [(workbook(tmp_path), "Excel"), (parquet(tmp_path), "Parquet")]:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 2 // 3])
        with pytest.raises(BadInput, match=f"cut short or damaged and cannot be read as {name}"):
            read_file(path)


def parquet(tmp_path):
    path = tmp_path / "figures.parquet"
    pl.DataFrame({"year": [2018, 2019], "value": [1.5, 3.0], "region": ["TL-10", ""]}).write_parquet(path)
    return path


def test_parquet(tmp_path):
    raw = read_file(parquet(tmp_path))
    assert raw.frame.rows() == [("2018", "1.5", "TL-10"), ("2019", "3", None)]
    assert raw.rows.to_list() == [2, 3]


def test_parquet_with_lists_or_no_rows(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [[1]]}).write_parquet(path)
    with pytest.raises(BadInput, match="“a” holds lists"):
        read_file(path)
    pl.DataFrame({"a": []}).write_parquet(path)
    with pytest.raises(BadInput, match="is empty"):
        read_file(path)


def test_sdmx_csv(tmp_path):
    text = "DATAFLOW,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),TL-10: North,F,2018,5\n"
    raw = read_file(file(tmp_path, text))
    assert raw.format == "sdmx-csv"


JSONSTAT = {
    "version": "2.0",
    "class": "dataset",
    "label": "Population",
    "id": ["region", "sex", "year"],
    "size": [2, 1, 2],
    "dimension": {
        "region": {"category": {"index": {"TL-20": 1, "TL-10": 0}}},
        "sex": {"category": {"label": {"F": "Women"}, "unit": {"F": {"base": "persons"}}}},
        "year": {"category": {"index": ["2018", "2019"]}},
    },
    "value": [1, None, 3, 4],
}


@pytest.mark.parametrize("values", [[1, None, 3, 4], {"0": 1, "2": 3, "3": 4}])
def test_jsonstat(tmp_path, values):
    raw = read_file(file(tmp_path, json.dumps(JSONSTAT | {"value": values}), "a.json"))
    assert raw.frame.rows() == [
        ("TL-10", "F", "2018", "1", "persons"),
        ("TL-20", "F", "2018", "3", "persons"),
        ("TL-20", "F", "2019", "4", "persons"),
    ]
    assert raw.rows.to_list() == [1, 3, 4]
    assert raw.left_out == ("null × 1",)


@pytest.mark.parametrize("change", [{"value": [1, 2]}, {"size": [2, 2, 2]}])
def test_jsonstat_whose_sizes_do_not_fit(tmp_path, change):
    with pytest.raises(BadInput, match="does not fit the sizes"):
        read_file(file(tmp_path, json.dumps(JSONSTAT | change), "a.json"))


def test_a_file_above_the_limit_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "large.csv"
    with path.open("wb") as large:
        large.write(b"year;value\n")
        large.truncate(3 * 1024 * 1024)
    monkeypatch.setenv("QONYS_IMPORT_LIMIT_MB", "2")
    monkeypatch.setattr("qonys.catalog.reading.formats.opening.read_text_table", lambda *_: pytest.fail("was read"))
    with pytest.raises(BadInput, match=r"large\.csv holds 3 MB and the limit is 2 MB.*QONYS_IMPORT_LIMIT_MB"):
        read_file(path)


def test_small_files_that_unpack_to_large_ones_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("QONYS_IMPORT_LIMIT_MB", "1")
    path = tmp_path / "flat.parquet"
    pl.DataFrame({"value": [7.5] * 2_000_000}).write_parquet(path)
    assert path.stat().st_size < 1024 * 1024
    with pytest.raises(BadInput, match="limit is 1 MB"):
        read_file(path)
    book = tmp_path / "flat.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3 * 1024 * 1024)
    assert book.stat().st_size < 1024 * 1024
    with pytest.raises(BadInput, match=r"flat\.xlsx holds 3 MB"):
        read_file(book)


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1,5", "2"], ","),
        (["1.5", "2"], "."),
        (["1 234,5"], ","),
        (["1,234.5"], "."),
        (["1.234,5"], ","),
        (["1,234,567"], "."),
        (["1,234", "1,5"], ","),
        (["1,234"], None),
        (["1.234", "983.500"], None),
        (["1.234", "1,234"], None),
        (["0,234"], ","),
        (["-0.234"], "."),
        (["1.234", "2.5"], "."),
        (["1.234.567"], ","),
        (["1234,567"], ","),
        (["12'345,6"], ","),
        (["12", "abc"], "."),
        (["1,5", "2,5", "3.5"], ","),
    ],
)
def test_decimal_sign(texts, sign):
    assert decimal_sign(texts) == sign


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1 234 567", ".", 1234567),
        ("1\u00a0234,5", ",", 1234.5),
        ("\u22125", ".", -5),
        ("-1.234,5", ",", -1234.5),
        ("1,234.5", ".", 1234.5),
        ("1e3", ".", 1000),
        ("983.500", ",", 983500),
        ("0,023", ",", 0.023),
        ("0,023", ".", None),
        ("0.023", ",", None),
        ("1'234'567,5", ",", 1234567.5),
        ("1\u2019234", ".", 1234),
        ("1.234,5.6", ",", None),
        ("1.5", ",", None),
        ("1,5", ".", None),
        ("12 34", ".", None),
        ("", ".", None),
        ("-", ".", None),
        ("нет", ".", None),
        ("5%", ".", None),
        ("nan", ".", None),
        ("1e999", ".", None),
    ],
)
def test_numbers(text, decimal, number):
    assert parsed_number(text, decimal) == number
