"""One region however it is called: codes, former names and names in other languages that a pack gives one region.

Nothing is joined unless both names are of one region of the pack, in the years of their rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.names import Names
from qonys.catalog.reading.labels.spellings import SHOWN, spaces_of
from qonys.catalog.reading.labels.totals import PLACE, LabelColumns, SaidLabels
from qonys.catalog.reading.times.years import possible_year
from qonys.words.notes import note

MOST, LOOKED_AT = 0.8, 100
LABEL, WHEN, TAKEN = "__label__", "__when__", "__taken__"
Uses = dict[tuple[str, int | None], int]


@dataclass(frozen=True)
class KnownRegions:
    """Names of a pack's regions, read when they are asked for.

    Attributes
    ----------
    read
        Gives the names.
    pack
        What the person calls the pack.
    said
        Whether the person named the pack; otherwise it counts for files nearly all of whose places are its regions.
    others
        Other packs, of which the first counts whose regions nearly all places are.

    """

    read: Callable[[], Names]
    pack: str
    said: bool = False
    others: tuple[KnownRegions, ...] = ()

    def fitting(self, labels: Collection[str]) -> KnownRegions | None:
        """The pack that counts for a file with these places; None where none does."""
        if self.said:
            return self
        return next((one for one in (self, *self.others) if _mostly_known(labels, one.read())), None)


@dataclass(frozen=True)
class SaidRegions:
    """What the person says of a file's regions: labels kept apart, names of the first file, known regions."""

    labels: SaidLabels
    known: Collection[str] = ()
    regions: KnownRegions | None = None


def one_region(
    path: Path, rows: pl.DataFrame, columns: LabelColumns, said: SaidRegions, year: str | None = None
) -> pl.DataFrame:
    """Rows in which each region of the pack has one name: as in the first file, else its most frequent one.

    What was joined is said, and what was not because a name is of other years.

    Parameters
    ----------
    path, rows
        The file, and its texts.
    columns
        Where labels stand; only places are joined.
    said
        What the person says.
    year
        Column of the rows' years; None where they have none.

    """
    for names in spaces_of(columns.names) if said.regions is not None else ():
        own = [columns.names[name] for name in names]
        if columns.kind(own[0]) == PLACE:
            rows = _joined(path, rows, own, said, year)
    return rows


def _joined(path: Path, rows: pl.DataFrame, own: list[str], said: SaidRegions, year: str | None) -> pl.DataFrame:
    uses = _uses(rows, own, year)
    labels = list(dict.fromkeys(label for label, _ in uses))
    if said.regions is None or len({*labels, *said.known}) < 2:
        return rows
    regions = said.regions.fitting(labels[:LOOKED_AT])
    if regions is None:
        return rows
    names = regions.read()
    kept = frozenset[str]().union(*(said.labels.kept(column) for column in own))
    best = _best(uses, kept, said.known, names)
    _say_other_years(path, uses, best, kept, names)
    taken = _taken(uses, {*kept, *said.known}, best, names)
    if not taken:
        return rows
    _say(path, rows, own, taken, regions.pack)
    _say_territory(path, uses, taken, kept, names)
    table = pl.DataFrame(
        [(label, when, new) for (label, when), new in taken.items()],
        schema={LABEL: pl.String, WHEN: pl.Int64, TAKEN: pl.String}, orient="row",
    )  # fmt: skip
    for column in own:
        keyed = _keyed(rows, column, year)
        found = keyed.join(table, on=[LABEL, WHEN], how="left", nulls_equal=True, maintain_order="left")
        rows = rows.with_columns(pl.coalesce(found[TAKEN], rows[column]).alias(column))
    return rows


def _keyed(rows: pl.DataFrame, column: str, year: str | None) -> pl.DataFrame:
    """Label and year of each row; null where there is no year."""
    labels = rows[column].str.strip_chars().alias(LABEL)
    if year is None:
        return pl.DataFrame({LABEL: labels, WHEN: pl.Series([None] * rows.height, dtype=pl.Int64)})
    texts = rows[year].cast(pl.String)
    years = {text: possible_year(text) for text in texts.drop_nulls().unique()}
    when = texts.replace_strict(years, default=None, return_dtype=pl.Int64) if years else texts.cast(pl.Int64)
    return pl.DataFrame({LABEL: labels, WHEN: when})


def _uses(rows: pl.DataFrame, own: list[str], year: str | None) -> Uses:
    """How often each label stands in each year, the most frequent first."""
    counts: Counter[tuple[str, int | None]] = Counter()
    for column in own:
        keyed = _keyed(rows, column, year).drop_nulls(LABEL).filter(pl.col(LABEL) != "")
        for label, when, times in keyed.group_by(LABEL, WHEN, maintain_order=True).len().rows():
            counts[label, when] += times
    return dict(counts)


def _mostly_known(labels: Collection[str], names: Names) -> bool:
    """Whether all but few labels are names of regions."""
    known = sum(1 for label in labels if names.code(label) or names.dated_name(label) or names.is_shared(label))
    return known >= MOST * len(labels)


def _best(uses: Uses, kept: Collection[str], known: Collection[str], names: Names) -> Mapping[str, str]:
    """Code of a region -> the label that is taken for it: of the first file, else the most frequent."""
    often: Counter[str] = Counter()
    for (label, _), times in uses.items():
        often[label] += times
    best: dict[str, str] = {}
    for label in (*known, *(label for label, _ in often.most_common())):
        code = names.region_of(label)
        if code is not None and label not in kept:
            best.setdefault(code, label)
    return best


def _taken(
    uses: Uses, fixed: Collection[str], best: Mapping[str, str], names: Names
) -> Mapping[tuple[str, int | None], str]:
    """Label and year -> the label that is taken, for those that change; `fixed` labels do not."""
    changed: dict[tuple[str, int | None], str] = {}
    for label, when in uses:
        code = names.region_of(label, when)
        if code is not None and label not in fixed and best.get(code, label) != label:
            changed[label, when] = best[code]
    return changed


def _say_other_years(path: Path, uses: Uses, best: Mapping[str, str], kept: Collection[str], names: Names) -> None:
    """Say which former names stand in years after their last one, beside another name of the region."""
    late: dict[str, list[int]] = {}
    for label, when in uses:
        if when is not None and label not in kept and names.region_of(label, when) is None:
            late.setdefault(label, []).append(when)
    for label, years in late.items():
        code, dated = names.region_of(label), names.dated_name(label)
        others = [one for one, _ in uses if one != label and names.region_of(one) == code]
        if code is not None and dated is not None and others:
            other = best[code] if best[code] in others else others[0]
            shown = ", ".join(map(str, sorted(years)))
            note(
                "catalog.regions.other_years", path=str(path), value=label, until=dated.until, years=shown, other=other
            )


def _say_territory(
    path: Path, uses: Uses, taken: Mapping[tuple[str, int | None], str], kept: Collection[str], names: Names
) -> None:
    """Say which regions whose names were joined had another territory in some of their rows."""
    for label in dict.fromkeys(taken.values()):
        code = names.region_of(label)
        own = [use for use in uses if use[0] not in kept and names.region_of(*use) == code]
        years = {when for _, when in own if when is not None}
        for change in names.changes.get(code or "", ()):
            if change.between(years) if years else any(_began_before(name, change.year, names) for name, _ in own):
                kind, values = change.sentence()
                note(f"catalog.regions.territory_{kind}", path=str(path), label=label, **values)


def _began_before(label: str, year: int, names: Names) -> bool:
    """Whether a label is a former name that was one before the year."""
    known = names.dated_name(label)
    former = known is not None and known.until is not None and not known.abolished
    return former and known is not None and (known.since is None or known.since < year)


def _say(
    path: Path, rows: pl.DataFrame, own: list[str], taken: Mapping[tuple[str, int | None], str], pack: str
) -> None:
    pairs = list(dict.fromkeys(f"{label} → {new}" for (label, _), new in taken.items()))
    first = next(iter(taken))[0]
    column = next(one for one in own if (rows[one].str.strip_chars() == first).any())
    shown = "; ".join(pairs[:SHOWN]) + (f" (+{len(pairs) - SHOWN})" if len(pairs) > SHOWN else "")
    note("catalog.regions.joined", path=str(path), column=column, pairs=shown, first=first, pack=pack)
