"""Checks of outline files: no overlaps, nothing lost, right winding, one country in all vintages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qonys.catalog.rules.findings import Finding

Ring = Sequence[Sequence[float]]
HALF_SPHERE = 2 * math.pi


def spherical_area(ring: Ring) -> float:
    """Area of what lies to the right of a ring's direction, steradians (0 to 4 pi).

    A small place wound clockwise has a small area; wound the other way, nearly the whole sphere.
    Edges are taken as lines of equal slope in longitude and sine of latitude, exact enough for
    small places.

    Examples
    --------
    >>> clockwise = [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]
    >>> round(spherical_area(clockwise), 6), round(spherical_area(clockwise[::-1]), 3)
    (0.000305, 12.566)
    """
    total = 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        step = math.remainder(math.radians(x1 - x0), 2 * math.pi)
        total += step * (math.sin(math.radians(y0)) + math.sin(math.radians(y1))) / 2
    return total % (4 * math.pi)


def polygon_area(rings: Sequence[Ring]) -> float:
    """Spherical area of a polygon whose holes are wound against its outer ring, steradians."""
    return (spherical_area(rings[0]) - sum(spherical_area(hole[::-1]) for hole in rings[1:])) % (4 * math.pi)


def feature_area(feature: Mapping[str, Any]) -> float:
    """Spherical area of a GeoJSON feature, steradians."""
    geometry = feature["geometry"]
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return sum(polygon_area(rings) for rings in polygons)


def winding_faults(document: Mapping[str, Any], largest: float) -> tuple[Finding, ...]:
    """Features that cover more than `largest` steradians: wound the wrong way round."""
    found = []
    for feature in document["features"]:
        area = feature_area(feature)
        if not 0 < area < largest:
            values = {"place": feature.get("id"), "area": f"{area:.3g}", "largest": f"{largest:.3g}"}
            found.append(Finding("catalog.outline.winding", values))
    return tuple(found)


def overlap_faults(document: Mapping[str, Any], allowed: float = 1e-9) -> tuple[Finding, ...]:
    """Pairs of places whose outlines share more than `allowed` square degrees."""
    import shapely
    from shapely.geometry import shape

    places = [(str(item.get("id")), shape(item["geometry"])) for item in document["features"]]
    tree = shapely.STRtree([item for _, item in places])
    found = []
    for first, (name, outline) in enumerate(places):
        for second in sorted(int(index) for index in tree.query(outline)):
            if second <= first:
                continue
            shared = outline.intersection(places[second][1]).area
            if shared > allowed:
                values = {"first": name, "second": places[second][0], "area": f"{shared:.3g}"}
                found.append(Finding("catalog.outline.overlap", values))
    return tuple(found)


def gap_faults(document: Mapping[str, Any], allowed: float = 1e-9) -> tuple[Finding, ...]:
    """Holes between the places larger than `allowed` square degrees."""
    import shapely

    whole = union(document)
    found = []
    parts = getattr(whole, "geoms", [whole])
    for hole in (shapely.Polygon(ring) for part in parts for ring in part.interiors):
        if hole.area > allowed:
            x, y = hole.representative_point().coords[0]
            values = {"lon": f"{x:.2f}", "lat": f"{y:.2f}", "area": f"{hole.area:.3g}"}
            found.append(Finding("catalog.outline.gap", values))
    return tuple(found)


def place_faults(document: Mapping[str, Any], expected: Iterable[str]) -> tuple[Finding, ...]:
    """Places that are expected and missing, present and not expected, or there twice."""
    ids = [str(item.get("id")) for item in document["features"]]
    wanted = set(expected)
    odd = (wanted ^ set(ids)) | {place for place in ids if ids.count(place) > 1}
    return tuple(Finding("catalog.outline.places", {"place": place}) for place in sorted(odd))


def union(document: Mapping[str, Any]) -> Any:
    """All outlines of a file joined into one shapely geometry."""
    import shapely
    from shapely.geometry import shape

    return shapely.union_all([shape(item["geometry"]) for item in document["features"]])


def union_difference(first: Mapping[str, Any], second: Mapping[str, Any]) -> float:
    """Part of the joint area that only one of two files covers, 0 to 1."""
    a, b = union(first), union(second)
    return float(a.symmetric_difference(b).area / a.union(b).area)
