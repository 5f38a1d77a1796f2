"""Each code used in any table of the Kazakhstan pack has a name in three languages."""

import csv
import re
from pathlib import Path

import pytest

import qonys

PACK = Path(qonys.__file__).parent / "packs" / "kazakhstan"
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
    "imputed",
    "includes_refugees",
    "item",
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
    "year",
    "year_end",
    "year_start",
}
COUNTRY_COLUMNS = ("country", "reported_by", "asylum", "partner")
PLACE_COLUMNS = ("region", "origin", "destination")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def labels():
    return {(row["axis"], row["code"]): row for row in rows(PACK / "labels.csv")}


def regions():
    return {row["region"] for row in rows(PACK / "regions.csv")}


def used_codes():
    """(file, column, code) of each code in the tables."""
    for folder in ("tables", "secondary"):
        for path in sorted((PACK / folder).glob("*.csv")):
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


def test_each_code_has_a_name_in_three_languages():
    assert unlabelled(used_codes(), labels(), regions()) == []


@pytest.mark.parametrize("kind", ["absent", "empty"])
def test_fault_missing_label(kind):
    known = labels()
    if kind == "absent":
        del known["ethnic_group", "uyghur"]
    else:
        known["ethnic_group", "uyghur"] = {**known["ethnic_group", "uyghur"], "name_kk": " "}
    found = unlabelled(used_codes(), known, regions())
    assert {(column, code) for _, column, code in found} == {("ethnic_group", "uyghur")}


def test_fault_new_code_in_a_table():
    used = [
        *used_codes(),
        ("tables/new.csv", "indicator", "happiness"),
        ("tables/new.csv", "region", "KZ-99"),
    ]
    assert len(unlabelled(used, labels(), regions())) == 2


def test_no_code_stands_twice_and_rows_are_sorted():
    keys = [(row["axis"], row["code"]) for row in rows(PACK / "labels.csv")]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)


def test_no_stray_spaces():
    for row in rows(PACK / "labels.csv"):
        for language in LANGUAGES:
            assert row[language] == row[language].strip()
            assert "  " not in row[language]


def test_each_language_is_written_in_its_own_letters():
    """Russian without Kazakh letters, Kazakh without words left in Russian, English without Cyrillic."""
    for row in rows(PACK / "labels.csv"):
        assert not re.search("[а-яәғқңөұүһі]", row["name_en"], re.I), row
        if row["axis"] not in ("category", "group") or not row["code"].startswith("KZ-"):
            assert not re.search("[әғқңөұүһі]", row["name_ru"], re.I), row
        assert not re.search("(ение|ость|ский|ская|ых|ого)\\b", row["name_kk"]), row


def test_national_outlines_have_names():
    import json

    world = json.loads((PACK / "geometry" / "world.geojson").read_text(encoding="utf-8"))
    assert all(("country", item["id"]) in labels() for item in world["features"])


def test_vocabularies_of_the_other_files_have_names():
    known = labels()
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
        for row in rows(PACK / file):
            assert not row[column] or (axis, row[column]) in known, (file, row[column])


def test_each_table_has_a_title():
    files = [path for folder in ("tables", "secondary") for path in (PACK / folder).glob("*.csv")]
    assert files
    assert all(("table", path.stem) in labels() for path in files)
