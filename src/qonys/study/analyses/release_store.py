"""A person's own releases: added whole or not at all, listed, and set aside again.

They lie beside the tables of `qonys catalog add`, as rows of the table of releases. A figure of a span that is stored
already is a further edition; both stay. What is set aside is moved to a folder beside, nothing is deleted.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from qonys import words
from qonys.catalog import Pack
from qonys.catalog.digest import file_digest
from qonys.catalog.locks import exclusive
from qonys.catalog.places import write_ready
from qonys.catalog.ranks import STATUSES
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND
from qonys.catalog.user_tables import UserTable, user_folder, user_tables, write_user_table
from qonys.errors import BadInput
from qonys.law.names import known_as, plain
from qonys.monitor.increments import Release, newest
from qonys.study.analyses.release_files import (
    FLOWS,
    TABLE,
    Row,
    Series,
    refuse_falling,
    rows_of_file,
    stored_releases,
)

ASIDE = "set-aside"
YEAR = 12
FAR = 10  # no release of a country was ever so many times the former one a month


@dataclass(frozen=True)
class AboutRelease:
    """What a person says of a file of releases: `released`, the day of publication; the title of its source; status;
    the `indicator` where the file has no such column; the unit that figures are rounded to (0: as they look); whether
    months may be missing at the end of the former year; whether an indicator may be `new`; whether a figure of a size
    quite other than the former one is meant (`accept_size`).
    """

    released: date | None = None
    source_title: str = ""
    status: str = "secondary"
    indicator: str = ""
    rounding: float = 0.0
    gap: bool = False
    new: bool = False
    accept_size: bool = False


def add_releases(pack: Pack, path: Path, about: AboutRelease, choices: FileChoices = AS_FOUND) -> UserTable:
    """Keep the releases of a file in a person's own store: all of them, or none.

    Raises
    ------
    BadInput
        A release older than the last one, below or equal to the former one of its year, stored already, after a gap,
        not yet over, without an indicator or of an unknown one, more than `FAR` times or less than a `FAR`th of the
        former one a month; a status that there is not. With file, row and column; nothing is stored.

    """
    if about.status not in STATUSES:
        raise BadInput("catalog.add.bad_status", value=about.status, known=", ".join(STATUSES))
    folder = write_ready(user_folder(pack), "XDG_DATA_HOME")
    with exclusive(folder / ".lock"):
        stored = _stored(pack)
        found = rows_of_file(path, choices, about.rounding)
        rows = _checked(path, [_named(path, one, about, tuple(stored)) for one in found], stored, about)
        now, digest = datetime.now(UTC).isoformat(timespec="microseconds"), file_digest(path)
        mark = hashlib.sha256(f"{now} {digest}".encode()).hexdigest()[:12]
        source = f"own-release-{mark}"
        added = UserTable(
            id=f"{TABLE}-{now[:10]}-{mark}", table=TABLE, rows=len(rows),
            sources={source: about.source_title or path.name}, added=now, file=path.name, file_digest=digest,
            mapping={}, pack=pack.name, pack_digest=pack.digest(),
        )  # fmt: skip
        write_user_table(pack, added, _frame(rows, stored, source, about))
    return added


def set_aside(pack: Pack, addition: str = "") -> UserTable:
    """Take an addition of own releases out of use (empty: the last one); its files are moved to a folder beside.

    Raises
    ------
    BadInput
        There is no such addition, or none at all.

    """
    found = [one for one in user_tables(pack) if one.table == TABLE]
    chosen = [one for one in found if addition in ("", one.id)]
    if not found:
        raise BadInput("monitor.no_additions")
    if not chosen:
        raise BadInput("monitor.no_addition", id=addition, known=", ".join(one.id for one in found))
    folder = user_folder(pack)
    aside = write_ready(folder / ASIDE, "XDG_DATA_HOME")
    rows, about = (f"{chosen[-1].id}{ending}" for ending in (".parquet", ".json"))
    with exclusive(folder / ".lock"):
        shutil.copyfile(folder / about, aside / about)
        (folder / rows).replace(aside / rows)
        (folder / about).unlink()
    return chosen[-1]


def listed_releases(pack: Pack) -> pl.DataFrame:
    """indicator, start, end, edition, value, rounding, published, counted_as_known, source, owner, addition.

    Every release of the pack and a person's own in all editions, by indicator and time; `counted_as_known`: the day
    from which `--as-of` knows it.

    Raises
    ------
    BadInput
        There are none.

    """
    additions = {source: one for one in user_tables(pack) if one.table == TABLE for source in one.sources}
    titles = {source: title for one in additions.values() for source, title in one.sources.items()}
    rows = [
        {
            "indicator": name, "start": one.start, "end": one.end, "edition": one.edition, "value": one.value,
            "rounding": one.rounding, "published": one.published, "counted_as_known": one.known,
            "source": titles.get(one.source, one.source), "owner": "user" if one.source in additions else "pack",
            "addition": additions[one.source].id if one.source in additions else None,
        }
        for name, some in stored_releases(pack).items()
        for one in some
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"published": pl.Date, "addition": pl.String})


def _stored(pack: Pack) -> Series:
    """Stored releases; none where neither the pack nor the person has any."""
    try:
        return stored_releases(pack)
    except BadInput as error:
        if error.key != "monitor.no_releases":
            raise
        return {}


def _named(path: Path, one: Row, about: AboutRelease, stored: Sequence[str]) -> Row:
    """The row under the code of its indicator, in any language; a new one only where that is said."""
    name = plain(one.indicator or about.indicator)
    where = {"path": str(path), "row": one.row}
    if not name:
        raise BadInput("monitor.no_indicator", **where)
    codes = {words.text(f"monitor.indicator.{code}", language).casefold(): code
             for code in FLOWS for language in words.LANGUAGES}  # fmt: skip
    known = tuple(dict.fromkeys((*FLOWS, *stored)))
    code = codes.get(name.casefold()) or known_as(name, known)
    if code is None and not about.new:
        column = one.columns.get("indicator", "--indicator")
        raise BadInput("monitor.unknown_indicator", **where, column=column, name=name, known=", ".join(known))
    return replace(one, indicator=code or name, release=replace(one.release, published=about.released))


def _checked(path: Path, rows: Sequence[Row], stored: Series, about: AboutRelease) -> list[Row]:
    """The rows in order of time, none of which is refused."""
    today = datetime.now(UTC).date()
    ordered = sorted(rows, key=lambda one: (one.indicator, one.release.end))
    for one in ordered:
        end = one.release.end
        where = {"path": str(path), "row": one.row, "column": one.columns["months"], "end": end.isoformat()}
        if end > today:
            raise BadInput("monitor.not_over", **where)
        if about.released is not None and not end < about.released <= today:
            raise BadInput("monitor.released_day", **where, day=about.released.isoformat(), today=today.isoformat())
        before = [each.release for each in ordered if each.indicator == one.indicator and each.release.end < end]
        known = [*stored.get(one.indicator, ()), *before]
        _refuse_place(where, one.release, known, about)
        if not about.accept_size:
            _refuse_size(where | {"column": one.columns["value"]}, one.release, known)
    refuse_falling(path, ordered, stored)
    return ordered


def _refuse_place(where: dict[str, object], one: Release, known: Sequence[Release], about: AboutRelease) -> None:
    """Refuse a release that has no place after those known: stored already, older than the last, after a gap."""
    if not known:
        return
    same = [each for each in known if each.end == one.end]
    last = max(newest(known), key=lambda each: each.end)
    if same:
        former = max(same, key=lambda each: each.edition)
        values = {"value": former.value, "day": former.known.isoformat()}
        if former.value == one.value:
            raise BadInput("monitor.again", **where, **values)
        if about.released is not None and former.published is not None and about.released <= former.published:
            raise BadInput("monitor.older_day", **where, **values, released=about.released.isoformat())
        return
    if one.end < last.end:
        raise BadInput("monitor.older", **where, last=last.end.isoformat())
    apart = one.start.year - last.start.year
    if apart > 1 or (apart == 1 and last.months < YEAR and not about.gap):
        key = "monitor.year_missing" if apart > 1 else "monitor.months_missing"
        raise BadInput(key, **where, last=last.end.isoformat(), year=last.start.year + (apart > 1))


def _refuse_size(where: dict[str, object], one: Release, known: Sequence[Release]) -> None:
    """Refuse a figure of quite another size, a month, than the last one known to an earlier or the same day."""
    last = max((each for each in newest(known) if each.end <= one.end), key=lambda each: each.end, default=None)
    if last is None or last.value <= 0:
        return
    times = (one.value / one.months) / (last.value / last.months)
    if not 1 / FAR <= times <= FAR:
        raise BadInput(
            "monitor.size", **where, value=one.value, former=last.value, last=last.end.isoformat(),
            rate=round(one.value / one.months), former_rate=round(last.value / last.months),
        )  # fmt: skip


def _frame(rows: Sequence[Row], stored: Series, source: str, about: AboutRelease) -> pl.DataFrame:
    newest_end = max([one.release.end for one in rows] + [one.end for some in stored.values() for one in some])
    editions = {(name, each.end): each.edition for name, some in stored.items() for each in newest(some)}
    return pl.DataFrame([
        {
            "flow": one.indicator, "start": one.release.start, "end": one.release.end,
            "edition": editions.get((one.indicator, one.release.end), 0) + 1, "value": float(one.release.value),
            "unit": "persons", "rounding": float(one.release.rounding), "published": about.released,
            "published_with": newest_end, "status": about.status, "source": source, "note": None,
        }
        for one in rows
    ], schema_overrides={"published": pl.Date, "note": pl.String, "edition": pl.Int64})  # fmt: skip
