"""A word that follows a count in a sentence of the commands takes the form of the number: it stands in brackets.

`{n} rows` says "1 rows"; `{n} [row|rows]` does not. Rows named one by one: `[row|rows] {rows}`.
"""

import re

import pytest

from qonys.words.agreement import agreed
from qonys.words.catalogue import _entries, messages

# the catalogues of what commands refuse and say; the report's sentences have large numbers only, or brackets
FILES = (
    "base", "breaks", "catalog", "coded_texts", "consequences", "estimation", "explanation", "explanation_more", "face",
    "file_ages", "file_numbers", "file_places", "file_shapes", "keeping", "life_tables", "own_population", "process_choices",
    "processes", "settings", "survey_files", "survey_identity", "survey_mobility", "surveys", "surveys_more", "typology",
)  # fmt: skip
COUNTS = (
    "n", "count", "rows", "documents", "need", "most", "years", "parameters", "rounds", "items", "places", "regions",
    "draws", "steps", "block", "cells", "limit", "columns", "zones", "repeats", "least_years",
)  # fmt: skip
NOUNS = {
    "en": ("rows", "respondents", "years", "categories", "documents", "items", "groups", "tables", "cells", "draws", "rounds",
           "regions", "steps", "columns", "parameters", "records", "variables", "strata", "replicates", "characters"),
    "ru": ("строк", "строкам", "строках", "клеток", "ячеек", "респондентов", "респондентам", "респондентах", "лет", "групп",
           "регионов", "документов", "шагов", "мест", "местам", "местах", "записей", "записях", "слоях", "знаков", "значений",
           "столбцов", "таблиц", "траекторий", "повторам", "категорий", "переменных", "переездов"),
}  # fmt: skip
LISTED = {"en": re.compile(r"\brows \{rows\}"), "ru": re.compile(r"\bстроки \{rows\}"), "kk": re.compile(r"\{rows\}-? ?жолдар")}


def pattern(language):
    return re.compile(rf"\{{(?:{'|'.join(COUNTS)})\}}[ \u00a0](?:{'|'.join(NOUNS[language])})\b")


def unpluralised(texts, language):
    """Keys whose text has a count before a word in one form."""
    found = [key for key, text in texts.items() if language in NOUNS and pattern(language).search(text)]
    return sorted(found + [key for key, text in texts.items() if LISTED[language].search(text)])


def texts_of(language):
    from qonys.words import catalogue

    folder = catalogue._FOLDER / language
    return {
        key: forms[-1]
        for name in FILES
        for key, forms in messages((folder / f"{name}.po").read_text(encoding="utf-8"))
        if -1 in forms and key in _entries(language) and not key.startswith(("demographic.", "labour.", "potential.", "settling."))
    }


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_words_after_counts_take_their_form(language):
    assert unpluralised(texts_of(language), language) == []


def test_planted_faults_ring():
    assert unpluralised({"a": "{n} rows lack it", "b": "{n} [row|rows]", "c": "(rows {rows})"}, "en") == ["a", "c"]
    assert unpluralised({"a": "в {n} строках", "b": "в {n} [строке|строках|строках] ([строка|строки] {rows})"}, "ru") == ["a"]
    assert agreed("1 [row|rows] ([row|rows] 4) or 2 [row|rows] ([row|rows] 4, 5)", "en") == "1 row (row 4) or 2 rows (rows 4, 5)"
    assert agreed("в 1 [строке|строках|строках] ([строка|строки] 4)", "ru") == "в 1 строке (строка 4)"
