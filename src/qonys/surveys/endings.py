"""Censoring in records of stays: an empty end, a word for it, or 0 and 1, no and yes.

The column is called `end`, so 0, no and "stayed" are stays censored at last observation, and 1 and yes are stays
that ended. Other numbers are ambiguous, and the user has to say which of them means censored.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog.reading.advice import typed
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.errors import BadInput
from qonys.surveys.codes import as_texts, code_of
from qonys.surveys.columns import names_of, near_names
from qonys.surveys.reading import Microdata
from qonys.surveys.settling import STAY, Stays
from qonys.words.notes import note

NOBODY = "none"
SHOWN = 8


def stays_of(data: Microdata, censored: Sequence[str] = ()) -> Stays:
    """Records of stays, with the end of those who are still there empty.

    Parameters
    ----------
    data
        Records with `years` and `end`; labels of a labelled file count as its words.
    censored
        Codes or labels of `end` that mean "still there", said by the person; "none": nobody is.

    Raises
    ------
    BadInput
        A column is missing; a stay is missing, negative, longer than a life; `end` holds numbers that do not tell
        who is still there, or a code of `censored` that nobody has.

    """
    frame = data.frame
    lacking = [name for name in ("years", "end") if name not in frame.columns]
    if lacking:
        near = near_names(lacking[0], names_of(frame))
        raise BadInput("surveys.settling.columns", lacking=", ".join(lacking), near=near)
    years = data.numbers("years", counted=True)
    codes = as_texts(data.column("end"))
    ends = data.categories("end")
    there = _said(codes, ends, censored) if censored else _recognised(ends)
    _say(ends, there)
    new = [years.alias("years"), pl.Series("end", [None if end in there else end for end in ends], dtype=pl.String)]
    worded = [name for name in names_of(frame) if (name in data.values or name in data.joined) and name != "end"]
    labelled = [data.categories(name).alias(name) for name in worded]
    return Stays(frame.with_columns(*labelled, *new))


def _say(ends: pl.Series, there: set[str]) -> None:
    """Which ends count as still there and which as leaving."""
    known = ends.drop_nulls()
    left = known.filter(~known.is_in(sorted(there)))
    censored = sorted(set(known) & there)
    note(
        "surveys.note.ends", left=", ".join(sorted(set(left))[:SHOWN]) or "–", n=len(left),
        censored=", ".join(censored) or "–", there=len(known) - len(left), empty=ends.null_count(),
    )  # fmt: skip


def _said(codes: pl.Series, ends: pl.Series, censored: Sequence[str]) -> set[str]:
    """Ends that the person calls still there, by code or by label."""
    if list(censored) == [NOBODY]:
        return set()
    found: set[str] = set()
    for text in censored:
        wanted = code_of(text, numeric=False)
        met = ends.filter(((codes == wanted) | (ends == text.strip())).fill_null(value=False)).drop_nulls()
        if not len(met):
            known = ", ".join(sorted(set(ends.drop_nulls()))[:SHOWN])
            raise BadInput("surveys.settling.censored_nobody", code=text, known=known)
        found |= set(met)
    return found


def _recognised(ends: pl.Series) -> set[str]:
    """Ends that mean still there, by their words."""
    words = codes_by_word("ending")
    known = sorted(set(ends.drop_nulls()))
    there = {end for end in known if words.get(plain(end)) == STAY}
    numbers = [end for end in known if end.lstrip("+-").isdigit()]
    if numbers and not there and not ends.null_count():
        options = " ".join(typed("--censored", code) for code in known[:SHOWN])
        raise BadInput("surveys.settling.which", codes=", ".join(known[:SHOWN]), options=options)
    return there
