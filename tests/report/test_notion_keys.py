"""Keys of the values of notions are words: no code of a period, a day or a place is printed."""

import re

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.report.chapters.notions import _newest, named
from qonys.report.context import Context
from qonys.report.notion_keys import key_text
from qonys.study.runs.results import Results

CODE = re.compile(r"\d{4}-[HQM]\d|\d{4}-\d\d-\d\d|[a-z]+_[a-z]+|\b(?:middle|before|after|low|high)\b|\b[A-Z]{3}\b|KZ-\d\d|=")
KEYS = (
    "period=2025-Q1; source=bestnewskz_2674", "period=2016-M01-M08; source=x", "period=2026-01-01/2026-03-17; source=x",
    "breakdown=country; category=DEU; period=2025-H1; source=x", "end=2026-03-17; source=x", "bound=middle; group=ukrainian",
    "group=ukrainian; moment=before", "destination=KZ-11; origin=KZ-10; year=2024", "country=KAZ; year=2025",
    "language=kazakh; year=2021", "index=h; year=2025", "criterion=total; level=base",
)  # fmt: skip


def context(language: str) -> Context:
    return Context(Results("r"), open_pack("kazakhstan"), language)


@pytest.mark.parametrize("language", ["ru", "kk"])
@pytest.mark.parametrize("keys", KEYS)
def test_keys_are_words(language, keys) -> None:
    assert CODE.search(keys)  # as stored it would ring
    told = key_text(context(language), keys)
    assert told
    assert not CODE.search(told), told


def test_a_flow_names_both_ends() -> None:
    told = key_text(context("en"), "destination=KZ-11; origin=KZ-10; year=2024")
    assert re.fullmatch(r"2024, \w+ → \w+", told), told


def test_a_value_without_keys_in_words_stands_alone() -> None:
    row = {"notion": "planned_moves", "variant": "survey", "keys": "what=all", "value": 926e3, "low": None, "high": None}
    assert _newest(context("en"), row | {"unit": "persons"}) == "926,000"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_unit_is_said_once(language) -> None:
    unit = words.text("unit.share", language)
    assert not named(context(language), "group_moves_share", "share").endswith(f"{unit}, {unit}")


def test_every_key_of_the_study_is_words(study) -> None:
    shown = Context(study, open_pack("kazakhstan"), "ru")
    rows = [row for name in ("notions", "notion_pairs") for row in study.table(name).frame.iter_rows(named=True)]
    assert [told for row in rows if CODE.search(told := key_text(shown, row["keys"]))] == []
