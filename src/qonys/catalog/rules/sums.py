"""Rules on sums: parts add up to the published total, signed parts to a published balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from qonys.catalog.rules.findings import Finding, key_of

ALL_OTHERS = "*"
MEMBERS = "@members"
_ASIDE = frozenset({"value", "source", "status", "note", "rank", "owner"})


@dataclass(frozen=True)
class Identity:
    """`total` on `axis` equals the sum of `parts`; a part written ``-name`` is taken away.

    `parts` may be ``*`` (all other codes of the axis) or ``@members`` (the regions of the row's
    vintage). `tolerance` is in the unit of the values.
    """

    id: str
    axis: str
    total: str
    parts: tuple[str, ...]
    tolerance: float


@dataclass(frozen=True)
class SumsChecked:
    """Findings of an identity, and how many groups it could and could not be tested on."""

    findings: tuple[Finding, ...]
    tested: int
    partial: int


def parts_sum(
    frame: pl.DataFrame, identity: Identity, membership: pl.DataFrame, value: str = "value"
) -> SumsChecked:
    """Test an identity on every group that has the total and all the parts.

    Parameters
    ----------
    frame
        One table. Groups are made by all columns but the axis, the value, source, status and note:
        a total is held against the parts of its own source where those are complete, else, where that
        source has some of the parts, against the parts of all sources, if each stands once (never
        with ``*``).
    identity
        What must add up.
    membership
        vintage, region; used by ``@members``.
    value
        The value column.

    """
    keys = [name for name in frame.columns if name not in _ASIDE | {identity.axis, value}]
    rows = frame.filter(pl.col(value).is_not_null())
    findings: list[Finding] = []
    tested = partial = 0
    for group in rows.partition_by(keys, maintain_order=True) if keys else [rows]:
        totals = group.filter(pl.col(identity.axis) == identity.total)
        for total in totals.iter_rows(named=True):
            own = group.filter(pl.col("source") == total["source"])
            signed = _signed_parts(own, identity, membership)
            if signed is None and identity.parts != (ALL_OTHERS,) and own.height > 1:
                signed = _signed_parts(group, identity, membership)
            if signed is None:
                partial += 1
                continue
            tested += 1
            rest = float(total[value]) - _sum(signed, value)
            if abs(rest) > identity.tolerance:
                findings.append(_finding(identity, total, keys, float(total[value]), rest))
    return SumsChecked(tuple(findings), tested, partial)


def _signed_parts(
    group: pl.DataFrame, identity: Identity, membership: pl.DataFrame
) -> list[tuple[float, pl.DataFrame]] | None:
    """The parts with their signs; None when a part is absent or stands more than once."""
    signs = {
        part.lstrip("-"): -1.0 if part.startswith("-") else 1.0
        for part in _named(group, identity, membership)
    }
    if not signs:
        return None
    parts = group.filter(pl.col(identity.axis).is_in(list(signs)))
    if parts.height != len(signs) or parts[identity.axis].n_unique() != len(signs):
        return None
    return [
        (signs[str(row[0])], frame) for row, frame in parts.group_by([identity.axis], maintain_order=True)
    ]


def _named(group: pl.DataFrame, identity: Identity, membership: pl.DataFrame) -> Sequence[str]:
    if identity.parts == (ALL_OTHERS,):
        return sorted({str(code) for code in group[identity.axis]} - {identity.total})
    if identity.parts == (MEMBERS,):
        vintage = group["vintage"][0] if "vintage" in group.columns else None
        members = membership.filter(pl.col("vintage") == vintage)["region"]
        return sorted(set(members) - {identity.total})
    return identity.parts


def _sum(signed: Sequence[tuple[float, pl.DataFrame]], value: str) -> float:
    return float(sum(sign * float(frame[value][0]) for sign, frame in signed))


def _finding(
    identity: Identity, total: dict[str, object], keys: Sequence[str], published: float, rest: float
) -> Finding:
    values = {
        "id": identity.id,
        "key": key_of(total, list(keys)),
        "total": f"{published:g}" if abs(published) < 1e6 else f"{published:.0f}",
        "rest": f"{rest:+.10g}",
        "source": total["source"],
    }
    return Finding("catalog.rule.sum", values)
