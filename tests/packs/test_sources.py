"""Every source has a title and publisher in three languages, a date, and an address or the word that there is none."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.bibliography import KINDS, NONE, OWN, PAGE, PRINT, REPOSITORY, SITE, references

PACKS = ("kazakhstan", "georgia")
LATIN, CYRILLIC, KAZAKH = re.compile(r"[A-Za-z]"), re.compile(r"[А-Яа-яЁё]"), re.compile(r"[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")
ENGLISH = re.compile(r"\b(item|page|article|found|search|address|copy|through|after|the)\b", re.IGNORECASE)


def faults_of(row: dict[str, str | None]) -> list[str]:
    """What the row of a source lacks."""
    found = [name for name in ("title", "title_ru", "title_kk", "publisher", "publisher_ru", "publisher_kk") if not row[name]]
    found += [name for name in ("title_ru", "title_kk") if not CYRILLIC.search(row[name] or "")]
    if row["title_ru"] == row["title_kk"] and row["title_ru"] != "Карлаг":
        found.append("one title in two languages")
    if KAZAKH.search(re.sub(r"«[^»]*»", "", row["title_ru"] or "")):
        found.append("Kazakh letters in the Russian title")
    if CYRILLIC.search(row["title"] or "") and not re.search(r"«[^»]+»", row["title"] or ""):
        found.append("the English title in another script")
    for name in ("publisher_ru", "publisher_kk"):
        if re.search(r"\b(after|through|copy|of|and|at)\b", row[name] or "", re.IGNORECASE) and not CYRILLIC.search(row[name] or ""):
            found.append(name)
    if row["year"] and not re.fullmatch(r"\d{4}(-\d{4})?", row["year"]):
        found.append("year")
    try:
        date.fromisoformat(row["accessed"] or "")
    except ValueError:
        found.append("accessed")
    return found + address_faults(row["address_kind"] or "", row["address"] or "")


def address_faults(kind: str, address: str) -> list[str]:
    """What is wrong with an address of a kind."""
    if kind not in KINDS:
        return ["address_kind"]
    if (kind in (OWN, PRINT, NONE)) != (not address):
        return ["address"]
    pages = kind != PAGE or all(re.fullmatch(r"\S+\.\S+/\S*", one) for one in address.split("; "))
    repository = kind != REPOSITORY or re.fullmatch(r"[\w.-]+/[\w.-]+(@[0-9a-f]{8})?(: .+)?", address)
    spoken = kind == SITE and ENGLISH.search(address)
    return [] if pages and repository and not spoken else ["address"]


@pytest.mark.parametrize("name", PACKS)
def test_every_source_has_titles_dates_and_an_address(name: str) -> None:
    faults = {row["id"]: found for row in open_pack(name).sources().iter_rows(named=True) if (found := faults_of(row))}
    assert not faults


@pytest.mark.parametrize(
    "fault",
    [
        {"title_kk": None}, {"title_ru": ""}, {"title_ru": "World Development Indicators"}, {"publisher_ru": None},
        {"title_ru": "Әлемдік даму көрсеткіштері"}, {"accessed": None}, {"accessed": "23 November"}, {"year": "recent"},
        {"address": ""}, {"address_kind": ""}, {"address_kind": "page"}, {"address_kind": "none"},
        {"address_kind": "site", "address": "24.kz, item 671467"}, {"publisher_kk": "Gallup through RIA"},
        {"title": "Показатели мирового развития"},
    ],
)  # fmt: skip
def test_a_source_without_them_is_found(fault: dict[str, str | None]) -> None:
    row = open_pack("kazakhstan").sources().filter(pl.col("id") == "wdi_iom").row(0, named=True)
    assert not faults_of(row)
    assert faults_of(row | fault)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_references_are_in_the_language_of_the_reader(language: str) -> None:
    found = references(open_pack("kazakhstan"), language)
    bank = {"en": "World Bank", "ru": "Всемирный банк", "kk": "Дүниежүзілік банк"}
    assert found["wdi_iom"].publisher == bank[language]
    original = "World Development Indicators"
    assert found["wdi_iom"].title == original if language == "en" else found["wdi_iom"].title.endswith(f"[{original}]")
    assert words.short_date(date(2026, 11, 23), language) in found["wdi_iom"].dated
    assert found["law_327_VI"].address == words.text("source.address.none", language)
    assert found["course_kz_migration"].address == words.text("source.address.print", language)
    spoken = [one.title.endswith("]") for one in found.values()]
    assert any(spoken)


def test_languages_of_sources_have_names() -> None:
    for name in PACKS:
        for code in open_pack(name).sources()["language"].drop_nulls().unique():
            assert all(words.language_name(code, language) != code for language in words.LANGUAGES)
    assert words.language_name("xx", "ru") == "xx"


def test_a_pack_without_the_further_columns_shows_the_english_ones(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "catalog/fixtures/testland", tmp_path / "testland")
    pack = open_pack(tmp_path / "testland")
    for one in references(pack, "kk").values():
        row = pack.sources().filter(pl.col("id") == one.id).row(0, named=True)
        assert one.name == row["title"]
        assert one.publisher == (row["publisher"] or one.id)
