"""Every help text is a sentence: it begins with a capital or with the code that is typed, and ends with a full stop."""

import re
from pathlib import Path

import pytest

from qonys import words

CLI = Path(words.__file__).parents[1] / "cli"
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CLI.rglob("*.py")))
KEYS = sorted({*re.findall(r'help="([a-z_.0-9]+)"', SOURCE), *re.findall(r'"(cli\.command\.[a-z_.]+)"', SOURCE)})


def first_word(key, language):
    return re.split(r"[\s,;:]", words.template(key, language), maxsplit=1)[0]


def is_code(key, language):
    """Whether the text begins with what a person types: Latin letters, the same in a language of another script."""
    word = first_word(key, language)
    return word.isascii() and (language != "en" or word in {first_word(key, other) for other in ("ru", "kk")})


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_help_texts_are_sentences(language):
    assert len(KEYS) > 250
    slips = []
    for key in KEYS:
        text = words.template(key, language)
        begins = not text[0].isalpha() or text[0].isupper() or is_code(key, language)
        if not begins or not text.endswith("."):
            slips.append(f"{key}: {text}")
    assert not slips
