"""A country pack: a folder of sourced figures, opened cheaply and read when asked.

Only `datapackage.json` is read at opening. Tables are read on first use and kept; the frames
handed out are independent views, so nobody can change another's figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from qonys.catalog.files import COLUMNS, FORMER, NEEDED, descriptive_fields, whole_columns
from qonys.catalog.schema import DESCRIPTOR, Resource, polars_type, read_descriptor
from qonys.errors import BadInput, UnknownName

if TYPE_CHECKING:
    import polars as pl

Kept = TypeVar("Kept")
SHIPPED = Path(__file__).parent.parent / "packs"


def shipped_packs() -> tuple[str, ...]:
    """Names of the packs that come with the package."""
    return tuple(sorted(path.parent.name for path in SHIPPED.glob(f"*/{DESCRIPTOR}")))


def open_pack(name: str | Path) -> Pack:
    """Open a shipped pack by its name or its country's (in any capitals) or code, or any pack by its folder's path.

    Raises
    ------
    UnknownName
        There is no such pack; the sentence lists the shipped ones, and names the nearest.
    BadInput
        The folder's `datapackage.json` cannot be read.

    """
    given = Path(name)
    folder = (
        SHIPPED / given if given.name == str(name) and (SHIPPED / given / DESCRIPTOR).is_file() else given
    )
    if not folder.is_dir():
        folder = _shipped_as(str(name))
    descriptor = read_descriptor(folder)
    return Pack(
        name=descriptor.name,
        path=folder.resolve(),
        titles=descriptor.titles,
        languages=descriptor.languages,
        country=descriptor.country,
        resources=descriptor.resources,
    )


def _shipped_as(name: str) -> Path:
    """Folder of the shipped pack whose name, country or code `name` is, capitals set aside."""
    import difflib

    called: dict[str, str] = {}
    for pack in shipped_packs():
        country = read_descriptor(SHIPPED / pack).country
        parts = [part for key, part in country.items() if key in ("code", "iso3") or key.startswith("name_")]
        called |= {one.casefold(): pack for one in (*parts, pack)}
    if name.casefold() in called:
        return SHIPPED / called[name.casefold()]
    known = ", ".join(shipped_packs()) or "–"
    near = difflib.get_close_matches(name.casefold(), [one for one in called if len(one) > 3], n=1, cutoff=0.7)
    if near:
        raise UnknownName("catalog.pack.near", name=name, near=called[near[0]], known=known)
    raise UnknownName("catalog.pack.unknown", name=name, known=known)


@dataclass(frozen=True)
class Pack:
    """An opened country pack.

    `country` holds at least `code`, the code of the whole country in the column `region`.
    """

    name: str
    path: Path
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    country: Mapping[str, str]
    resources: tuple[Resource, ...]
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def cached(self, key: str, make: Callable[[], Kept]) -> Kept:
        """What `make` gives, made once for this opened pack and kept under `key`."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast("Kept", self._kept[key])

    @property
    def whole(self) -> str:
        """Code of the whole country in the column `region`."""
        return self.country.get("code", "")

    def title(self, language: str = "en") -> str:
        """The pack's title."""
        return self.titles.get(language) or next(iter(self.titles.values()))

    def digest(self) -> str:
        """SHA-256 over the names and bytes of all files; computed once for an opened pack."""
        from qonys.catalog.digest import folder_digest

        return self.cached("digest", lambda: folder_digest(self.path))

    def tables(self) -> tuple[str, ...]:
        """Names of the logical tables."""
        return tuple(sorted({item.table for item in self.resources if item.table}))

    def resources_of(self, table: str) -> tuple[Resource, ...]:
        """The files of a logical table, main files first.

        Raises
        ------
        UnknownName
            No such table; the sentence names the nearest one.

        """
        found = [item for item in self.resources if item.table == table]
        if not found:
            raise UnknownName("catalog.table.unknown", table=table, near=nearest(table, self.tables()))
        return tuple(sorted(found, key=lambda item: (item.kind != "tables", item.path)))

    def file_frame(self, resource: Resource) -> pl.DataFrame:
        """One file of the pack, typed by its schema, without `rank`.

        Raises
        ------
        BadInput
            Names the file, row, column, value and what was expected.

        """
        from qonys.catalog.parsing import read_table_file

        path = self.path / resource.path
        make = lambda: read_table_file(path, resource.path, resource.fields)  # noqa: E731
        return self.cached(f"file:{resource.path}", make).clone()

    def table(self, name: str, secondary: bool = True) -> pl.DataFrame:
        """All rows of a logical table: columns as in the file and `rank` (Int8).

        Parameters
        ----------
        name
            A name in `tables()`.
        secondary
            Whether the figures that a page only quotes are united with the others.

        Raises
        ------
        UnknownName
            No such table.
        BadInput
            A file does not fit its schema.

        """
        return self.cached(f"table:{name}:{secondary}", lambda: self._united(name, secondary)).clone()

    def _united(self, name: str, secondary: bool) -> pl.DataFrame:
        import polars as pl

        from qonys.catalog.ranks import with_rank

        resources = self.resources_of(name)
        chosen = [item for item in resources if secondary or item.kind != "secondary"]
        if not chosen:
            first = resources[0]
            empty = pl.DataFrame(schema={item.name: polars_type(item.type) for item in first.fields})
            return with_rank(empty)
        return with_rank(pl.concat([self.file_frame(item) for item in chosen], how="diagonal"))

    def descriptive(self, name: str) -> pl.DataFrame:
        """A descriptive file (`sources`, `regions`, ...); an absent optional one gives no rows."""
        return self.cached(f"descriptive:{name}", lambda: self._named_anew(name)).clone()

    def _named_anew(self, name: str) -> pl.DataFrame:
        """The file with columns of former names under those of today, and with the known columns it lacks."""
        frame = self._descriptive(name)
        former = {old: new for old, new in FORMER.get(name, {}).items() if old in frame.columns}
        return whole_columns(frame.rename(former), name)

    def _descriptive(self, name: str) -> pl.DataFrame:
        import polars as pl

        from qonys.catalog.parsing import check_header, read_table_file, read_texts, typed

        shown = f"{name}.csv"
        path = self.path / shown
        described = next((item for item in self.resources if item.path == shown and item.fields), None)
        if described is not None:
            return read_table_file(path, shown, described.fields)
        if name not in NEEDED and (not path.is_file() or not path.read_bytes().strip()):
            return whole_columns(pl.DataFrame(), name)
        texts = read_texts(path, shown)
        needed = COLUMNS[name][:1]
        check_header([column for column in texts.columns if column in needed], needed, shown)
        result, faults = typed(texts, descriptive_fields(name, texts.columns))
        if faults:
            raise BadInput(
                f"catalog.type.{faults[0].expected}",
                path=shown,
                row=faults[0].index + 2,
                column=faults[0].column,
                value=faults[0].value,
            )
        return result

    def sources(self) -> pl.DataFrame:
        """Sources: id, title, publisher, year, licence, address, ..."""
        return self.descriptive("sources")

    def regions(self) -> pl.DataFrame:
        """Regions of all boundary vintages with names and years of validity."""
        return self.descriptive("regions")

    def other_names(self) -> pl.DataFrame:
        """Further names of regions: region, name, years from and to which it was official, sources of both."""
        return self.descriptive("names")

    def not_covered(self) -> frozenset[str]:
        """Regions with outlines and without figures: `counted` is "no" in regions.csv."""
        frame = self.regions()
        return frozenset(frame["region"].filter(frame["counted"] == "no"))

    def vintages(self) -> pl.DataFrame:
        """Boundary vintages in their order."""
        return self.descriptive("vintages")

    def membership(self) -> pl.DataFrame:
        """Which regions exist in each vintage."""
        return self.descriptive("membership")

    def lineage(self) -> pl.DataFrame:
        """Which region of an older vintage holds each region of a newer one."""
        return self.descriptive("lineage")

    def events(self) -> pl.DataFrame:
        """Dated events: periods, shocks."""
        return self.descriptive("events")

    def breaks(self) -> pl.DataFrame:
        """Breaks of series: changed definitions, registration, recounts, boundaries."""
        return self.descriptive("breaks")

    def transfers(self) -> pl.DataFrame:
        """Changes of boundary inside one vintage: year, region_from, region_to."""
        return self.descriptive("transfers")

    def statements(self) -> pl.DataFrame:
        """Which rows of which table state a quantity of the national accounts, and who says it."""
        return self.descriptive("statements")

    def forms(self) -> pl.DataFrame:
        """Which rows of which table count which moves, and what they say of a move (`record`)."""
        return self.descriptive("forms")

    def norms(self) -> pl.DataFrame:
        """Ratios used as parameters, each with its source: id, value, low, high, unit, names, source."""
        return self.descriptive("norms")

    def cautions(self) -> pl.DataFrame:
        """What a reader must know before using a table."""
        return self.descriptive("cautions")

    def corrections(self) -> pl.DataFrame:
        """Figures that were corrected against their source, with the reason."""
        return self.descriptive("corrections")

    def preferences(self) -> pl.DataFrame:
        """The written order in which sources are preferred, per series."""
        return self.descriptive("preferences")

    def definitions(self) -> pl.DataFrame:
        """What is counted: persons, moves or rates; who; how long a stay."""
        return self.descriptive("definitions")

    def labels(self) -> pl.DataFrame:
        """Names of all codes in three languages."""
        return self.descriptive("labels")

    def surveys(self) -> pl.DataFrame:
        """Catalogue of surveys."""
        return self.descriptive("surveys")

    def label(self, axis: str, code: str, language: str = "en") -> str:
        """Name of a code on an axis.

        Raises
        ------
        UnknownName
            labels.csv does not hold the code on this axis.

        """
        found = self._names("labels", language).get((axis, code))
        if found is None:
            raise UnknownName("catalog.label.unknown", axis=axis, code=code)
        return found

    def region_name(self, code: str, language: str = "en", short: bool = False) -> str:
        """Name of a region, or its short name.

        Raises
        ------
        UnknownName
            regions.csv does not hold the code.

        """
        found = self._names("short" if short else "regions", language).get(("region", code))
        if found is None:
            raise UnknownName("catalog.region.unknown", region=code)
        return found

    def _names(self, what: str, language: str) -> Mapping[tuple[str, str], str]:
        return self.cached(f"names:{what}:{language}", lambda: self._read_names(what, language))

    def _read_names(self, what: str, language: str) -> Mapping[tuple[str, str], str]:
        """Names in the language; of a region, the English one where the pack gives none."""
        if what == "labels":
            frame = self.labels()
            column = f"name_{language}"
            rows = frame.select("axis", "code", column).rows() if column in frame.columns else []
            return {(axis, code): name for axis, code, name in rows if name is not None}
        frame = self.regions()
        short = (f"short_{language}",) if what == "short" else ()
        wanted = dict.fromkeys((*short, f"name_{language}", "name_en"))
        columns = [name for name in wanted if name in frame.columns]
        return {
            ("region", code): found
            for code, *names in frame.select("region", *columns).rows()
            if (found := next((name for name in names if name is not None), None)) is not None
        }

    def geometry(self, vintage: str) -> dict[str, Any]:
        """GeoJSON outlines of a boundary vintage, or of `world`.

        Raises
        ------
        UnknownName
            There are no outlines of this vintage; the sentence lists those there are.

        """
        folder = self.path / "geometry"
        path = folder / f"{vintage}.geojson"
        if not path.is_file():
            known = ", ".join(sorted(item.stem for item in folder.glob("*.geojson"))) or "–"
            raise UnknownName("catalog.geometry.unknown", vintage=vintage, known=known)
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document

    def document(self, name: str) -> Any:
        """A YAML document of the pack (`claims.yaml`, `measures.yaml`).

        Raises
        ------
        BadInput
            The file is missing or is not YAML as `yaml_document` reads it.

        """
        from qonys.catalog.reading.formats.settings import settings_text
        from qonys.catalog.reading.formats.strict_yaml import yaml_document

        path = self.path / name
        if not path.is_file():
            raise BadInput("catalog.pack.no_file", path=name)
        return yaml_document(settings_text(path), f"{self.path.name}/{name}")


def nearest(name: str, known: tuple[str, ...]) -> str:
    """The known name most like `name`, capitals set aside; the three most like it where none is near.

    Examples
    --------
    >>> nearest("Censos", ("census", "national")), nearest("qqq", ("age", "area", "sex", "year"))
    ('census', 'year, sex, area')

    """
    import difflib

    plain = {one.casefold(): one for one in reversed(known)}
    close = difflib.get_close_matches(name.casefold(), plain, n=1, cutoff=0.5)
    close = close or difflib.get_close_matches(name.casefold(), plain, n=3, cutoff=0.0)
    return ", ".join(plain[one] for one in close) or "–"
