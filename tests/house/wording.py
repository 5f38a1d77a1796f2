"""Every text that a person reads, with its place: catalogues, sentences and texts of the packs that are shipped."""

import csv
import json
from collections.abc import Iterator

import yaml

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.glossary import general_by_id
from qonys.catalog.pack import shipped_packs
from qonys.words.catalogue import _entries

SAID = ("text", "name", "reason", "short", "reservation")  # columns of a pack's tables that are read, by language; titles are their authors'


def catalogue_texts(language: str) -> Iterator[tuple[str, str]]:
    """Key and text of each entry of a catalogue, forms of the plural joined."""
    for key, text in _entries(language).items():
        yield key, text if isinstance(text, str) else "; ".join(text)


def pack_texts(language: str) -> Iterator[tuple[str, str]]:
    """Place and text of each sentence in the packs' YAML files and of each text in their CSV files."""
    for name in shipped_packs():
        folder = open_pack(name).path
        for path in sorted(folder.glob("*.yaml")):
            yield from _within(yaml.safe_load(path.read_text(encoding="utf-8")), f"{name}/{path.name}", language)
        document = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        yield from _within(document, f"{name}/datapackage.json", language)
        for path in sorted((*folder.glob("*.csv"), *folder.glob("law/*.csv"))):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    for kind in SAID:
                        if text := row.get(f"{kind}_{language}"):
                            yield f"{name}/{path.name}:{next(iter(row.values()))}.{kind}", words.bound(text)


def glossary_texts(language: str) -> Iterator[tuple[str, str]]:
    """Place and text of each name and meaning in the general glossary."""
    for one in general_by_id().values():
        yield f"glossary:{one.id}.name", words.bound(one.names[language])
        yield f"glossary:{one.id}.text", words.bound(one.texts[language])


def _within(node: object, place: str, language: str) -> Iterator[tuple[str, str]]:
    """Texts of one language anywhere in a document: those under its code."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == language and isinstance(value, str):
                yield place, words.bound(value)
            else:
                yield from _within(value, f"{place}:{key}", language)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _within(value, f"{place}:{number}", language)


def all_texts(language: str) -> Iterator[tuple[str, str]]:
    """Everything that is read in one language."""
    yield from catalogue_texts(language)
    yield from pack_texts(language)
    yield from glossary_texts(language)
