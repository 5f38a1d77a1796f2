"""The mark of records that are made up."""

from __future__ import annotations

from qonys.registers.staging import Staged

SIMULATED = "simulated"
YES = "yes"


def is_simulated(staged: Staged) -> bool:
    """Whether a file says that its records are made up: a cell of its column `simulated` is not empty."""
    return bool(SIMULATED in staged.texts and staged.texts[SIMULATED].texts)
