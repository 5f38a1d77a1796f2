"""Choices of a survey that are checked where they are read."""

from __future__ import annotations

from qonys.errors import BadInput
from qonys.surveys.calibration import METHODS
from qonys.surveys.replication import CENTRES


def refuse_choices(calibration: str, centre: str, bounds: str = "") -> None:
    """Refuse a value that an option cannot have, also where the option has no effect.

    Raises
    ------
    BadInput
        Names the option, its value and the known ones.

    """
    for option, value, known in (("--calibration", calibration, METHODS), ("--centre", centre, CENTRES)):
        if value not in known:
            raise BadInput("surveys.choice", option=option, value=value, known=", ".join(known))
    calibration_bounds(bounds)


def calibration_bounds(given: str) -> tuple[float, float] | None:
    """The bounds of calibrated weights; None where none are given.

    Raises
    ------
    BadInput
        They are no two numbers, or not on both sides of 1.

    """
    if not given:
        return None
    try:
        low, high = (float(end) for end in given.split(","))
    except ValueError as error:
        raise BadInput("surveys.calibrate.bounds_form", given=given) from error
    if not 0 <= low < 1 < high:
        raise BadInput("surveys.calibrate.bounds", low=low, high=high)
    return low, high
