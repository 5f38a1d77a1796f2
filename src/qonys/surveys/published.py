"""Published survey results: what is documented about each, and a grade of its reliability.

No interval is given where the number of respondents is not stated. Where it is, the interval is that of a simple random
sample (Wilson 1927), a lower limit of the true width because it leaves out design effects and non-response. Grades:
`fair` (number, date and mode stated), `weak` (one of these not stated, or the figure is approximate), `unusable`
(self-selected respondents, or the base of the percentage is not clear).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
from scipy import stats

from qonys.errors import BadInput

GRADES = ("fair", "weak", "unusable")
FLAGS = ("no_number", "no_time", "no_mode", "approximate", "self_selected", "unclear_base", "outlier")
NOT_STATED = "not stated"
UNCLEAR = ("cannot share one base", "not clear")
LOOSE = ("approximate", "almost", "inferred")


def graded(results: pl.DataFrame) -> pl.DataFrame:
    """The results with `flags` (what is not stated or wrong, by comma), `grade`, and `low` and `high` (shares).

    `results`: columns of the pack's table `survey_results`; values in percent. `share` is the value over 100.
    """
    rows = [_graded(row) for row in results.iter_rows(named=True)]
    added = pl.DataFrame(
        rows,
        schema={"share": pl.Float64, "low": pl.Float64, "high": pl.Float64, "flags": pl.String, "grade": pl.String},
        orient="row",
    )
    return results.hstack(added)


def _graded(row: Mapping[str, object]) -> tuple[float, float | None, float | None, str, str]:
    note = str(row["note"] or "").lower()
    about = f"{row['mode']} {row['population_asked']}".lower()
    said = {
        "no_number": row["n"] is None,
        "no_time": row["fieldwork"] is None,
        "no_mode": str(row["mode"] or NOT_STATED) == NOT_STATED,
        "approximate": any(word in note for word in LOOSE),
        "self_selected": "self-selected" in about or "not a probability" in note,
        "unclear_base": any(words in note for words in UNCLEAR),
    }
    flags = [flag for flag, holds in said.items() if holds]
    if said["self_selected"] or said["unclear_base"]:
        grade = "unusable"
    else:
        grade = "weak" if flags else "fair"
    share = float(str(row["value"])) / 100
    low, high = wilson(share, float(str(row["n"]))) if row["n"] is not None else (None, None)
    return share, low, high, ",".join(flags), grade


def wilson(share: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a share of a simple random sample (Wilson 1927, JASA 22, 209-212).

    Examples
    --------
    >>> low, high = wilson(0.1, 100)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.1744)

    """
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5)
    return max(0.0, middle - half), min(1.0, middle + half)


def searched(
    graded_results: pl.DataFrame, words: str = "", group: str = "", label: Callable[[str, str], str] | None = None
) -> pl.DataFrame:
    """Rows whose texts or labels hold every word of `words`, and whose group or kind of group is `group`.

    `label(column, code)` gives the name of a code in the reader's language, so that one can search in it.

    Raises
    ------
    BadInput
        Nothing is found.

    """
    columns = ("survey", "population_asked", "question", "group_type", "group", "answer", "source", "fieldwork")
    wanted = words.lower().split()

    def holds(row: Mapping[str, object]) -> bool:
        if group and group not in (row["group"], row["group_type"]):
            return False
        texts = [str(row[column]) for column in columns if row[column] is not None]
        if label is not None:
            texts += [label(column, str(row[column])) for column in columns if row[column] is not None]
        text = " ".join(texts).replace("_", " ").lower()
        return all(word in text for word in wanted)

    kept = [holds(row) for row in graded_results.iter_rows(named=True)]
    found = graded_results.filter(pl.Series(kept, dtype=pl.Boolean))
    if found.height == 0:
        kinds = ", ".join(sorted(set(graded_results["group_type"]) | set(graded_results["group"])))
        raise BadInput("surveys.published.nothing", words=words or "–", group=group or "–", known=kinds)
    return found
