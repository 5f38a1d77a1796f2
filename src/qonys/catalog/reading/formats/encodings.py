"""Encoding of a text file: told from its bytes only where one reading alone makes sense, otherwise asked.

Single-byte encodings of Cyrillic differ in which letters the bytes stand for, so the right one is the one whose
letters are as frequent as in Russian text.

References
----------
Lyashevskaya, O. N. and Sharov, S. A. (2009). Chastotnyi slovar sovremennogo russkogo yazyka. Moscow: Azbukovnik
(frequencies of letters in the Russian National Corpus).
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Mapping
from pathlib import Path

from qonys.errors import BadInput
from qonys.words.notes import note

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CYRILLIC: tuple[str, ...] = ("cp1251", "kz1048", "koi8-r", "cp866")
CANDIDATES: tuple[str, ...] = ("cp1252", "cp1250", *_CYRILLIC)
_LETTERS: Mapping[str, float] = {
    "о": 0.10983, "е": 0.08483, "а": 0.07998, "и": 0.07367, "н": 0.06700, "т": 0.06318, "с": 0.05473, "р": 0.04746,
    "в": 0.04533, "л": 0.04343, "к": 0.03486, "м": 0.03203, "д": 0.02977, "п": 0.02804, "у": 0.02615, "я": 0.02001,
    "ы": 0.01898, "ь": 0.01735, "г": 0.01687, "з": 0.01641, "б": 0.01592, "ч": 0.01450, "й": 0.01208, "х": 0.00966,
    "ж": 0.00940, "ш": 0.00718, "ю": 0.00639, "ц": 0.00486, "щ": 0.00361, "э": 0.00331, "ф": 0.00267, "ъ": 0.00037,
    "ё": 0.00013,
}  # fmt: skip
_OTHERS = "әғқңөұүһіїєґў"
_RARE = 0.02
_IMPOSSIBLE = 1e-5
_WORD = re.compile(r"[^\W\d_]+")
_PROPER_WORD = re.compile(r"[А-ЯЁӘҒҚҢӨҰҮҺІЇЄҐЎ]?[а-яёәғқңөұүһіїєґў]+|[А-ЯЁӘҒҚҢӨҰҮҺІЇЄҐЎ]+|[A-Za-z]+")
_VOWELS = "аеёиоуыэюяәөұүіїє"
_SIGNS = "«»–—№ …“”’‘°\u00a0"
_SURE = 0.95
_MARGIN = 6.0
_LIKE_RUSSIAN = -3.5
_LIKE_RUSSIAN_CAPITALS = -3.25
SAMPLE = 200_000


def decoded(content: bytes, path: Path) -> tuple[str, str]:
    """Text of a file and its encoding: UTF-8, UTF-16 (also without a mark), UTF-32, cp1251, kz1048, koi8-r or cp866.

    Raises
    ------
    BadInput
        The encoding cannot be told; the first row with a letter beyond ASCII is shown in those that are possible.

    """
    content = _unmarked(content)
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, name, path), name
    if b"\x00" in content:
        return _wide(content, path)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        name = _cyrillic(content, path)
    note("catalog.reading.encoding", path=str(path), encoding=name)
    return _strictly(content, name, path), name


def _unmarked(content: bytes) -> bytes:
    """`content` without the end sign of old systems (Ctrl-Z), and without one mark of an encoding before another."""
    inner = content.removeprefix(codecs.BOM_UTF8)
    content = inner if inner.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else content
    for end in (b"\x1a\x00", b"\x00\x1a", b"\x1a"):
        wide = len(content) % 2 == 0 and b"\x00" in content[:-2]
        if content.endswith(end) and (len(end) == 1 or wide):
            return content[: -len(end)]
    return content


def as_named(content: bytes, encoding: str, path: Path) -> tuple[str, str]:
    """`content` in the encoding that the person named.

    Raises
    ------
    BadInput
        A row is not in this encoding.

    """
    content = _unmarked(content)
    try:
        return content.decode(encoding), encoding
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        row = content.count(b"\n", 0, start) + 1
        raise BadInput("catalog.reading.not_encoded", path=str(path), row=row, encoding=encoding) from None


def _strictly(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise BadInput("catalog.reading.not_encoded", path=str(path), row=row, encoding=encoding) from None


def _wide(content: bytes, path: Path) -> tuple[str, str]:
    """UTF-16 without a mark: nearly all characters are Latin or Cyrillic letters, figures and signs in one order."""
    shares = {}
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(name)[:SAMPLE]
        except UnicodeDecodeError:
            continue
        plain = sum(1 for char in text if char in "\t\n\r" or " " <= char < "\u0250" or "\u0400" <= char < "\u0530")
        if "\x00" not in text:
            shares[name] = plain / max(len(text), 1)
    best = max(shares, key=lambda name: shares[name], default="")
    if not best or shares[best] < _SURE:
        raise BadInput("catalog.add.binary", path=str(path))
    return content.decode(best), "utf-16"


def _cyrillic(content: bytes, path: Path) -> str:
    """The one Cyrillic encoding in which the words are Russian or Kazakh beyond doubt."""
    beyond = [line for line in content[: 20 * SAMPLE].split(b"\n") if not line.isascii()]
    sample = b"\n".join(beyond[: SAMPLE // 20])[:SAMPLE]
    texts: dict[str, str] = {}
    for name in _CYRILLIC:
        text = sample.decode(name, errors="replace")
        if text not in texts.values():
            texts[name] = text
    likely = sorted(((_likelihood(text), name) for name, text in texts.items()), reverse=True)
    if len(likely) < 2:
        raise _doubtful(content, path)
    (best, name), (second, _) = likely[:2]
    if cyrillic_share(texts[name]) >= _SURE and best - second >= _MARGIN and _like_russian(texts[name], best):
        return name
    raise _doubtful(content, path)


def _likelihood(text: str) -> float:
    """Natural logarithm of the likelihood of the letters beyond ASCII, as if drawn from Russian text."""
    letters = [char for char in text.lower() if ord(char) > 127 and char not in _SIGNS]
    return sum(math.log(_LETTERS.get(char, _RARE if char in _OTHERS else _IMPOSSIBLE)) for char in letters)


def _like_russian(text: str, likelihood: float) -> bool:
    """Whether the letters are as frequent as in Russian; capitals alone need more, as other alphabets look so too.

    Of a text whose rows repeat a word, such as «г.» behind each year, the words count once where this is nearer.
    """
    once = " ".join(dict.fromkeys(word for word in _WORD.findall(text) if not word.isascii()))
    return _near_russian(text, likelihood) or _near_russian(once, _likelihood(once))


def _near_russian(text: str, likelihood: float) -> bool:
    letters = [char for char in text if ord(char) > 127 and char.isalpha()]
    least = _LIKE_RUSSIAN_CAPITALS if all(char.isupper() for char in letters) else _LIKE_RUSSIAN
    return likelihood / max(len(letters), 1) >= least


def _doubtful(content: bytes, path: Path) -> BadInput:
    """The refusal with the first word beyond ASCII as each encoding would show it."""
    number, line = next((i, line) for i, line in enumerate(content.split(b"\n"), 1) if not line.isascii())
    shown: dict[str, str] = {}
    for name in CANDIDATES:
        text = line[:4096].decode(name, errors="replace")
        word = next((word for word in _WORD.findall(text) if not word.isascii()), "")
        if word and "\ufffd" not in text and word[:24] not in shown.values():
            shown[name] = word[:24]
    seen = ", ".join(f"{name} “{word}”" for name, word in shown.items()) or "–"
    return BadInput("catalog.add.encoding", path=str(path), row=number, seen=seen)


def cyrillic_share(text: str) -> float:
    """Share of words beyond ASCII that are Russian or Kazakh letters in proper case (Слово, слово or СЛОВО).

    Examples
    --------
    >>> cyrillic_share("Год;Область"), cyrillic_share("Rйgion;Annйe")
    (1.0, 0.0)

    """
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words:
        return 0.0
    strange = sum(1 for char in text if ord(char) > 127 and not char.isalpha() and char not in _SIGNS)
    proper = sum(1 for word in words if _PROPER_WORD.fullmatch(word) and _vowelled(word))
    return proper / (len(words) + strange)


def _vowelled(word: str) -> bool:
    """Words of four letters and more need a vowel, and no more than five consonants in a row."""
    lowered = word.lower()
    if len(word) < 4:
        return True
    crowded = re.search(rf"[^{_VOWELS}ьъ]{{6}}", lowered) is not None
    return not crowded and re.search(rf"[{_VOWELS}]", lowered) is not None
