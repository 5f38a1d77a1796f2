"""Inputs by region and group joined to fewer regions and groups; sums agree, rates are weighed by whom they fall on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from qonys.projection.regional.inputs import RegionalInputs

Array = NDArray[np.float64]


def merged(fine: RegionalInputs, best: Array, regions: Mapping[str, str], groups: Mapping[str, str]) -> RegionalInputs:
    """`fine` joined by region -> region and group -> group; every new name holds whole old ones.

    Rates keep the expected events of `best`, the base (R, G, 2, A): fertility is weighed by women, mortality and
    emigration by residents, moves by residents of the origin; moves inside a joined region become stayers. Mixing is
    weighed by mothers' births.
    """
    new_regions = tuple(sorted(set(regions.values())))
    new_groups = tuple(dict.fromkeys(groups[name] for name in fine.groups))
    a = _matrix([regions[r] for r in fine.regions], new_regions)
    b = _matrix([groups[g] for g in fine.groups], new_groups)
    if a.shape[0] == a.shape[1] and b.shape[0] == b.shape[1]:
        return fine

    def joined(table: Array) -> Array:
        return np.asarray(np.einsum("ri,gj,...rgsa->...ijsa", a, b, table, optimize=True))

    people = joined(best)
    women, births = best[:, :, 0], fine.fertility * best[:, :, 0]
    fertility = _over(_by_two(births, a, b), _by_two(women, a, b))
    residents = best.sum(axis=(2, 3))
    mothers = births.sum(axis=(0, 2))
    mixing = _over(np.einsum("gj,g,gh,hk->jk", b, mothers, fine.mixing, b), (b.T @ mothers)[:, None])
    origin = best.sum(axis=1)
    flows = np.einsum("rsa,sarq,ri,qj->saij", origin, fine.od, a, a, optimize=True)
    od = _over(flows, np.einsum("rsa,ri->sai", origin, a)[..., None])
    return RegionalInputs(
        regions=new_regions,
        groups=new_groups,
        base_year=fine.base_year,
        base=joined(fine.base),
        fertility=fertility,
        mortality=_over(a.T @ (fine.mortality * residents) @ b, a.T @ residents @ b),
        mixing=mixing,
        od=od,
        levels=fine.levels,
        emigration=_over(joined(fine.emigration * best), people),
        immigration=joined(fine.immigration),
        sources=fine.sources,
        notes=fine.notes,
    )


def _matrix(names: list[str], kept: tuple[str, ...]) -> Array:
    """Old x new, 1 where the old one lies in the new."""
    return np.array([[float(name == other) for other in kept] for name in names])


def _by_two(table: Array, a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("ri,gj,rga->ija", a, b, table, optimize=True))


def _over(top: Array, bottom: Array) -> Array:
    bottom = np.broadcast_to(bottom, top.shape)
    return np.asarray(np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0))
