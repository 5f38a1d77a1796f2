"""Finding: the query as typed, then as another keyboard layout, then with one wrong letter; else what is nearest."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from qonys.errors import BadInput
from qonys.web.search.entries import SEARCHED, Entry, Item, entries
from qonys.web.search.forms import FORGIVING, LEAST, layouts, nearly, plain, stems, words_in
from qonys.web.view import Site

LONGEST, MOST_WORDS, MOST_OF_KIND = 100, 8, 8
TITLE, MORE, BEGINNING, WHOLE, OWN = 3.0, 1.0, 0.6, 4.0, 0.2
# weights: in the title, in other text, as a beginning of a word; the whole title; as typed in the reader's language
NEAREST, ALIKE = 4, 0.5


@dataclass(frozen=True)
class Hit:
    """A thing that was found."""

    kind: str
    item: Item
    score: float


@dataclass(frozen=True)
class Found:
    """What a query found, the best first, by kind; `read_as`: how it was read, where not as typed; else the nearest."""

    query: str
    groups: Mapping[str, tuple[Hit, ...]] = field(default_factory=dict)
    read_as: str = ""
    nearest: tuple[Hit, ...] = ()

    @property
    def count(self) -> int:
        """How many things were found."""
        return sum(map(len, self.groups.values()))


@dataclass(frozen=True)
class Index:
    """Stems in alphabetical order, each with the entries that it stands in and its weight there; all whole words."""

    entries: tuple[Entry, ...]
    places: Mapping[str, Mapping[int, float]]
    order: tuple[str, ...]
    words: tuple[str, ...]
    titles: Mapping[str, int]


def index_of(site: Site) -> Index:
    """The index of a site, made once."""
    return site.keep("search index", lambda: _made(entries(site)))


def _made(every: tuple[Entry, ...]) -> Index:
    places: dict[str, dict[int, float]] = defaultdict(dict)
    known, titles = dict[str, None](), dict[str, int]()
    for number, entry in enumerate(every):
        for item in entry.items.values():
            titles.setdefault(plain(item.title), number)
            for text, weight in ((item.title, TITLE), (item.more, MORE)):
                for word in words_in(text):
                    known[word] = None
                    for stem in stems(word):
                        places[stem][number] = max(weight, places[stem].get(number, 0.0))
    return Index(every, places, tuple(sorted(places)), tuple(known), titles)


def find(site: Site, language: str, query: str) -> Found:
    """What a query finds, titles in `language`.

    Raises
    ------
    BadInput
        The query is too long.

    """
    if len(query) > LONGEST:
        raise BadInput("search.too_long", found=len(query), most=LONGEST)
    index, typed = index_of(site), " ".join(query.split())
    for forgiving in (False, True):
        for text in layouts(typed):
            asked = words_in(text)[:MOST_WORDS]
            tried = [_corrected(index, word) for word in asked] if forgiving else asked
            scores = _scores(index, tried)
            if scores:
                read = "" if tried == words_in(typed)[:MOST_WORDS] else " ".join(tried)
                return Found(typed, _grouped(index, language, scores, plain(text)), read)
    return Found(typed, nearest=tuple(_nearest(index, language, typed)))


def _corrected(index: Index, word: str) -> str:
    """The word itself where it is known, else a known one with one letter of difference."""
    if len(word) < FORGIVING or any(True for _ in _stems_of(index, word)):
        return word
    return next((known for known in index.words if nearly(word, known)), word)


def _stems_of(index: Index, word: str) -> Iterator[tuple[str, float]]:
    """Stems of the index that a word means, and how well: the same, or one that begins with it."""
    for own in stems(word):
        start = bisect_left(index.order, own)
        for stem in index.order[start:]:
            if not stem.startswith(own):
                break
            if stem == own:
                yield stem, 1.0
            elif len(own) >= LEAST:
                yield stem, BEGINNING


def _scores(index: Index, asked: list[str]) -> dict[int, float]:
    """Score of each entry that holds all words of a query."""
    found: dict[int, float] | None = None
    for word in asked:
        own: dict[int, float] = {}
        for stem, weight in _stems_of(index, word):
            for number, place in index.places[stem].items():
                own[number] = max(own.get(number, 0.0), weight * place)
        found = own if found is None else {n: found[n] + own[n] for n in found.keys() & own.keys()}
    return found or {}


def _grouped(index: Index, language: str, scores: Mapping[int, float], text: str) -> dict[str, tuple[Hit, ...]]:
    """Hits by kind, the kind of the best hit first."""
    hits: dict[str, list[Hit]] = defaultdict(list)
    for number, score in scores.items():
        entry = index.entries[number]
        titles = [plain(item.title) for item in entry.items.values()]
        score += WHOLE if text in titles else 1 / (1 + min(len(title.split()) for title in titles))
        score += OWN if text in plain(entry.items[language].title if language in entry.items else "") else 0.0
        item = entry.items.get(language) or next(iter(entry.items.values()))
        hits[entry.kind].append(Hit(entry.kind, item, score))
    for held in hits.values():
        held.sort(key=lambda hit: (-hit.score, hit.item.title))
    order = sorted(hits, key=lambda kind: (-hits[kind][0].score, SEARCHED.index(kind)))
    return {kind: tuple(hits[kind][:MOST_OF_KIND]) for kind in order}


def _nearest(index: Index, language: str, query: str) -> Iterator[Hit]:
    """Things whose titles are most like a query."""
    seen: set[int] = set()
    for text in layouts(query):
        for title in difflib.get_close_matches(plain(text), index.titles, NEAREST, ALIKE):
            number = index.titles[title]
            if number not in seen and len(seen) < NEAREST:
                seen.add(number)
                entry = index.entries[number]
                yield Hit(entry.kind, entry.items.get(language) or next(iter(entry.items.values())), 0.0)
