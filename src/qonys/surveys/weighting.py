"""A survey with its weights ready: calibrated to known totals, and with replicate weights, where they are asked for.

Replicates are calibrated one by one to the same totals, so that the error holds what calibration takes away (Rao,
Yung and Hidiroglou 2002, Sankhya A 64, 364-378).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from qonys.surveys.calibration import Calibration, auxiliary, calibrated
from qonys.surveys.design import WEIGHT, Array, Design, with_design
from qonys.surveys.reading import Microdata
from qonys.surveys.replication import Replication, replicate_weights

CALIBRATED, BEFORE = "__calibrated", "__before"


def prepared(
    data: Microdata, design: Design, calibration: Calibration | None = None, replication: Replication | None = None
) -> tuple[Microdata, Design]:
    """The respondents with own columns of weights, and the design that names them.

    Raises
    ------
    BadInput
        As `calibration.calibrated` and `replication.replicate_weights`.

    """
    data.say_weights(design.weight)
    if calibration is None and replication is None:
        return data, design
    frame = data.frame
    before = with_design(frame, design)[WEIGHT].to_numpy().astype(float)
    replicates = None if replication is None else replicate_weights(frame, design, replication)
    new: dict[str, Array] = {}
    changed = design
    if calibration is not None:
        x = auxiliary(frame, calibration.margins)
        names = tuple(f"__auxiliary_{place}" for place in range(x.shape[1]))
        new |= {CALIBRATED: calibrated(before, x, calibration), BEFORE: before, **dict(zip(names, x.T, strict=True))}
        changed = replace(changed, weight=CALIBRATED, auxiliary=names, before=BEFORE)
        if replicates is not None:
            each = [_inside(column, x, calibration) for column in replicates[0].T]
            replicates = np.column_stack(each), replicates[1]
    if replicates is not None and replication is not None:
        names = tuple(f"__replicate_{place}" for place in range(replicates[0].shape[1]))
        new |= dict(zip(names, replicates[0].T, strict=True))
        changed = replace(changed, replicates=names, scales=tuple(map(float, replicates[1])), centre=replication.centre)
    return replace(data, frame=frame.with_columns(**{k: pl.Series(v) for k, v in new.items()})), changed


def _inside(weight: Array, x: Array, calibration: Calibration) -> Array:
    """A replicate's weights calibrated; respondents whom it leaves out stay out."""
    inside = weight > 0
    out = np.zeros_like(weight)
    out[inside] = calibrated(weight[inside], x[inside], calibration)
    return out
