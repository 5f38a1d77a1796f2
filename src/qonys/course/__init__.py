"""The labs of the course: their list, the pages of a lab, checks of answers.

A lab is one marimo file of `qonys.course.notebooks`; it imports `qonys` only. Its right answers are recomputed from the
open pack by `qonys.course.exercises`, never stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qonys.course.checking import check
from qonys.course.registry import Lab, labs
from qonys.course.verdicts import Verdict

if TYPE_CHECKING:
    from qonys.course.page import LabPage

__all__ = ["Lab", "Verdict", "check", "lab", "labs"]


def lab(name: str) -> LabPage:
    """The page of a lab for its marimo file, in the language and for the country that it is opened with.

    Parameters
    ----------
    name
        Id of a lab, such as balance.

    Raises
    ------
    UnknownName
        There is no such lab.

    Examples
    --------
    >>> import qonys.course
    >>> qonys.course.lab("balance").lab.number
    3

    """
    from qonys.course.page import LabPage

    return LabPage.open(name)
