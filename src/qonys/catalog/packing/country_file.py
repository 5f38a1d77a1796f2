"""`country.yaml` of a made pack: the years that its tables give, and the other keys as lines to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qonys import words
from qonys.catalog.country import CASES
from qonys.catalog.packing.periods import Row

VITAL = ("births", "deaths")
OPEN_KEYS = ("independence", "kin_groups", "contrast_group")


def country_text(country: Mapping[str, str], tables: Mapping[str, Sequence[Row]]) -> str:
    """The text of the file.

    Stated are only the first year with births and deaths and the span of the estimated years. What no file gives (year
    of independence, kin groups, grammatical cases of the country's name) stands behind a ``#`` with its explanation.

    Parameters
    ----------
    country
        code, iso3, name_en, name_ru, name_kk.
    tables
        Rows by table; `national` is needed.

    """
    rows = tables["national"]
    firsts = [min(int(row["year"]) for row in rows if row["indicator"] == name) for name in VITAL]
    years = [int(row["year"]) for row in rows if row["indicator"] in VITAL]
    lines = [f"# {words.text('packing.country_file.about', language)}" for language in words.LANGUAGES]
    lines += ["", *_explained("account_from"), f"account_from: {max(firsts)}"]
    lines += [*_explained("span"), f"span: [{min(years)}, {max(years)}]"]
    for key in OPEN_KEYS:
        lines += ["", *_explained(key), f"# {key}:"]
    lines += ["", *_explained("names"), "# names:"]
    lines += [f"#   {language}: {{{_cases(country, language)}}}" for language in words.LANGUAGES]
    return "\n".join(lines) + "\n"


def _explained(key: str) -> list[str]:
    return ["# " + " / ".join(words.text(f"packing.country_file.{key}", language) for language in words.LANGUAGES)]


def _cases(country: Mapping[str, str], language: str) -> str:
    """The cases of the name; only the nominative is known."""
    first, *rest = CASES[language]
    return ", ".join((f"{first}: {country[f'name_{language}']}", *(f"{case}: " for case in rest)))
