"""Columns of sexes, of urban and rural people or of ages beside other groups: the same people, told again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from qonys.catalog.reading.advice import listed
from qonys.catalog.reading.columns import without_unit
from qonys.catalog.reading.labels.sums import answers
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain, words_of
from qonys.catalog.reading.times.age_notation import age_group
from qonys.errors import BadInput

SEX, AREA, AGE = "sex", "area", "age_group"
_ALL = frozenset({"both", "total"})
_LEAST = 2
_LONG = 3


def kind_of_people(text: str) -> str:
    """What a header says of people in place of a group: their sex, whether they are urban or rural, their ages; or "".

    Examples
    --------
    >>> [kind_of_people(text) for text in ("Мужчины, чел.", "Число женщин", "Қала халқы", "Rural", "15-64", "казахи")]
    ['sex', 'sex', 'area', 'area', 'age_group', '']

    """
    bare = without_unit(text)
    words = plain(bare)
    counted = " ".join(word for word in words.split() if word not in words_of("counted", "beside"))
    for kind in (SEX, AREA):
        codes = codes_by_word(kind)
        code = next((codes[one] for one in (words, counted) if one in codes), None)
        if code is not None:
            return "" if code in _ALL else kind
    return AGE if not bare.strip().isdecimal() and age_group(bare) is not None else ""


def of_other_kinds(
    path: Path, levels: Mapping[str, tuple[str, ...]], free: Sequence[str], name: str, total: Callable[[str], bool]
) -> list[str]:
    """The columns of sexes, areas or ages that stand beside two other groups at least.

    Parameters
    ----------
    path
        The file.
    levels
        Column -> texts above it, of all cells of the table.
    free
        Columns that the person has said nothing of.
    name
        What the headers are: group, destination …
    total
        Whether a column is a total by its words.

    Raises
    ------
    BadInput
        Two such kinds and no other groups: everyone would be counted twice.

    """
    kinds = {column: kind_of_people(texts[-1]) for column, texts in levels.items()}
    others = [column for column, kind in kinds.items() if not kind and not total(column)]
    above = {levels[column][:-1] for column in others} | {()}
    shortest = min((len(plain(levels[column][-1])) for column in others), default=_LONG)
    found = [column for column in free if kinds.get(column) and levels[column][:-1] in above]
    found = [column for column in found if shortest >= _LONG or len(plain(levels[column][-1])) >= _LONG]
    again = [(name, column) for column in found if kinds[column] != kinds[found[0]]]
    if len(others) >= _LEAST:
        return found
    if again and not others:
        said = {"path": str(path), "columns": listed(found), "name": name}
        raise BadInput("catalog.reading.beside_kinds_asked", exclude=answers(again)["exclude"], **said)
    return []
