"""What a check says of an answer."""

from __future__ import annotations

from dataclasses import dataclass

RIGHT, NOT_YET, HINT, MISTAKE, UNREADABLE, NO_DATA = "right", "not_yet", "hint", "mistake", "unreadable", "no_data"
STATES = (RIGHT, NOT_YET, HINT, MISTAKE, UNREADABLE, NO_DATA)


@dataclass(frozen=True)
class Verdict:
    """A verdict: its state, what it says to the student, and which typical mistake was recognised.

    States: right, not_yet (no answer), mistake (recognised), hint, unreadable (no number or none of the choices),
    no_data (the pack lacks the figures).

    Examples
    --------
    >>> bool(Verdict("balance-1", "right", "Right.")), bool(Verdict("balance-1", "hint", "Look again."))
    (True, False)
    """

    exercise: str
    state: str
    text: str
    mistake: str = ""

    def __bool__(self) -> bool:
        return self.state == RIGHT

    def __str__(self) -> str:
        return self.text
