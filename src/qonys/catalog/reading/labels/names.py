"""Recognition of regions and of coded values by their names in any of the languages."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from qonys.catalog.axes import COUNTRIES, axes_of
from qonys.catalog.pack import Pack
from qonys.catalog.reading.labels.dated_names import DatedName, dated_names, key_of
from qonys.catalog.reading.labels.territory import TerritoryChange, territory_changes
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain, words_of

_CODE_COLUMNS: tuple[str, ...] = ("region", "kato", "iso_3166_2_legacy", "iso_3166_2")
NEAR, ALMOST, SLIP = 0.65, 0.85, 0.9
ENDING, SHARING, ROOT = 4, 3, 4
CLOSED: frozenset[str] = frozenset({"sex", "area", "status", "unit", *COUNTRIES})


@dataclass(frozen=True)
class Names:
    """Known spellings of a column's values: exact and plain words -> code; `shown` for suggestions.

    `dated`: key of a name -> the years and the region of a name that does not hold in all years; `common`: words that
    several names share, `endings`: endings that several words share; `several`: a name without the words region and
    city -> the codes of all that have it; `whole`: codes of the whole country, and the names that its descriptor gives;
    `changes`: code of a region -> changes of its territory.
    """

    exact: Mapping[str, str]
    loose: Mapping[tuple[str, str], str]
    shown: Mapping[str, str]
    dated: Mapping[str, DatedName] = field(default_factory=dict)
    common: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    changes: Mapping[str, tuple[TerritoryChange, ...]] = field(default_factory=dict)

    def means_whole(self, text: str) -> bool:
        """Whether a label is a name or a code of the whole country."""
        return text.strip().casefold() in self.whole or self.code(text) in self.whole

    def dated_name(self, text: str) -> DatedName | None:
        """What is known of a name that does not hold in all years; None where it is no such name."""
        return self.dated.get(key_of(*_bare(text)))

    def abolished(self, text: str) -> DatedName | None:
        """The former region that is meant, also with a slip, and that is a part of others today."""
        gone = {key.partition("|")[0]: name for key, name in self.dated.items() if name.abolished}
        near = difflib.get_close_matches(_bare(text)[0], list(gone), n=1, cutoff=ALMOST)
        known = self.dated_name(text) or (gone[near[0]] if near else None)
        return known if known is not None and known.abolished else None

    def former_code(self, text: str, year: int | None) -> str | None:
        """The code of a former name in a year in which it was official, or before; None otherwise."""
        known = self.dated_name(text)
        return None if known is None else known.region_in(year)

    def region_of(self, text: str, year: int | None = None) -> str | None:
        """The code of a region by any of its names; of a former name in its years, without a year in any."""
        found, known = self.code(text), self.dated_name(text)
        if found is not None or known is None or known.abolished:
            return found
        return known.regions[0] if year is None else known.region_in(year)

    def is_shared(self, text: str) -> bool:
        """Whether several regions have the name, without the words region and city."""
        return plain(text) in self.several

    def code(self, text: str) -> str | None:
        """The code meant by `text`, or None when it is unknown or could mean two things."""
        found = self.exact.get(text.strip().casefold()) or self.exact.get(plain(text))
        if found is None and ":" in text:
            found = self.exact.get(text.partition(":")[0].strip().casefold())
        return found or self.loose.get(_bare(text))

    def called(self, code: str, text: str) -> str:
        """The name of today of a region with its code, in the language whose name is most like `text`."""
        own = [name for name in self.shown.values() if name.endswith(f"({code})")]
        return max(own, key=lambda name: _likeness(plain(text), plain(name)), default=code)

    def suggestion(self, text: str) -> str:
        """The nearest known name with its code, or nothing.

        A name that shares with `text` only words or endings that several names have (Kazakhstan, region) is not
        near; a former name gives what the region is called today, a name of several regions all of them.
        """
        known = self.dated_name(text)
        if known is not None or self.is_shared(text):
            codes = self.several.get(plain(text), ()) if known is None else known.regions
            return " / ".join(self.called(code, text) for code in codes)
        own = self._own(text)
        for close in difflib.get_close_matches(plain(text), list(self.shown), n=5, cutoff=0.55):
            if _likeness(own, self._own(close)) >= NEAR if own else _likeness(plain(text), close) >= SLIP:
                return self.shown[close]
        return self._by_root(own)

    def _by_root(self, own: str) -> str:
        """The one region of whose own words one begins like `own`, whatever ending or place the words have.

        «Абайская область» is so «область Абай»; nothing where several regions begin so.
        """
        root = own[: len(own) - ENDING] if len(own) > ROOT + ENDING else own
        if len(root) < ROOT:
            return ""
        words = {name: [word for word in self._own(name).split() if len(word) >= ROOT] for name in self.shown}
        near = [
            self.shown[name] for name, known in words.items()
            if any(own.startswith(word) or word.startswith(root) for word in known)
        ]  # fmt: skip
        codes = {shown.rpartition("(")[2] for shown in near}
        return max(near, key=lambda shown: _likeness(own, plain(shown))) if len(codes) == 1 else ""

    def _own(self, text: str) -> str:
        """The words of a name that only it has, without common endings; a slip in a common word is none of its own."""
        words = [
            word for word in plain(text).split() if not difflib.get_close_matches(word, self.common, n=1, cutoff=SLIP)
        ]
        return " ".join(_stem(word, self.endings) for word in words)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _stem(word: str, endings: Collection[str]) -> str:
    """A word without the longest of the endings."""
    return next((word[:n] for n in range(3, len(word) - ENDING + 1) if word[n:] in endings), word)


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
    return pack.cached("names of regions", lambda: _region_names(pack))


def _region_names(pack: Pack) -> Names:
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
        if row["to_year"] is None and not row["part"]:
            exact.setdefault(plain(str(row["name"])), str(row["region"]))
    loose = {key: next(iter(codes)) for key, codes in bare.items() if len(codes) == 1}
    several = {word: tuple(sorted(codes)) for (word, kind), codes in bare.items() if not kind and len(codes) > 1}
    dated = dated_names(pack, {*exact, *(word for word, _ in loose)}, _bare)
    common, endings = _common(shown)
    said = {key: text for key, text in pack.country.items() if key in ("code", "iso3") or key.startswith("name_")}
    country = {text.casefold() for text in said.values()}
    whole = frozenset({pack.whole, *country})
    return Names(exact, loose, shown, dated, common, endings, several, whole, territory_changes(pack))


def _common(shown: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Words that the names of several regions share, with the words region, city and republic; and shared endings."""
    owners: dict[str, set[str]] = defaultdict(set)
    ends: dict[str, set[str]] = defaultdict(set)
    for name, known in shown.items():
        code = known.rpartition("(")[2]
        for word in name.split():
            owners[word].add(code)
            for n in range(3, len(word) - ENDING + 1):
                ends[word[n:]].add(code)
    kinds = {word for name in ("region", "city", "country") for word in words_of(name)}
    common = {word for word, codes in owners.items() if len(codes) > 1} | kinds
    return frozenset(common), frozenset(end for end, codes in ends.items() if len(codes) >= SHARING)


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
