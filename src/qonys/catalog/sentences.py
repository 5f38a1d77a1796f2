"""`sentences.yaml` of a pack: sentences of the report and of the site that are true of this country only.

A sentence stands under the key of the words' catalogue whose general text it takes the place of, in each language of
the pack: `key: {en: ..., ru: ..., kk: ...}`. An absent file means that the general texts are said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

from qonys import words
from qonys.catalog.country import country_words
from qonys.catalog.pack import Pack, nearest
from qonys.catalog.rules.findings import Finding
from qonys.errors import BadInput, QonysError

FILE = "sentences.yaml"


def pack_sentences(pack: Pack) -> Mapping[str, Mapping[str, str]]:
    """Sentences of the pack: key -> language -> text.

    Raises
    ------
    BadInput
        The file is no YAML mapping of keys to languages and texts.

    """
    return pack.cached("sentences", lambda: _read(pack))


def template(pack: Pack, key: str, language: str) -> str:
    """The sentence under `key` as it is said of the pack's country, its places not filled."""
    own = pack_sentences(pack).get(key, {}).get(language)
    return words.template(key, language) if own is None else own


def said(pack: Pack, key: str, language: str, /, **values: object) -> str:
    """The sentence under `key` as it is said of the pack's country, places filled.

    Places such as `{country_gen}` and `{kin}` take the forms of `country.yaml`.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> said(open_pack("kazakhstan"), "bilateral.in", "en")
    'to Kazakhstan'

    """
    text = template(pack, key, language)
    own = country_words(pack, language)
    needed = {name: own[name] for name in places(text) if name in own and name not in values}
    return text.format(**needed, **values) if needed or values else text


def places(text: str) -> frozenset[str]:
    """Names of the places of a text.

    Examples
    --------
    >>> sorted(places("{a} of {b:.1f}"))
    ['a', 'b']

    """
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def _read(pack: Pack) -> dict[str, dict[str, str]]:
    document = pack.document(FILE) if (pack.path / FILE).is_file() else None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise BadInput("catalog.country.no_mapping", path=FILE)
    for key, given in document.items():
        if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
            raise BadInput("catalog.country.no_mapping", path=f"{FILE}: {key}")
    return {key: {code: words.bound(text) for code, text in given.items()} for key, given in document.items()}


def sentence_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with `sentences.yaml`: unknown keys, languages that lack, places that no one fills."""
    try:
        found = pack_sentences(pack)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    for key, texts in found.items():
        if not words.has(key):
            yield Finding("catalog.sentences.key", {"key": key, "near": nearest(key, tuple(sorted(words.keys("en"))))})
            continue
        for language in pack.languages:
            if language not in texts:
                yield Finding("catalog.sentences.language", {"key": key, "language": language})
        for language, text in texts.items():
            filled = places(words.template(key, language)) if words.has(key, language) else frozenset()
            for place in sorted(places(text) - filled - set(country_words(pack, language))):
                yield Finding("catalog.sentences.place", {"key": key, "language": language, "place": place})
