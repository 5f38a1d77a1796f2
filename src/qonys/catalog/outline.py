"""Small outlines for maps, made from reference boundaries without opening gaps between neighbours.

All outlines of a file are treated together as one coverage: borders are first put on a coordinate
grid and split where they meet, the faces between them are given back to their regions, and the
shared borders are then simplified once for both neighbours. Rings are wound clockwise outside and
counter-clockwise inside, as Vega's and d3's `geoShape` on the sphere expect; RFC 7946 has it the
other way, and such a file would fill the whole globe.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qonys.errors import BadInput


@dataclass(frozen=True)
class Outline:
    """The outline of one place: a shapely Polygon or MultiPolygon in degrees."""

    place: str
    shape: Any


@dataclass(frozen=True)
class Generalisation:
    """How coarse an outline is.

    Attributes
    ----------
    tolerance
        Size of the details given up, degrees (a triangle of a border's bend is dropped when its
        area is below the square of it).
    grid
        Coordinates become multiples of it, degrees.
    smallest
        Parts of a place smaller than this are given to the neighbour around them, or left out when
        there is none (islets), and gaps smaller than it are closed; square degrees. The largest
        part of a place always stays.
    """

    tolerance: float = 0.04
    grid: float = 0.01
    smallest: float = 0.005


def generalised(outlines: Sequence[Outline], rule: Generalisation) -> tuple[Outline, ...]:
    """Outlines with fewer points; neighbours keep one common border, nothing overlaps.

    Parameters
    ----------
    outlines
        Outlines that do not overlap but for faults smaller than the grid.
    rule
        How coarse the result is.

    Returns
    -------
    One outline for each given, in the same order.

    Raises
    ------
    BadInput
        A place is so small that it disappears; a finer rule is needed.
    """
    import shapely

    faces = _faces(outlines, rule.grid)
    owners = _owners(faces, outlines)
    _give_small_parts(faces, owners, rule.smallest)
    joined = []
    for outline in outlines:
        parts = [face for face, owner in zip(faces, owners, strict=True) if owner == outline.place]
        if not parts:
            raise BadInput(
                "catalog.outline.lost", place=outline.place, grid=rule.grid, smallest=rule.smallest
            )
        joined.append(shapely.union_all(parts))
    simple = shapely.coverage_simplify(joined, rule.tolerance)
    return tuple(
        Outline(outline.place, shape) for outline, shape in zip(outlines, simple.tolist(), strict=True)
    )


def _faces(outlines: Sequence[Outline], grid: float) -> list[Any]:
    """The faces between all borders, their corners on the grid; one mosaic without overlaps."""
    import shapely

    borders = shapely.union_all([item.shape.boundary for item in outlines], grid_size=grid)
    return list(shapely.polygonize([borders]).geoms)


def _owners(faces: Sequence[Any], outlines: Sequence[Outline]) -> list[str | None]:
    """The place that covers most of each face; None for a face outside all places (a lake, a hole)."""
    import shapely

    tree = shapely.STRtree([item.shape for item in outlines])
    owners: list[str | None] = []
    for face in faces:
        shares = {
            outlines[index].place: face.intersection(outlines[index].shape).area for index in tree.query(face)
        }
        place = max(shares, key=lambda name: shares[name], default=None)
        owners.append(place if place is not None and shares[place] > face.area / 2 else None)
    return owners


def _give_small_parts(faces: Sequence[Any], owners: list[str | None], smallest: float) -> None:
    """Reassign, in `owners`, the parts of places and the gaps that are too small to be drawn."""
    import shapely

    for place in sorted({owner for owner in owners if owner is not None}):
        own = [index for index, owner in enumerate(owners) if owner == place]
        whole = shapely.union_all([faces[index] for index in own])
        parts = sorted(getattr(whole, "geoms", [whole]), key=lambda part: -part.area)
        for part in (item for item in parts[1:] if item.area < smallest):
            neighbour = _neighbour(part, place, faces, owners)
            for index in own:
                if part.contains(faces[index].representative_point()):
                    owners[index] = neighbour
    for index, owner in enumerate(owners):
        if owner is None and faces[index].area < smallest:
            owners[index] = _neighbour(faces[index], "", faces, owners)


def _neighbour(part: Any, place: str, faces: Sequence[Any], owners: Sequence[str | None]) -> str | None:
    """The other place with the longest border along `part`."""
    lengths: dict[str, float] = {}
    for face, owner in zip(faces, owners, strict=True):
        if owner is not None and owner != place and face.intersects(part):
            length = face.boundary.intersection(part.boundary).length
            lengths[owner] = lengths.get(owner, 0.0) + length
    return max(lengths, key=lambda name: lengths[name], default=None)


def read_outlines(path: Path, name: str) -> tuple[Outline, ...]:
    """Outlines of a GeoJSON file; `name` is the property that holds the code of a place.

    Raises
    ------
    BadInput
        The file is not a GeoJSON collection, or a feature has no code.
    """
    from shapely.geometry import shape

    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput("catalog.outline.not_geojson", path=path.name) from None
    found = []
    for place, feature in enumerate(features):
        code = feature.get("properties", {}).get(name)
        if not code:
            raise BadInput("catalog.outline.no_code", path=path.name, feature=place + 1, property=name)
        found.append(Outline(str(code), shape(feature["geometry"])))
    return tuple(found)


def outline_document(
    outlines: Iterable[Outline], header: Mapping[str, str], name: str, kinds: Mapping[str, str] | None = None
) -> str:
    """The text of a GeoJSON file, one feature to a line.

    Parameters
    ----------
    outlines
        In the order wanted.
    header
        Members of the collection: at least `attribution` and `licence`.
    name
        The property that holds the code of a place; it is the feature's `id` too.
    kinds
        Optional `kind` of each place ("region", "city").

    Raises
    ------
    BadInput
        `attribution` or `licence` is missing or empty.
    """
    for member in ("attribution", "licence"):
        if not header.get(member):
            raise BadInput("catalog.outline.no_attribution", member=member)
    lines = []
    for outline in outlines:
        properties = {name: outline.place}
        if kinds is not None:
            properties["kind"] = kinds[outline.place]
        feature = {
            "type": "Feature",
            "id": outline.place,
            "properties": properties,
            "geometry": {"type": "MultiPolygon", "coordinates": clockwise(outline.shape)},
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    members = json.dumps({"type": "FeatureCollection", **header}, ensure_ascii=False)[:-1]
    return f'{members}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


def clockwise(shape: Any, decimals: int = 6) -> list[list[list[list[float]]]]:
    """Coordinates of a MultiPolygon: outer rings clockwise, holes counter-clockwise.

    Examples
    --------
    >>> from shapely import box
    >>> clockwise(box(0, 0, 1, 1))
    [[[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]]]
    """
    from shapely.geometry.polygon import orient

    parts = sorted(getattr(shape, "geoms", [shape]), key=lambda part: (-part.area, part.bounds))
    wound = [orient(part.normalize(), sign=-1.0) for part in parts]
    return [
        [
            [[round(x, decimals), round(y, decimals)] for x, y in ring.coords]
            for ring in (part.exterior, *part.interiors)
        ]
        for part in wound
    ]


def write_outline(
    source: Path,
    target: Path,
    *,
    names: tuple[str, str],
    header: Mapping[str, str],
    rule: Generalisation,
    keep: Mapping[str, str] | None = None,
) -> tuple[Outline, ...]:
    """Make a small outline file from reference boundaries.

    Parameters
    ----------
    source
        GeoJSON in WGS84 degrees.
    target
        The file written.
    names
        Property with the code of a place in `source`, and the one in `target`.
    header
        Members of the new collection: attribution and licence of the source, and others.
    rule
        How coarse the result is; it is written into the file under `generalisation`.
    keep
        Places kept, with their `kind`; None keeps all.

    Returns
    -------
    The outlines written.

    Raises
    ------
    BadInput
        The source cannot be read, a place to keep is not in it, or an outline disappears.
    """
    given = {outline.place: outline for outline in read_outlines(source, names[0])}
    for place in keep or ():
        if place not in given:
            raise BadInput("catalog.outline.no_place", path=source.name, place=place)
    chosen = [outline for place, outline in sorted(given.items()) if keep is None or place in keep]
    made = generalised(chosen, rule)
    members = {
        **header,
        "generalisation": f"degrees: tolerance {rule.tolerance}, grid {rule.grid}, parts {rule.smallest}",
    }
    kinds = keep if keep is not None and all(keep.values()) else None
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(outline_document(made, members, names[1], kinds), encoding="utf-8")
    return made
