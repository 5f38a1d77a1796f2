"""The power of ten that a text says: «Население, тыс. человек» is 10^3, "per 1,000" and «на 1000 человек» are rates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from qonys.catalog.reading.labels.vocabulary import codes_by_word
from qonys.catalog.reading.numbers.writing import tidy

_ROUND = r"1(?:0{0,2}(?:[ ,.]000)+|0{2,})(?![\d])"
_WORD = re.compile(r"[^\W\d_]+")
_ZEROS = re.compile(r"(?<![\d])(?<![\d][ ,.])(?:'?000(?:'?s)?(?![\d])|1[ ,.]?000'?s\b)")
_TIMES = re.compile(rf"(?:\bin|(?<!per )\bunits? of|(?<!на )\bединиц\w* по|[x×х*]|\bв)\s*({_ROUND})")
_LARGE = re.compile(r"(?<![\d])(?<![\d][ ,.])1(?:0{0,2}(?:[ ,.]000)+|0{3,})(?![\d])")
_UNIT_NOTE = re.compile(r"\b(?:in|в) (?:thous|mill|тысяч|тыс|млн)|\bunits?\b|\bединиц|\bед\. ?изм|\bөлшем")
_LEAD = re.compile(
    r"\A[\W_]*(?:(?:примечани[ея]|ескерт(?:у|пе)|notes?|scale|масштаб|units?(?: of measure(?:ment)?)?|"
    r"единиц[аы](?: измерения)?|ед\. ?изм\.?|өлшем бірлігі|бірлігі|multiplier|множитель|көбейткіш)\b[\s:.=–—-]*)+"
)
_FILLING = frozenset({"in", "в", "of", "the", "figures", "numbers", "values", "are", "данные", "цифры", "s"})
_SCALED = re.compile(
    r"\b(?P<name>multiplier|множитель|көбейткіш|scale|масштаб|scal(?:e|ing) factor|unit mult(?:iplier)?|powercode)"
    r"\s*[:=]\s*(?P<number>\d[\d ,.]*)(?![\d:/])"
)
_OF_PEOPLE = r"persons?|people|inhabitants|residents|migrants|чел(?:овек)?|адам"
_SHORT: tuple[tuple[int, re.Pattern[str]], ...] = (
    (3, re.compile(
        rf"(?<=\w[,;(\[]) *(?:k|th)\.?(?= *[)\]]?$)|(?<=\w )[(\[]? *(?:k|th)\.?(?=[)\]]$)|(?<=\w, )(?:k|th)\.?$"
        r"|(?:(?<=pop )|(?<=population )|(?<=persons )|(?<=people )|(?<=migrants ))(?:k|th)\.?$"
        rf"|(?<![\w'])(?:k|th)\.? ?(?=(?:{_OF_PEOPLE})\b)|(?<!\w)т\. ?(?=(?:{_OF_PEOPLE})\b)|(?<!\w)т (?=чел\b)"
    )),
    (2, re.compile(
        rf"(?<!\w)(?:сот\.? ?|жүз )(?=(?:{_OF_PEOPLE})\b)|(?:(?<=, )|(?<=[(\[])|(?<=\bв ))сот(?:ен|ни|нях)\b"
        r"|(?:(?<=, )|(?<=[(\[])|(?<=\bin ))hundreds?\b"
    )),
)  # fmt: skip
_EXPONENT_NAMES = ("unit mult", "powercode")
_SHARE = re.compile(r"%|\bper ?cent\b|\bpercentage\b|\bпроцент\w*|\bпайыз\w*")


@dataclass(frozen=True)
class Said:
    """What a text says about its numbers.

    Attributes
    ----------
    powers
        Powers of ten to multiply by, as said.
    rate
        The numbers are rates or shares: per 1,000, ‰, %.
    counted
        A number of thousands stands there ("over 100 thousand"), which may be a unit or not.

    """

    powers: frozenset[int] = frozenset()
    rate: bool = False
    counted: bool = False

    @property
    def power(self) -> int | None:
        """The one power that is said beyond doubt; None where none is."""
        return None if self.doubtful or not self.powers else next(iter(self.powers))

    @property
    def doubtful(self) -> bool:
        """Whether several powers are said, or a power and a rate."""
        return len(self.powers) > 1 or (self.rate and bool(self.powers))


@cache
def _rates() -> re.Pattern[str]:
    large = [word for word, code in codes_by_word("power").items() if int(code) > 1]
    words = "|".join(sorted(large, key=len, reverse=True))
    base = rf"(?:{_ROUND}(?:\s*(?:{words})\b\.?)?|(?:1|10|100)?\s*(?:{words})\b\.?|тысячу)"
    of = r"\bper|/|\bfor every|\bout of|\bна(?: каждую| каждые)?|\bиз|\bpro|\bpour|\bje|\bpor"
    before = rf"(?:{of})\s*(?:a |one )?{base}"
    after = rf"{base}\s+(?!теңге\b)\w+(?:ға|ге|қа|ке)\b"
    return re.compile(rf"{before}|{after}|‰|\bпромилле\b|\bpromille\b|\bper mille?\b|\bшаққанда\b")


def power_in(text: str) -> Said:
    """The power of ten that a header, a title or a unit says.

    Examples
    --------
    >>> power_in("Население на 1 января, тыс. человек").power, power_in("deaths per 1,000").rate
    (3, True)

    """
    plain = _folded(text)
    rest, rates = _rates().subn(" ", plain)
    rest = _single_spaced(rest)
    counts = [(int(found), rest[max(place - 2, 0) : place].strip()[-1:].isdecimal()) for found, place in _words(rest)]
    powers = {power for power, after_number in counts if not after_number}
    if _ZEROS.search(rest):
        powers.add(3)
    powers |= {power for power, short in _SHORT if short.search(rest)}
    powers |= {len(re.sub(r"\D", "", found[1])) - 1 for found in _TIMES.finditer(rest)}
    counted = any(after_number for _, after_number in counts) or bool(_LARGE.search(_TIMES.sub(" ", rest)))
    rate = bool(rates or _SHARE.search(plain))
    return Said(frozenset(powers - {0}), rate, counted)


def bases_in(text: str) -> frozenset[float]:
    """How many persons the rates of a header, a title or a unit are per: 1000 of "per 1,000" and ‰, 100 of %.

    Examples
    --------
    >>> sorted(bases_in("на 100 тыс. человек")), sorted(bases_in("deaths, %")), sorted(bases_in("на 1 января"))
    ([100000.0], [100.0], [])

    """
    plain = _folded(text)
    phrases = {match[0] for match in _rates().finditer(plain)}
    bases = {_base(phrase) for phrase in phrases if phrase != "шаққанда"}
    return frozenset(bases | ({100.0} if _SHARE.search(re.sub(r"\d ?%", " ", plain)) else set()))


def _base(phrase: str) -> float:
    """The number in a phrase of a rate: 100000 of "per 100 thousand", 1000 of ‰."""
    known = {**codes_by_word("power"), "тысячу": "3"}
    powers = [int(known[word]) for word in _WORD.findall(phrase) if word in known]
    figures = re.sub(r"\D", "", phrase)
    return float(figures or 1) * 10.0 ** (sum(powers) if powers else 0 if figures else 3)


def _folded(text: str) -> str:
    return _single_spaced(tidy(text).casefold().replace("ё", "е").replace("_", " "))


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def says_unit(text: str) -> bool:
    """Whether a note below a table says the unit of its numbers: "in thousands", «Единица измерения: тыс. человек».

    Examples
    --------
    >>> says_unit("Figures are in thousands."), says_unit("Without a thousand soldiers.")
    (True, False)

    """
    if is_bare_unit(text) or scaled_in(text) is not None:
        return True
    return _UNIT_NOTE.search(tidy(text).casefold()) is not None and bool(power_in(text).powers)


def is_bare_unit(text: str) -> bool:
    """Whether a text is nothing but a multiplier of persons, with what leads to it: "(тыс. чел.)", "Scale: Thousands".

    Examples
    --------
    >>> is_bare_unit("Примечание: тысяч человек"), is_bare_unit("x 1000"), is_bare_unit("1000 persons")
    (True, True, True)
    >>> is_bare_unit("Thousands left"), is_bare_unit("persons")
    (False, False)

    """
    plain = _single_spaced(tidy(text).casefold().replace("ё", "е").replace("_", " "))
    said = power_in(text)
    if said.rate or not (said.powers or said.counted or round_number(text) is not None):
        return False
    rest = _LEAD.sub("", plain, count=1) if _LEAD.match(plain) else plain
    rest = re.sub(r"[x×х*](?=\s*1)", " ", _ZEROS.sub(" ", _without_short(rest.strip(" ()[]"))))
    rest = re.sub(_ROUND, " ", rest)
    words, units = codes_by_word("power"), codes_by_word("unit")
    persons = {word for word, code in units.items() if code == "persons"} | {"чел", "migrants", "мигрантов"}
    return all(word in words or word in persons or word in _FILLING for word in _WORD.findall(rest)) and not any(
        sign.isdecimal() for sign in rest
    )


def round_number(text: str) -> int | None:
    """The power of ten of a unit that is a round number of persons ("Unit: 1000 persons"); None where there is none.

    Examples
    --------
    >>> round_number("Unit: 1000 persons"), round_number("Cities of over 1000 persons")
    (3, None)

    """
    plain = _single_spaced(tidy(text).casefold().replace("_", " "))
    found = re.fullmatch(rf"({_ROUND})\s*(\w*)\.?", _LEAD.sub("", plain, count=1).strip(" ()[]"))
    persons = found is not None and (not found[2] or codes_by_word("unit").get(found[2]) == "persons")
    return len(re.sub(r"\D", "", found[1])) - 1 if found is not None and persons else None


def scaled_in(text: str) -> tuple[int | None, bool] | None:
    """The power in "Multiplier: 1000" and whether it is beyond doubt; None where no multiplier is named.

    Examples
    --------
    >>> scaled_in("Multiplier: 1000"), scaled_in("Multiplier: 3"), scaled_in("UNIT_MULT = 3"), scaled_in("Scale 1:1000")
    ((3, True), (3, False), (3, True), None)

    """
    plain = _single_spaced(tidy(text).casefold().replace("_", " "))
    found = _SCALED.search(plain)
    if found is None:
        return None
    number = re.sub(r"\D", "", found["number"])
    if found["name"].startswith(_EXPONENT_NAMES) and len(number) < 3:
        return int(number), True
    if re.fullmatch(r"10{0,12}", number):
        return len(number) - 1, True
    return (int(number) if len(number) < 3 else None), number == "0"


def _words(text: str) -> list[tuple[str, int]]:
    """Power and place of each word of `text` that says one."""
    known = codes_by_word("power")
    return [(known[word[0]], word.start()) for word in _WORD.finditer(text) if word[0] in known]


def without_power(text: str) -> str:
    """A unit without its multiplier: "thousand persons" is "persons", "THS_PER" is "PER".

    Examples
    --------
    >>> without_power("тыс. человек"), without_power("Thousands")
    ('человек', '')

    """
    plain = _without_short(tidy(text).replace("_", " "))
    known = codes_by_word("power")
    rest = _WORD.sub(lambda word: "" if known.get(word[0].casefold(), "0") != "0" else word[0], _ZEROS.sub(" ", plain))
    return " ".join(rest.replace("(", " ").replace(")", " ").split()).strip(" .,;:-")


def _without_short(text: str) -> str:
    """A unit without a short word for thousand or hundred: "k", "th. persons", «т. чел.»."""
    led = f"x, {text}"
    for _, short in _SHORT:
        found = short.search(led.casefold())
        if found is not None:
            led = led[: found.start()] + led[found.end() :]
    return led.removeprefix("x,").strip()


def exponent_of(text: str) -> int | None:
    """The exponent in a cell of UNIT_MULT, POWERCODE or SCALAR_FACTOR: 3, "3: Thousands", thousands, 1000.

    Examples
    --------
    >>> exponent_of("3"), exponent_of("thousands "), exponent_of("1000"), exponent_of("x")
    (3, 3, 3, None)

    """
    code = tidy(text).partition(":")[0].strip().casefold().removesuffix(".0")
    if re.fullmatch(r"-?\d{1,2}", code):
        return int(code) if -12 <= int(code) <= 9 else None
    if re.fullmatch(r"10{2,12}", code):
        return len(code) - 1
    words = codes_by_word("power")
    return int(words[code]) if code in words else None
