"""Boxes of PRIM by another package."""

from __future__ import annotations

from common import generator, plain


def boxes() -> tuple[list[str], dict[str, object]]:
    """Peeling of PRIM with its boxes: cases of interest in a corner of three inputs, 3 % turned round."""
    import pandas as pd
    from ema_workbench.analysis import prim

    rng = generator(40)
    points = rng.random((400, 3))
    wanted = ((points[:, 0] > 0.6) & (points[:, 2] < 0.4)) ^ (rng.random(400) < 0.03)
    frame = pd.DataFrame(points, columns=["a", "b", "c"])
    found = prim.Prim(frame, wanted, threshold=0.5, peel_alpha=0.05, paste_alpha=0.05, mass_min=0.05).find_box()
    path = found.peeling_trajectory
    case = {"points": plain(points), "wanted": plain(wanted), **{n: plain(path[n]) for n in ("coverage", "density", "mass")}}
    lows, highs = zip(*((box.iloc[0], box.iloc[1]) for box in found.box_lims), strict=True)
    return ["ema_workbench"], {"corner": case | {"low": plain(lows), "high": plain(highs)}}
