"""A pack from published files: read, join, write under a temporary name, check, and only then name it."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from qonys import words
from qonys.catalog.country import FILE
from qonys.catalog.drafts import draft_folder
from qonys.catalog.files import COLUMNS
from qonys.catalog.packing import companions
from qonys.catalog.packing.country_file import country_text
from qonys.catalog.packing.figures import figures_document
from qonys.catalog.packing.gathering import Gathered, Published, gather
from qonys.catalog.packing.periods import Row
from qonys.catalog.packing.published import Watch, silent
from qonys.catalog.packing.shapes import REGIONS, SHAPES, SOURCES, descriptor
from qonys.catalog.packing.territories import three_letters, two_letters
from qonys.catalog.rules.findings import Finding
from qonys.errors import BadInput


class PackRefused(BadInput):
    """The pack that was made does not pass the rules; it was thrown away. Names the first fault."""

    def __init__(self, finding: Finding, where: str, count: int) -> None:
        super().__init__("packing.refused", where=where, count=count)
        self.finding = finding

    def sentence(self, language: str = "en") -> str:
        """The first fault in `language`, and how many there are."""
        return words.text(self.key, language, **self.values, finding=self.finding.sentence(language))


@dataclass(frozen=True)
class Made:
    """A pack that was made: its folder, country, rows by table, partner countries, and remarks for the person."""

    folder: Path
    country: Mapping[str, str]
    rows: Mapping[str, int]
    partners: tuple[str, ...]
    remarks: tuple[Finding, ...] = field(default=())


def make_pack(
    code: str, files: Published, out: Path | None = None, partners: Sequence[str] = (), watch: Watch = silent
) -> Made:
    """Make a national pack of a country.

    Parameters
    ----------
    code
        ISO 3166 code of the country, two or three letters.
    files
        The published files.
    out
        Folder to make; the country's English name in the current folder where none is given. It must not exist, or
        be empty.
    partners
        Codes of the partner countries; where none is given those with the largest migrant stocks, or, without stocks,
        those of the same subregion of the United Nations.
    watch
        Told how far each file is read.

    Raises
    ------
    BadInput
        A file, a row or a cell that cannot be used, or a folder that is not empty; nothing is written then.
    UnknownName
        There is no country with such a code.

    """
    iso3 = three_letters(code)
    country = {"code": two_letters(iso3) or iso3, "iso3": iso3, "kin_groups": "", **companions.names_of(iso3)}
    name = slug(country["name_en"])
    folder = (out or Path(name)).expanduser().absolute()
    _refuse_taken(folder)
    gathered = gather(iso3, files, tuple(three_letters(other) for other in partners), watch)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with draft_folder(folder) as draft:
        _write(draft, name, country, gathered)
        _check(draft)
        _refuse_taken(folder)
    counts = {table: len(rows) for table, rows in gathered.tables.items()}
    return Made(folder, country, counts, gathered.partners, gathered.remarks)


def slug(text: str) -> str:
    """A name for a folder: small Latin letters, digits and hyphens.

    Examples
    --------
    >>> slug("Côte d’Ivoire"), slug("Congo - Kinshasa")
    ('cote-d-ivoire', 'congo-kinshasa')

    """
    letters = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^a-z0-9]+", "-", "".join(char for char in letters if not unicodedata.combining(char))).strip("-")


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput("packing.out.taken", path=str(folder))


def _write(draft: Path, name: str, country: Mapping[str, str], gathered: Gathered) -> None:
    """All files of the pack."""
    tables, sources = gathered.tables, gathered.sources
    main = tables["national"][0]["source"]
    cautions = companions.caution_rows(tables, gathered.january, gathered.first_projected)
    years = sorted(int(row["year"]) for table in ("national", "projection_un") for row in tables.get(table, ()))
    document = descriptor(name, country, list(tables), (years[0], years[-1]), [row["title"] for row in sources])
    (draft / "datapackage.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (draft / "tables").mkdir()
    for table, rows in tables.items():
        write_csv(draft / "tables" / f"{table}.csv", SHAPES[table].all_columns, rows)
    files: dict[str, Sequence[Row]] = {
        "regions": companions.region_rows(country, main),
        "statements": companions.statement_rows(tables),
        "preferences": companions.preference_rows(tables),
        "labels": companions.label_rows(tables, gathered.names),
        "definitions": companions.definition_rows(tables),
        "cautions": cautions,
        "identities": companions.identity_rows(tables),
        "coverage": companions.coverage_rows(tables),
    }
    write_csv(draft / "sources.csv", SOURCES, sources)
    (draft / FILE).write_text(country_text(country, tables), encoding="utf-8")
    for title, held in files.items():
        write_csv(draft / f"{title}.csv", tuple(REGIONS) if title == "regions" else COLUMNS[title], held)
    ordered = [row["series"] for row in files["preferences"]]
    with (draft / "figures.yaml").open("w", encoding="utf-8") as file:
        yaml.safe_dump(figures_document(tables, ordered), file, allow_unicode=True, sort_keys=False, width=120)
    text = companions.readme(country, tables, sources, cautions, ", ".join(gathered.partners) or "–")
    (draft / "README.md").write_text(text, encoding="utf-8")


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """Rows as UTF-8 CSV with a heading; a row without a column has an empty cell there."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _check(draft: Path) -> None:
    """Refuse a pack that does not pass all rules."""
    from qonys.catalog.checks import run_checks
    from qonys.catalog.pack import open_pack

    found = [(result.where, finding) for result in run_checks(open_pack(draft)) for finding in result.findings]
    if found:
        raise PackRefused(found[0][1], found[0][0], len(found))
