"""Each code used in any table of a shipped pack has a name in three languages."""

import csv
import json
import re
from pathlib import Path

import pytest

import qonys

PACKS = Path(qonys.__file__).parent / "packs"
NAMES = sorted(path.parent.name for path in PACKS.glob("*/datapackage.json"))
LANGUAGES = ("name_en", "name_ru", "name_kk")
# Numbers, dates and free text; everything else is a code.
NOT_CODED = {
    "act",
    "age_end",
    "age_start",
    "based_on_birthplace",
    "based_on_citizenship",
    "end",
    "fieldwork",
    "horizon",
    "imputed",
    "includes_refugees",
    "item",
    "made",
    "member_region_codes",
    "month",
    "n",
    "note",
    "percent_of_tfr",
    "period",
    "ref_date",
    "sd",
    "source",
    "source_code",
    "start",
    "tfr",
    "value",
    "published",
    "published_with",
    "rounding",
    "edition",
    "year",
    "year_end",
    "year_start",
}
COUNTRY_COLUMNS = ("country", "reported_by", "asylum", "partner")
PLACE_COLUMNS = ("region", "origin", "destination")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=NAMES)
def pack(request):
    return PACKS / request.param


def labels(pack):
    return {(row["axis"], row["code"]): row for row in rows(pack / "labels.csv")}


def regions(pack):
    return {row["region"] for row in rows(pack / "regions.csv")}


def used_codes(pack):
    """(file, column, code) of each code in the tables."""
    for folder in ("tables", "secondary"):
        for path in sorted((pack / folder).glob("*.csv")):
            found = {
                (column, code)
                for row in rows(path)
                for column, code in row.items()
                if column not in NOT_CODED and code
            }
            for column, code in sorted(found):
                yield f"{folder}/{path.name}", column, code


def unlabelled(used, known, places):
    """Codes of the tables without a name in all three languages."""
    missing = []
    for file, column, code in used:
        if column in PLACE_COLUMNS and code in places:
            continue
        axes = ("country",) if column in (*COUNTRY_COLUMNS, *PLACE_COLUMNS) else (column, "country")
        if column != "citizenship":
            axes = axes[:1]
        found = next((known[axis, code] for axis in axes if (axis, code) in known), None)
        if found is None or not all(found[language].strip() for language in LANGUAGES):
            missing.append((file, column, code))
    return missing


def test_both_shipped_packs_are_looked_at():
    assert NAMES == ["georgia", "kazakhstan"]


def test_each_code_has_a_name_in_three_languages(pack):
    assert unlabelled(used_codes(pack), labels(pack), regions(pack)) == []


@pytest.mark.parametrize("kind", ["absent", "empty"])
def test_fault_missing_label(pack, kind):
    known = labels(pack)
    if kind == "absent":
        del known["ethnic_group", "armenian" if pack.name == "georgia" else "uyghur"]
    else:
        group = "ethnic_group", "armenian" if pack.name == "georgia" else "uyghur"
        known[group] = {**known[group], "name_kk": " "}
    found = unlabelled(used_codes(pack), known, regions(pack))
    assert {column for _, column, _ in found} == {"ethnic_group"}
    assert len({code for _, _, code in found}) == 1


def test_fault_new_code_in_a_table(pack):
    used = [
        *used_codes(pack),
        ("tables/new.csv", "indicator", "happiness"),
        ("tables/new.csv", "region", "XX-99"),
    ]
    assert len(unlabelled(used, labels(pack), regions(pack))) == 2


def test_no_code_stands_twice_and_rows_are_sorted(pack):
    keys = [(row["axis"], row["code"]) for row in rows(pack / "labels.csv")]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)


def test_no_stray_spaces(pack):
    for row in rows(pack / "labels.csv"):
        for language in LANGUAGES:
            assert row[language] == row[language].strip()
            assert "  " not in row[language]


def test_each_language_is_written_in_its_own_letters(pack):
    """Russian without Kazakh letters, Kazakh without words left in Russian, English and Georgian without Cyrillic."""
    for row in rows(pack / "labels.csv"):
        assert not re.search("[а-яәғқңөұүһі]", row["name_en"] + row.get("name_ka", ""), re.I), row
        if row["axis"] not in ("category", "group") or not row["code"].startswith("KZ-"):
            assert not re.search("[әғқңөұүһі]", row["name_ru"], re.I), row
        assert not re.search("(ение|ость|ский|ская|ых|ого)\\b", row["name_kk"]), row
        assert re.fullmatch("[ა-ჰ -]*", row.get("name_ka", "")), row


def test_national_outlines_have_names(pack):
    world = json.loads((pack / "geometry" / "world.geojson").read_text(encoding="utf-8"))
    assert all(("country", item["id"]) in labels(pack) for item in world["features"])


def test_vocabularies_of_the_other_files_have_names(pack):
    known = labels(pack)
    for file, column, axis in (
        ("regions.csv", "kind", "region_kind"),
        ("events.csv", "kind", "event_kind"),
        ("events.csv", "scheme", "event_scheme"),
        ("events.csv", "direction", "event_direction"),
        ("breaks.csv", "kind", "break_kind"),
        ("cautions.csv", "severity", "severity"),
        ("sources.csv", "licence_class", "licence_class"),
        ("definitions.csv", "counts", "counts"),
        ("vintages.csv", "vintage", "vintage"),
    ):
        for row in rows(pack / file):
            assert not row[column] or (axis, row[column]) in known, (file, row[column])


def test_each_table_has_a_title(pack):
    files = [path for folder in ("tables", "secondary") for path in (pack / folder).glob("*.csv")]
    assert files
    assert all(("table", path.stem) in labels(pack) for path in files)


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("regions.csv", ("name",)),
        ("vintages.csv", ("name",)),
        ("breaks.csv", ("text",)),
        ("cautions.csv", ("text",)),
        ("definitions.csv", ("text",)),
        ("comparisons.csv", ("text",)),
        ("identities.csv", ("text",)),
        ("preferences.csv", ("reason",)),
        ("forms.csv", ("name",)),
    ],
)
def test_what_a_reader_sees_stands_in_three_languages(pack, file, columns):
    found = rows(pack / file)
    assert found
    for row in found:
        texts = [row[f"{column}_{language}"] for column in columns for language in ("en", "ru", "kk")]
        assert all(text and text == text.strip() for text in texts), row
