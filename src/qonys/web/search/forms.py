"""How words are compared: letters folded, endings cut, another keyboard layout read, one wrong letter forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

LEAST = 3  # letters of a stem that may begin a longer word
FORGIVING = 4  # letters of a word in which one may be wrong
_KAZAKH = str.maketrans("әіңғүұқөһё", "аингуукохе")  # as they are typed where the keyboard lacks them
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_CYRILLIC, _TO_LATIN = str.maketrans(_LATIN, _CYRILLIC), str.maketrans(_CYRILLIC, _LATIN)
_WORD = re.compile(r"[^\W_]+")
# endings of Kazakh nouns, letters folded: plural, possessive, case (Muhamedowa 2016, Kazakh); four
# letters stay at least
_ENDING = re.compile(
    "(.{4,}?)(?:[лдт][ае]р(?:[ыи]|[дт][ыи]н)?|[ндт][ыи]н|[дт][ае]г[ыи]|[дтн][ае]н|[мбп]ен|[гк][ае]|[дт][ае]|[дтнс][ыи]|[ыи])"
)


def plain(text: str) -> str:
    """Small letters, Kazakh ones as a Russian keyboard writes them.

    Examples
    --------
    >>> plain("Маңғыстау облысы"), plain("КӨШІ-ҚОН")
    ('мангыстау облысы', 'коши-кон')

    """
    return text.casefold().translate(_KAZAKH)


def words_in(text: str) -> list[str]:
    """Folded words of a text in their order."""
    return _WORD.findall(plain(text))


@cache
def _stemmers() -> tuple[Any, Any]:
    """Of Latin and of Cyrillic words."""
    from snowballstemmer.english_stemmer import EnglishStemmer
    from snowballstemmer.russian_stemmer import RussianStemmer

    return EnglishStemmer(), RussianStemmer()


@lru_cache(maxsize=20_000)
def stems(word: str) -> frozenset[str]:
    """What may be left of a folded word without its endings: by Snowball (Porter 2001), and by the Kazakh endings.

    Examples
    --------
    >>> sorted(stems("беженцев")), sorted(stems("migrants")), sorted(stems("казактардын"))
    (['беженц'], ['migrant'], ['казак', 'казактардын'])

    """
    if not word[:1].isalpha():
        return frozenset({word})
    if word.isascii():
        return frozenset({str(_stemmers()[0].stemWord(word))})
    found = {str(_stemmers()[1].stemWord(word))}
    own = _kazakh(word)
    return frozenset(found | {own} if own != word else found)


def _kazakh(word: str) -> str:
    """A folded Kazakh word without its endings, two at most."""
    for _ in range(2):
        found = _ENDING.fullmatch(word)
        word = found[1] if found else word
    return word


def layouts(query: str) -> Iterator[str]:
    """The query as typed, then as the same keys write it in the other alphabet.

    Examples
    --------
    >>> list(layouts("vbuhfwbz")), list(layouts("ьшпкфешщт"))
    (['vbuhfwbz', 'миграция'], ['ьшпкфешщт', 'migration'])

    """
    yield query
    low = query.casefold()
    letters = [letter for letter in low if letter.isalpha()]
    if letters and all(letter.isascii() for letter in letters):
        yield low.translate(_TO_CYRILLIC)
    elif letters and not any(letter.isascii() for letter in letters):
        yield low.translate(_TO_LATIN)


def nearly(one: str, other: str) -> bool:
    """Whether one letter more, less, other or exchanged with its neighbour makes two words the same.

    Examples
    --------
    >>> nearly("мигация", "миграция"), nearly("almtay", "almaty"), nearly("абай", "алматы")
    (True, True, False)

    """
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
