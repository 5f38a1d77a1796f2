"""Files of few bytes that declare or hold enormous tables, for tests of bounds: simulated, of no source."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"'
XML = '<?xml version="1.0" encoding="UTF-8"?>'
TYPES = (
    f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
SHARED = "xl/sharedStrings.xml"
HEAD = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("origin", "destination", "value"))
ROW = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c><c><v>1</v></c></row>'
LONG = "x" * 1_000_000


def sheet(rows: str = "") -> str:
    """A sheet of a workbook with a header."""
    return f"{XML}<worksheet {MAIN}><sheetData><row>{HEAD}</row>{rows}</sheetData></worksheet>"


def workbook(content: str, sheets: int = 1, shared: str = "") -> bytes:
    """A workbook: `sheets` names of one sheet, and texts that its cells share."""
    relations = "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/s.xml"/>' for n in range(sheets))
    relations += f'<Relationship Id="x" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>' if shared else ""
    names = "".join(f'<sheet name="S{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(sheets))
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f"{XML}<workbook {MAIN}><sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "xl/worksheets/s.xml": content,
    }
    return archive(parts | ({SHARED: f"{XML}<sst {MAIN}>{shared}</sst>"} if shared else {}))


def archive(parts: dict[str, str]) -> bytes:
    """A ZIP archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as found:
        for name, text in parts.items():
            found.writestr(name, text)
    return data.getvalue()


def open_document(tables: str) -> bytes:
    """A spreadsheet of OpenDocument."""
    spaces = " ".join(f'xmlns:{name}="{OPEN}{name}:1.0"' for name in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    manifest = (
        f'{XML}<manifest:manifest xmlns:manifest="{OPEN}manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type='
        '"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": f"{XML}<office:document-content {spaces}>{body}</office:document-content>",
        }
    )


def cell(text: str, more: str = "") -> str:
    """A cell of OpenDocument."""
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


HEADER = f"<table:table-row>{cell('origin')}{cell('destination')}{cell('value')}</table:table-row>"


def repeated() -> bytes:
    """A text of a megabyte in 14 million cells, written once."""
    row = cell(LONG, 'table:number-columns-repeated="16000"')
    return open_document(
        f'<table:table table:name="A">{HEADER}<table:table-row table:number-rows-repeated="900">{row}</table:table-row></table:table>'
    )


def tables(count: int) -> bytes:
    """Very many sheets of OpenDocument."""
    return open_document("".join(f'<table:table table:name="T{n}">{HEADER}</table:table>' for n in range(count)))


def understated(megabytes: int) -> bytes:
    """A workbook whose directory says that the shared texts are small, which they are not."""
    press, pieces, check = zlib.compressobj(6, zlib.DEFLATED, -15), [], 0
    block = ("<si><t>" + "x" * 985 + "</t></si>").encode() * 1000
    for piece in (f"{XML}<sst {MAIN}>".encode(), *[block] * megabytes, b"</sst>"):
        pieces.append(press.compress(piece))
        check = zlib.crc32(piece, check)
    raw = b"".join([*pieces, press.flush()])
    small = workbook(sheet(ROW), shared="<si><t>q</t></si>")
    with zipfile.ZipFile(io.BytesIO(small)) as found:
        kept = [part for part in found.infolist() if part.filename != SHARED]
        place = found.getinfo(SHARED).header_offset
    assert all(part.header_offset < place for part in kept)
    name, sizes = SHARED.encode(), (check, len(raw), 1000)
    local = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, 0, 8, 0, 0, *sizes, len(name), 0) + name
    entries = [_entry(part.filename.encode(), part.compress_type, (part.CRC, part.compress_size, part.file_size), part.header_offset) for part in kept]
    directory = b"".join([*entries, _entry(name, 8, sizes, place)])
    start = place + len(local) + len(raw)
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, len(kept) + 1, len(kept) + 1, len(directory), start, 0)
    return small[:place] + local + raw + directory + end


def _entry(name: bytes, kind: int, sizes: tuple[int, int, int], place: int) -> bytes:
    return struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", 20, 20, 0, kind, 0, 0, *sizes, len(name), 0, 0, 0, 0, 0, place) + name


def parquet(table: pa.Table, **how: object) -> bytes:
    """A Parquet file, pressed."""
    data = io.BytesIO()
    pq.write_table(table, data, compression="zstd", **how)
    return data.getvalue()


def flows(places: pa.Array, rows: int) -> pa.Table:
    """A table of flows."""
    return pa.table({"origin": places, "destination": places, "value": pa.array([1.0] * rows)})


def one_text(rows: int) -> bytes:
    """A text of a tenth of a megabyte in each of very many rows, held once."""
    held = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([LONG[:100_000]]))
    return parquet(flows(held, rows), store_schema=False)


BOMBS = {
    "sheets.xlsx": lambda: workbook(sheet("<row><c><v>1</v></c></row>"), sheets=100_000),
    "large-sheet-often.xlsx": lambda: workbook(sheet("<row><c><v>1</v></c></row>" * 100_000), sheets=900),
    "far-cells-often.xlsx": lambda: workbook(sheet('<row r="100000"><c r="S100000"><v>1</v></c></row>'), sheets=900),
    "shared-text.xlsx": lambda: workbook(sheet(ROW * 25_000), shared=f"<si><t>{LONG}</t></si>"),
    "understated.xlsx": lambda: understated(60),
    "declared.xlsx": lambda: workbook(sheet(ROW + " " * 40_000_000)),
    "repeated.ods": repeated,
    "tables.ods": lambda: tables(20_000),
    "one-text.parquet": lambda: one_text(200_000),
    "nothing.parquet": lambda: parquet(flows(pa.nulls(6_000_000, pa.string()), 6_000_000)),
    "large-text.parquet": lambda: parquet(flows(pa.array([LONG * 40]), 1), use_dictionary=False),
    "columns.parquet": lambda: parquet(pa.table({f"c{n}": [1] for n in range(17_000)})),
    "rows.csv.gz": lambda: gzip.compress(b"origin,destination,value\n" + b"A,B,1\n" * 500_000),
    "rows.zip": lambda: archive({"rows.csv": "A,B,1\n" * 500_000}),
}
