"""Recognition of regions and of coded values by their names in any of the languages."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from qonys.catalog.axes import COUNTRIES, axes_of
from qonys.catalog.pack import Pack
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain, words_of

_CODE_COLUMNS: tuple[str, ...] = ("region", "kato", "iso_3166_2_legacy", "iso_3166_2")
NEAR, SLIP = 0.6, 0.9
CLOSED: frozenset[str] = frozenset({"sex", "area", "status", "unit", *COUNTRIES})


@dataclass(frozen=True)
class Names:
    """Known spellings of a column's values: exact and plain words -> code; `shown` for suggestions.

    `former`: key of a name that is no longer official -> code and the last year in which it was; `common`: words that
    several names share.
    """

    exact: Mapping[str, str]
    loose: Mapping[tuple[str, str], str]
    shown: Mapping[str, str]
    former: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    common: frozenset[str] = frozenset()

    def former_code(self, text: str, year: int | None) -> str | None:
        """The code of a former name in a year in which it was official, or before; None otherwise."""
        code, until = self.former.get(_key(text), (None, 0))
        return code if year is not None and year <= until else None

    def code(self, text: str) -> str | None:
        """The code meant by `text`, or None when it is unknown or could mean two things."""
        found = self.exact.get(text.strip().casefold()) or self.exact.get(plain(text))
        if found is None and ":" in text:
            found = self.exact.get(text.partition(":")[0].strip().casefold())
        return found or self.loose.get(_bare(text))

    def suggestion(self, text: str) -> str:
        """The nearest known name with its code, or nothing.

        A name that shares with `text` only words that several names have (Kazakhstan, region) is not near; a former
        name gives what the region is called today.
        """
        if _key(text) in self.former:
            code = self.former[_key(text)][0]
            return next((name for name in self.shown.values() if name.endswith(f"({code})")), code)
        own = self._own(text)
        for close in difflib.get_close_matches(plain(text), list(self.shown), n=5, cutoff=0.55):
            if not own or difflib.SequenceMatcher(None, own, self._own(close)).ratio() >= NEAR:
                return self.shown[close]
        return ""

    def _own(self, text: str) -> str:
        """The words of a name that only it has; a slip in a common word does not make it its own."""
        return " ".join(
            word for word in plain(text).split() if not difflib.get_close_matches(word, self.common, n=1, cutoff=SLIP)
        )


def _key(text: str) -> str:
    """A name without the words region, city, republic, with their kind."""
    word, kind = _bare(text)
    return f"{word}|{kind}"


def _bare(text: str) -> tuple[str, str]:
    """A region's name without the words region, city, republic; and which of them it had."""
    kinds = {name: words_of(name) for name in ("region", "city", "country")}
    kept, kind = [], ""
    for word in plain(text).split():
        of = next((name for name, known in kinds.items() if word in known), None)
        if of is None:
            kept.append(word)
        else:
            kind = of
    return " ".join(kept), kind


def _languages(columns: Sequence[str]) -> list[str]:
    """Languages of the columns `name_<language>`, English first."""
    found = [name.removeprefix("name_") for name in columns if name.startswith("name_")]
    return sorted(found, key=lambda language: language != "en")


def region_names(pack: Pack) -> Names:
    """Spellings of regions: codes, KATO and ISO codes, full and short names in every language of the pack.

    A name without the word region or city is taken only if it can mean one region.
    """
    exact: dict[str, str] = {}
    shown: dict[str, str] = {}
    bare: dict[tuple[str, str], set[str]] = defaultdict(set)
    shorts: dict[str, set[str]] = defaultdict(set)
    frame = pack.regions()
    languages = _languages(frame.columns)
    for row in frame.iter_rows(named=True):
        code = str(row["region"])
        for column in _CODE_COLUMNS:
            if row.get(column):
                exact[str(row[column]).casefold()] = code
        for language in languages:
            name, short = row.get(f"name_{language}"), row.get(f"short_{language}")
            if name:
                exact.setdefault(name.casefold(), code)
                exact.setdefault(plain(name), code)
                shown[plain(name)] = f"{name} ({code})"
                word, kind = _bare(name)
                bare[word, kind].add(code)
                bare[word, ""].add(code)
            if short:
                shorts[plain(short)].add(code)
                shown.setdefault(plain(short), f"{name or short} ({code})")
    for short, codes in shorts.items():
        if len(codes) == 1:
            exact.setdefault(short, next(iter(codes)))
    for row in pack.other_names().iter_rows(named=True):
        if row["to_year"] is None:
            exact.setdefault(plain(str(row["name"])), str(row["region"]))
    loose = {key: next(iter(codes)) for key, codes in bare.items() if len(codes) == 1}
    return Names(exact, loose, shown, _former(pack, {*exact, *(word for word, _ in loose)}), _common(shown))


def _former(pack: Pack, taken: Collection[str]) -> dict[str, tuple[str, int]]:
    """Former names of regions, with and without the words region and city: code, and the last year of the name."""
    found: dict[str, tuple[str, int]] = {}
    named = [
        (str(row["name"]), str(row["region"]), row["to_year"])
        for row in pack.other_names().iter_rows(named=True)
        if row["to_year"] is not None
    ]
    frame = pack.regions()
    columns = [name for name in frame.columns if name.startswith("former_name_")]
    for row in frame.iter_rows(named=True):
        named += [(row[column], str(row["region"]), row["former_until"]) for column in columns if row[column]]
    for name, code, until in named:
        word, kind = _bare(name)
        for key in (f"{word}|{kind}", f"{word}|"):
            if word not in taken:
                found.setdefault(key, (code, int(until)))
    return found


def _common(shown: Mapping[str, str]) -> frozenset[str]:
    """Words that the names of several regions share, and the words region, city and republic."""
    owners: dict[str, set[str]] = defaultdict(set)
    for name, known in shown.items():
        for word in name.split():
            owners[word].add(known.rpartition("(")[2])
    kinds = {word for name in ("region", "city", "country") for word in words_of(name)}
    return frozenset({word for word, codes in owners.items() if len(codes) > 1} | kinds)


def coded_names(pack: Pack, column: str) -> Names:
    """Spellings of a coded column: codes and labels of its axis, and the vocabulary's words."""
    exact: dict[str, str] = {}
    shown: dict[str, str] = {}
    axes = axes_of(column)
    labels = pack.labels()
    languages = _languages(labels.columns)
    for row in labels.iter_rows(named=True):
        if row["axis"] in axes:
            code = str(row["code"])
            exact[code.casefold()] = code
            shown[plain(code)] = code
            for language in languages:
                name = row.get(f"name_{language}")
                if name:
                    exact.setdefault(name.casefold(), code)
                    exact.setdefault(plain(name), code)
                    shown.setdefault(plain(name), f"{name} ({code})")
    if column in ("sex", "area", "status", "unit"):
        for word, code in codes_by_word(column).items():
            exact.setdefault(word, code)
            shown.setdefault(word, code)
    return Names(exact, {}, shown)
