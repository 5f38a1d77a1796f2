"""Every word the room uses is there in three languages with the same places."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import qonys
from qonys import words
from qonys.catalog.checks import CHECKS
from qonys.catalog.files import COLUMNS
from qonys.catalog.schema import FIELD_TYPES
from qonys.words import catalogue

SOURCE = Path(qonys.__file__).parent
LITERAL = re.compile(r'"((?:catalog|cli)\.[a-z_]+(?:\.[a-z_]+)*)"')


def fragment(language, name):
    with (SOURCE / "words" / language / f"{name}.po").open("rb") as file:
        for message in read_po(file):
            key = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
            if key:
                yield key, message.string


def used():
    found = set()
    for room in ("catalog", "cli"):
        for path in (SOURCE / room).rglob("*.py"):
            found |= set(LITERAL.findall(path.read_text(encoding="utf-8")))
    return {key for key in found if not key.startswith("catalog.outline")}


@pytest.mark.parametrize("name", ["catalog", "cli"])
def test_three_languages_with_the_same_keys_and_places(name):
    entries = {language: dict(fragment(language, name)) for language in ("en", "ru", "kk")}
    assert set(entries["en"]) == set(entries["ru"]) == set(entries["kk"])
    for key, text in entries["en"].items():
        for language in ("ru", "kk"):
            other = entries[language][key]
            forms = (text, other) if isinstance(text, str) else (*text, *other)
            assert len({frozenset(re.findall(r"{(\w+)}", form)) for form in forms}) == 1, key


@pytest.mark.parametrize("name", ["catalog", "cli"])
def test_no_language_is_left_in_another(name):
    for key, text in fragment("en", name):
        for form in [text] if isinstance(text, str) else text:
            assert not re.search("[А-Яа-яӘәҚқ]", form), key
    for language in ("ru", "kk"):
        for key, text in fragment(language, name):
            for form in [text] if isinstance(text, str) else text:
                assert "“" not in form, key
                assert re.search("[А-Яа-яӘәҚқ]", form) or "{" in form or len(form) < 3, (key, form)
    for key, text in fragment("ru", name):
        for form in [text] if isinstance(text, str) else text:
            assert not re.search("[ӘәҒғҚқҢңӨөҰұҮүҺһІі]", form), key


def test_every_key_in_code_has_words():
    known = words.keys("en")
    assert used() - known == set()
    made = {f"catalog.type.{kind}" for kind in FIELD_TYPES if kind not in ("string", "any")}
    made |= {f"catalog.check.{check.name}" for check in CHECKS}
    made |= {f"catalog.rule.{limit}" for limit in ("minimum", "maximum", "enum", "pattern")}
    assert made - known == set()


def test_descriptive_files_begin_with_their_key():
    assert all(columns for columns in COLUMNS.values())


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_catalogues_are_read_as_babel_reads_them(language):
    for path in sorted((SOURCE / "words" / language).glob("*.po")):
        read = dict(catalogue.messages(path.read_text(encoding="utf-8")))
        assert {key: tuple(forms.values()) for key, forms in read.items()} == {
            key: (text,) if isinstance(text, str) else text for key, text in fragment(language, path.stem)
        }


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('msgid "a"\nmsgstr "one"\nmsgstr "two"', "two texts of the key 'a'"),
        ('msgid "a"\nmsgstr "one', "no line of a catalogue"),
        ("msgid 'a'", "no line of a catalogue"),
    ],
)
def test_a_catalogue_that_is_not_whole_is_a_fault(lines, fault):
    with pytest.raises(ValueError, match=fault):
        list(catalogue.messages(lines))


def test_escapes_of_a_catalogue():
    text = r'''msgid "a"
msgstr ""
"C:\\new\tline\n"
"said \"no\""
'''
    assert list(catalogue.messages(text)) == [("a", {-1: 'C:\\new\tline\nsaid "no"'})]
