"""Segregation of groups over places of a person's own table of counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.labels.spellings import known_labels
from qonys.catalog.reading.labels.totals import listed
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.numbers.bounds import PERSONS
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.kernels.structure import segregation as sg
from qonys.words.each import in_each
from qonys.words.notes import note, without_note

COUNTS = Wanted(labels=("region", "group"), kinds={"value": PERSONS}, shares=("value",), absent="none")
AREAS = Wanted(labels=("region",), numbers=("area",))
LEAST_PLACES, HALF = 3, 50.0
PERHAPS = "explanation.perhaps_shares"
INDICES: dict[str, Callable[[sg.Array], float]] = {
    "d_multi": sg.multigroup_dissimilarity,
    "h": sg.theil,
    "m": sg.information,
    "normalised_exposure": sg.normalised_exposure,
}


def segregation_of_file(
    path: Path, kind: str = "indices", choices: FileChoices = AS_FOUND, draws: int = 200, areas: Path | None = None
) -> pl.DataFrame:
    """Segregation of a long table of counts (region, group, value): a table of `KINDS`; `areas`: region, area."""
    if kind not in KINDS:
        raise BadInput("estimation.choice", option="--kind", value=kind, known=", ".join(KINDS))
    if areas is not None and kind != "groups":
        note("explanation.areas_idle", kind=kind)
    frame = read_long(path, COUNTS, choices.before((areas,))).frame
    sizes = None
    if areas is not None:
        sizes = read_long(areas, AREAS, choices.for_companions(known_labels(frame))).frame
    with without_note(PERHAPS):
        places = Places.of_table(frame, draws, sizes)
    people = places.counts.sum(axis=1)
    if places.draws and not (choices.multiplier or choices.own_multipliers) and perhaps_shares(people):
        raise BadInput("explanation.perhaps_shares_refused", path=str(path), **_ends(people))
    return KINDS[kind](places)


@dataclass(frozen=True)
class Places:
    """Counts (places, groups) of a table, none of them empty; `draws` that chance takes, 0 where it has no persons.

    `areas` (places,) of all places, those without people too, whose counts are `everywhere` (places, groups); or None.
    """

    regions: tuple[str, ...]
    groups: tuple[str, ...]
    counts: sg.Array
    draws: int
    everywhere: sg.Array
    areas: sg.Array | None

    @classmethod
    def of_table(cls, frame: pl.DataFrame, draws: int = 200, areas: pl.DataFrame | None = None) -> Places:
        """Places of a table read already, with what is left out or cannot be done said once.

        Raises
        ------
        BadInput
            Negative draws, a repeated pair, fewer than two places or groups, negative counts, areas that lack or are
            of no place.
        """
        if draws < 0:
            raise BadInput("indicators.draws", draws=draws)
        twice = int(frame.select("region", "group").is_duplicated().sum())
        if twice:
            raise BadInput("explanation.twice", rows=twice)
        whole = frame.pivot(on="group", index="region", values="value").fill_null(0.0)
        wide = _with_people(whole)
        groups = tuple(name for name in wide.columns if name != "region")
        counts = wide.select(groups).to_numpy().astype(np.float64)
        empty = any((counts.sum(axis=axis) <= 0).any() for axis in (0, 1))
        if min(counts.shape) < 2 or (counts < 0).any() or empty or not np.isfinite(counts.sum()):
            raise BadInput("explanation.counts", places=counts.shape[0], groups=counts.shape[1])
        sizes = None if areas is None else _areas(areas, whole["region"].to_list())
        everywhere = whole.select(groups).to_numpy().astype(np.float64)
        regions = tuple(str(name) for name in wide["region"])
        return cls(regions, groups, counts, _draws(counts, draws), everywhere, sizes)


def _draws(counts: sg.Array, draws: int) -> int:
    """The draws, none where counts are no persons, which is said."""
    reason = sg.of_persons(counts)
    if draws == 0:
        return draws
    if not reason:
        people = counts.sum(axis=1)
        if perhaps_shares(people):
            note(PERHAPS, **_ends(people))
        return draws
    broken = counts[np.abs(counts - np.round(counts)) > 1e-9 * counts]
    first = in_each(float(broken[0])) if len(broken) else ""
    note(f"explanation.no_persons.{reason}", first=first)
    return 0


def perhaps_shares(people: sg.Array) -> bool:
    """Whether places (n,) may have percentages, some of whose groups are not there: none has more than a hundred."""
    return len(people) >= LEAST_PLACES and bool(people.min() >= HALF and people.max() <= sg.PER_CENT + sg.ROUNDED)


def _ends(people: sg.Array) -> dict[str, object]:
    return {"least": in_each(float(people.min())), "most": in_each(float(people.max()))}


def _areas(areas: pl.DataFrame, regions: list[str]) -> sg.Array:
    """Areas of the regions in their order."""
    twice = areas["region"].is_duplicated().any()
    known = dict(areas.select("region", "area").iter_rows())
    unlike = sorted(set(map(str, known)) ^ set(map(str, regions)))
    found = np.array([known.get(region, np.nan) for region in regions], dtype=np.float64)
    if twice or unlike or not (found > 0).all() or not np.isfinite(found).all():
        places = unlike or [str(r) for r, size in zip(regions, found, strict=True) if not size > 0]
        raise BadInput("explanation.areas", places=listed(places) if places else "–")
    return found


def _with_people(wide: pl.DataFrame) -> pl.DataFrame:
    """Places (rows) and groups (columns) that have people; the others weigh nothing and are named."""
    groups = [name for name in wide.columns if name != "region"]
    idle = [name for name in groups if bool((wide[name] == 0).all())]
    bare = pl.all_horizontal(pl.col(name) == 0 for name in groups)
    places = [str(name) for name in wide.filter(bare)["region"]]
    for key, names, all_names in (("places", places, wide.height), ("groups", idle, len(groups))):
        if 0 < len(names) < all_names:
            note(f"explanation.without_people.{key}", names=listed(names))
    return wide.filter(~bare).drop(idle)


def indices(places: Places) -> pl.DataFrame:
    """index, value (less bias), low, high, raw (of the counts), chance (expected under random allocation)."""
    rows = []
    for name, index in INDICES.items():
        found = sg.estimated(places.counts, index, places.draws)
        rows.append({"index": name, "value": found.value, "low": found.low, "high": found.high, "raw": found.raw,
                     "chance": found.chance})  # fmt: skip
    return pl.DataFrame(rows).fill_nan(None)


def by_group(places: Places) -> pl.DataFrame:
    """Each group against all others: d less bias with limits, isolation, eta2, h, raw d, and delta where areas are."""
    rows = []
    for j, name in enumerate(places.groups):
        own = places.counts[:, j]
        two = np.column_stack([own, places.counts.sum(axis=1) - own])
        found = sg.estimated(two, lambda x: sg.dissimilarity(x[:, 0], x[:, 1]), places.draws)
        row: dict[str, object] = {
            "group": name, "people": float(own.sum()), "d": found.value, "low": found.low, "high": found.high,
            "isolation": sg.exposure(places.counts, j, j), "eta2": sg.correlation(places.counts, j),
            "raw": found.raw, "h": sg.theil(two),
        }  # fmt: skip
        if places.areas is not None:
            row["delta"] = sg.delta(places.everywhere[:, j], places.areas)
        rows.append(row)
    return pl.DataFrame(rows).fill_nan(None)


def pairs(places: Places) -> pl.DataFrame:
    """group, other, d between the two alone, exposure of the first to the second (to itself: isolation), both raw."""
    counts = places.counts
    rows = [
        (one, other, sg.dissimilarity(counts[:, j], counts[:, k]), sg.exposure(counts, j, k))
        for j, one in enumerate(places.groups) for k, other in enumerate(places.groups)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["group", "other", "d", "exposure"], orient="row")


def location_quotients(places: Places) -> pl.DataFrame:
    """region, group, people, share of the place's people, quotient: that share over the group's share of all."""
    share, quotient = sg.shares(places.counts), sg.quotients(places.counts)
    rows = [
        (region, group, float(places.counts[i, j]), float(share[i, j]), float(quotient[i, j]))
        for i, region in enumerate(places.regions) for j, group in enumerate(places.groups)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["region", "group", "people", "share", "quotient"], orient="row")


def by_place(places: Places) -> pl.DataFrame:
    """region, people, divergence of its composition from the whole, nats."""
    local = sg.local_information(places.counts)
    return pl.DataFrame({"region": places.regions, "people": places.counts.sum(axis=1), "divergence": local})


KINDS: dict[str, Callable[[Places], pl.DataFrame]] = {
    "indices": indices, "groups": by_group, "pairs": pairs, "quotients": location_quotients, "places": by_place,
}  # fmt: skip
