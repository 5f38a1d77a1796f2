"""Each kind of file in every command that reads a table: the result is that of the plain table, or the command refuses
alike."""

import io
from decimal import Decimal
from itertools import product

import openpyxl
import polars as pl
import pytest

from .sampled import sampled, short
from .tables_of_commands import BESIDE, COMMANDS, COUNTED, COUNTS, PLACES, Table, numbers

RUSSIAN = {"Abai-1": "Абайская", "Astana": "астана", "Shymkent": "туркестанская", "x": "казахи", "y": "узбеки", "z": "русские"}


@pytest.fixture
def asked(command, tmp_path):
    """Run a command on content: exit code, cells, what was said; refuses a note of another kind than expected."""

    def call(name, content, *arguments, file="own.csv"):
        for beside, table in BESIDE.items():
            (tmp_path / beside).write_text(table.text())
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / file).write_bytes(data)
        head, *options = name.split(" --")
        given = [word for option in options for word in f"--{option}".split(" ")]
        code, out, err = command(tmp_path, *head.split(" "), file, *given, "--format", "csv", *arguments)
        return code, numbers(out), err

    return call


def thousandth(table):
    return table.mapped(lambda cell: format((Decimal(cell) / 1000).normalize(), "f"))


def grouped(sign, decimal="."):
    return lambda cell: f"{Decimal(cell):,}".replace(".", "\0").replace(",", sign).replace("\0", decimal)


def book(*sheets):
    """A workbook: name and rows of each sheet; a formula is never computed."""
    found = openpyxl.Workbook()
    found.remove(found.active)
    for name, rows in sheets:
        sheet = found.create_sheet(name)
        for row in rows:
            sheet.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
    data = io.BytesIO()
    found.save(data)
    return data.getvalue()


def parquet(table):
    numeric = {*COUNTS, "dist"}
    cells = {name: pl.Series([row[i] for row in table.rows]) for i, name in enumerate(table.header)}
    kept = {name: one.cast(pl.Float64) if name in numeric else one for name, one in cells.items()}
    data = io.BytesIO()
    pl.DataFrame(kept).write_parquet(data)
    return data.getvalue()


def labelled(table):
    """SDMX-CSV with labels behind its codes."""
    named = {"value": "OBS_VALUE", "population": "OBS_VALUE", "time": "TIME_PERIOD"}
    codes = table.mapped(lambda cell: f"{cell}: The {cell}", frozenset(table.places))
    header = [f"{named.get(name, name.upper())}: The {name}" for name in table.header]
    return Table(("DATAFLOW", *header), tuple(("X:Y(1.0)", *row) for row in codes.rows)).text()


def in_columns(table):
    """SDMX-CSV with a column of labels after each column of codes."""
    named = {"value": "OBS_VALUE", "population": "OBS_VALUE", "time": "TIME_PERIOD"}
    header, columns = [], []
    for place, name in enumerate(table.header):
        header += [named.get(name, name.upper())]
        columns += [[row[place] for row in table.rows]]
        if name in table.places:
            header += [name.capitalize()]
            columns += [[f"The {row[place]}" for row in table.rows]]
    rows = tuple(("dataflow", "X:Y(1.0)", "All", *row) for row in zip(*columns, strict=True))
    return Table(("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", *header), rows).text()


def has_value(table):
    return "arrivals" not in table.header


def with_totals(label):
    """Each column of places or groups with a row of totals."""

    def add(table):
        rows = list(table.rows)
        for column in table.places:
            place = table.header.index(column)
            sums = {}
            for row in rows:
                key = tuple("" if name in COUNTS else "100" if name == "dist" else cell for name, cell in zip(table.header, row, strict=True))
                key = (*key[:place], label, *key[place + 1 :])
                sums.setdefault(key, []).append(row)
            for key, parts in sums.items():
                cells = zip(table.header, key, zip(*parts, strict=True), strict=True)
                rows.append(tuple(str(sum(map(Decimal, part))) if name in COUNTS else cell for name, cell, part in cells))
        return Table(table.header, tuple(rows)).text("\t")

    return add


def respelled(old, new):
    """Every third time a name is written otherwise."""

    def change(table):
        seen = iter(range(10_000))
        return table.mapped(lambda c: new if c == old and next(seen) % 3 == 2 else c, frozenset(table.places)).text()

    return change


def deleted(table):
    rows = (*((*row, "A") for row in table.rows), (*table.rows[0], "D"))
    return Table((*table.header, "ACTION"), rows).text()


SAME = {
    "exponent": (lambda t: thousandth(t).with_column("UNIT_MULT", "3").text(), ()),
    "exponent with a label": (lambda t: thousandth(t).with_column("UNIT_MULT: Multiplier", "3: Thousands").text(), ()),
    "word for a factor": (lambda t: thousandth(t).with_column("SCALAR_FACTOR", "thousands").text(), ()),
    "title": (lambda t: '"Таблица 1, тыс. человек"\n\n' + thousandth(t).text(), ()),
    "note": (lambda t: thousandth(t).text() + "\nӨлшем бірлігі: мың адам\n", ()),
    "column of units": (lambda t: thousandth(t).with_column("unit", "мың адам").text(), ()),
    "header": (lambda t: thousandth(Table(t.header, t.rows)).text().replace(t.text().split("\n")[0], ",".join(
        f"{name} (thousand persons)" if name in COUNTS else name for name in t.header), 1), ()),
    "no-break space": (lambda t: t.mapped(grouped("\u00a0", ",")).text(";"), ()),
    "apostrophe": (lambda t: t.mapped(grouped("'")).text(";"), ()),
    "point": (lambda t: t.mapped(grouped(".", ",")).text(";"), ("--decimal", ",")),
    "cover": (lambda t: book(("About", [("Bureau",)]), ("Data", [t.header, *t.rows])), ()),
    "sheet": (lambda t: book(("A", [t.header, t.rows[0]]), ("B", [("Title",), (), t.header, *t.rows])), ("--sheet", "B")),
    "Parquet": (parquet, ()),
    "code and label": (labelled, ()),
    "column of labels": (in_columns, ()),
    "blanks": (lambda t: t.text("  "), ()),
    "another sign": (lambda t: t.text("|"), ()),
    "titles and notes": (lambda t: "Some title\n\n" + t.text() + "\n* preliminary\nSource: Bureau\n", ()),
    "UTF-16": (lambda t: t.text().encode("utf-16"), ()),
    "deleted rows": (deleted, ()),
    "one of two years": (lambda t: t.with_column("rev", "2019", "2020").text(), ("--where", "rev=2019")),
    "Total": (with_totals("Total"), ()),
    "_T": (with_totals("_T"), ()),
    "Всего по стране": (with_totals("Всего по стране"), ()),
    "Барлығы": (with_totals("Барлығы"), ()),
    "dash": (respelled("Abai-1", "Abai–1"), ()),
    "no-break hyphen": (respelled("Abai-1", "Abai\u20111"), ()),
    "capitals and spaces": (respelled("Astana", " ASTANA\u00a0"), ()),
}  # fmt: skip
TOTALS = {"Total", "_T", "Всего по стране", "Барлығы"}
PLACELESS = {"Total", "_T", "Всего по стране", "Барлығы", "dash", "no-break hyphen", "capitals and spaces"}
RATED = {"exponent", "exponent with a label", "word for a factor", "note", "column of units", "title", "header", "point"}


def fits(kind, table):
    """Whether a table can be of a kind: it has places, counts, a value; a residual computes totals by themselves."""
    if kind in TOTALS and table is COUNTED:
        return False
    if kind in PLACELESS:
        return bool(table.places)
    if kind in ("code and label", "column of labels"):
        return has_value(table)
    return kind not in RATED or "0.01" not in table.text()


def pairs(kinds):
    return [(name, kind) for name, table in COMMANDS.items() for kind in kinds if fits(kind, table)]


ALIKE = sampled(pairs(SAME), 4, lambda case: case[1])


@pytest.mark.parametrize(("name", "kind"), ALIKE)
def test_the_result_is_that_of_the_plain_table(asked, name, kind):
    table = COMMANDS[name]
    write, arguments = SAME[kind]
    plain = asked(name, table.text())
    code, cells, err = asked(name, write(table), *arguments)
    assert (plain[0], code) == (0, 0), err
    assert cells == plain[1]


def broken(cell):
    return lambda t: book(("A", [t.header, *t.with_cell(1, t.count, cell).rows]))


def columns(*cells):
    return lambda t: t.with_column("Reviewed", *cells).text()


REFUSED = {
    "error": (broken("#N/A"), "the cell holds the error #N/A"),
    "another error": (broken("#DIV/0!"), "the cell holds the error #DIV/0!"),
    "formula": (broken("=50+50"), "the formula =50+50 was never computed"),
    "text for no value": (lambda t: t.with_cell(1, t.count, "..").text(), "row 3: '..' in column"),
    "empty": (lambda t: t.with_cell(1, t.count, "").text(), "row 3"),
    "too large": (lambda t: t.with_cell(1, t.count, "1e30").text(), "1e+30 is impossible"),
    "thousand or fraction": (lambda t: t.mapped(lambda _: "1.234").text(), "“1.234” may be a thousand or a fraction"),
    "two of one": (lambda t: t.with_column("reviewed", "yes", "no").text(), "--where reviewed=yes"),
    "dash for a place": (lambda t: t.with_cell(1, t.places[0], "-").text(), "row 3, column"),
    "dots for a place": (lambda t: t.with_cell(1, t.places[0], "…").text(), "“…” is no name"),
}  # fmt: skip


REFUSALS = sampled(
    ((name, kind) for name, kind in pairs(REFUSED) if "place" not in kind or COMMANDS[name].places), 5, lambda case: case[1]
)


@pytest.mark.parametrize(("name", "kind"), REFUSALS)
def test_every_command_refuses_alike(asked, name, kind):
    write, said = REFUSED[kind]
    code, _, err = asked(name, write(COMMANDS[name]))
    if name.startswith("factors") and kind == "two of one":
        assert code == 0
        return
    assert code == 1
    assert said in err


PLACED = [name for name, table in COMMANDS.items() if table.places and "balance" not in name]
ENCODED = sampled(product(PLACED, ["cp1251", "koi8-r", "cp866", "utf-16"]), 3, lambda case: case[1])


@pytest.mark.parametrize(("name", "encoding"), ENCODED)
def test_the_encoding_is_told_in_every_command(asked, name, encoding):
    table = COMMANDS[name].mapped(lambda cell: RUSSIAN[cell], frozenset(COMMANDS[name].places))
    plain = asked(name, table.text(";"))
    code, cells, err = asked(name, table.text(";").encode(encoding))
    assert (plain[0], code) == (0, 0), err
    assert cells == plain[1]
    assert encoding in err or encoding == "utf-16"


def test_every_place_is_in_every_table():
    assert all(set(PLACES) <= {cell for row in table.rows for cell in row} for table in COMMANDS.values() if table.places)


def test_no_kind_and_no_command_is_left_out_of_the_short_tier():
    for parameters, kinds in ((ALIKE, SAME), (REFUSALS, REFUSED)):
        assert {kind for _, kind in short(parameters)} == {*kinds}
        assert {name for name, _ in short(parameters)} == {*COMMANDS}
    assert {encoding for _, encoding in short(ENCODED)} == {"cp1251", "koi8-r", "cp866", "utf-16"}
