"""The catalogues speak of any country: its names, its words for things and its years come from the pack or the results.

A sentence that is true of one country only stands in `sentences.yaml` of its pack.
"""

import re

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.country import country_declaration
from qonys.catalog.pack import shipped_packs
from qonys.catalog.sentences import pack_sentences, template
from qonys.words.catalogue import _entries

# words that one state alone uses of what other states have as well
OWN_WORDS = {"en": ("kandas", "oralman"), "ru": ("кандас", "оралман"), "kk": ("оралман",)}
SHORTEST = 4
YEAR = re.compile(r"(?<![\d.,])(?:1[89]|20)\d\d(?!\d)")
# references: Author (Year), and within brackets Author Year, Year
AUTHOR, YEARS = r"[A-Z][\w’'-]+(?: and others| et al\.)?", r"(?:19|20)\d\d(?:, (?:19|20)\d\d)*"
CITED = re.compile(rf"{AUTHOR} \({YEARS}")
BRACKETS = re.compile(r"\([^()]*\)")
WITHIN = re.compile(rf"{AUTHOR},? {YEARS}")
LANGUAGE = "names of languages"
SCHOOL = "a school of science"
EXAMPLE = "an example of what can be written"
EDITION = "an edition of the United Nations, whatever the country"
# key -> why a name or a year may stand there; the lists may only get shorter
NAMED = {"language.kk": LANGUAGE, "language.ru": LANGUAGE, "measures.intro": SCHOOL}
DATED = {
    "catalog.add.cell.date": EXAMPLE, "catalog.filter.not_number": EXAMPLE, "catalog.type.date": EXAMPLE,
    "cli.option.where": EXAMPLE, "cli.project.moments": EXAMPLE, "cli.why.name": EXAMPLE, "spaces.period.malformed": EXAMPLE,
    "study.plan.type.ints": EXAMPLE, "study.project.years": EXAMPLE, "typology.date": EXAMPLE,
    "typology.date_in_file": EXAMPLE,
    "answer.wpp2019": EDITION, "answer.wpp2024": EDITION, "chart.source.wpp2019": EDITION,
    "chart.source.wpp2024": EDITION, "packing.wpp.no_revision": EXAMPLE, "cli.law.day": EXAMPLE, "law.no_day": EXAMPLE, "law.file.date": EXAMPLE, "skill.model.wpp2012": EDITION,
    "figure.name.un_revision_net_migration": EDITION, "figure.name.un_revision_population": EDITION,
    "forms.table": EDITION, "packing.label.unit.constant_2021_intl_usd": "a unit of the World Bank",
    "projection.population.caption": EDITION, "skill.source.wpp2012": EDITION, "skill.source.wpp2015": EDITION,
}  # fmt: skip


def names(language):
    """Names of countries, of the groups that sentences take in and of regions, in the packs that are shipped."""
    found = set(OWN_WORDS[language])
    for name in shipped_packs():
        pack, given = open_pack(name), country_declaration(open_pack(name))
        for forms in (given.names, *given.groups.values()):
            found |= set(forms.get(language, {}).values())
        found |= {pack.region_name(code, language, short=short) for code in pack.regions()["region"] for short in (0, 1)}
        found.add(pack.country[f"name_{language}"])
    return {name for name in found if len(name) >= SHORTEST}


def pattern(known):
    """What finds a name, with a small or a capital letter, and with any ending."""
    either = sorted(known | {name[:1].upper() + name[1:] for name in known}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, either)) + ")")


def texts(language):
    """Key -> text of a catalogue, forms of the plural joined."""
    return {key: text if isinstance(text, str) else "; ".join(text) for key, text in _entries(language).items()}


def years(text):
    """Years of a text that belong to no reference."""
    text = CITED.sub("", BRACKETS.sub(lambda found: WITHIN.sub("", found.group()), text))
    return set(YEAR.findall(text))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_text_names_a_country(language):
    sought = pattern(names(language))
    met = {key: found.group() for key, text in texts(language).items() if (found := sought.search(text))}
    assert {key: name for key, name in met.items() if key not in NAMED} == {}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_text_names_a_year(language):
    """In other languages a reference is known by the year that it has in the English text."""
    english = texts("en")
    met = {}
    for key, text in texts(language).items():
        referred = set(YEAR.findall(english[key])) - years(english[key])
        left = years(text) - referred
        if left and key not in DATED:
            met[key] = left
    assert met == {}


def test_the_lists_name_what_is_there():
    english, sought = texts("en"), {language: pattern(names(language)) for language in words.LANGUAGES}
    assert [key for key in DATED if not years(english[key])] == []
    said = {key: [one.search(words.template(key, language)) for language, one in sought.items()] for key in NAMED}
    assert [key for key, found in said.items() if not any(found)] == []


@pytest.mark.parametrize(
    ("language", "planted"),
    [("en", "to Kazakhstan"), ("ru", "в Грузии"), ("kk", "Қазақстанда"), ("ru", "квота кандасов"),
     ("en", "ethnic Russians"), ("en", "people of Akmola"), ("ru", "русских")],
)  # fmt: skip
def test_a_planted_name_rings(language, planted):
    assert pattern(names(language)).search(planted)


@pytest.mark.parametrize("planted", ["Since 1991 they came", "boundaries before 2018", "2010–2025", "by 2050."])
def test_a_planted_year_rings(planted):
    assert years(planted)


@pytest.mark.parametrize("fair", ["Das Gupta (1993)", "the schedule (Rogers and Castro 1981)", "gives it (United Nations 1970, Manual VI)", "(Bai and Perron 1998, 2003)", "of 2,000 km"])
def test_references_do_not(fair):
    assert not years(fair)


def test_english_is_written_in_latin_letters():
    found = {key for key, text in texts("en").items() if re.search("[\u0400-\u04ff]", text)}
    assert found == {"web.language.kk", "web.language.ru"}


@pytest.mark.parametrize(("language", "wrong"), [("en", r"[\d}][ \u00a0]%"), ("ru", r"[\d}]%"), ("kk", r"[\d}]%")])
def test_a_percent_sign_stands_as_numbers_are_written(language, wrong):
    spaced = words.percent(0.95, language, 0) != "95%"
    assert spaced == (language != "en")
    assert [key for key, text in texts(language).items() if re.search(wrong, text)] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_headings_of_the_report_begin_with_a_capital(language):
    chapters = ("demographic.", "labour.", "motives.", "potential.", "settling.")
    heads = [(key, text) for key, text in texts(language).items() if ".column." in key and key.startswith(chapters)]
    assert len(heads) > 50
    assert [(key, text) for key, text in heads if text[:1].islower()] == []


def test_kazakh_has_one_term_for_an_interval():
    own = [open_pack(name).path / "sentences.yaml" for name in shipped_packs()]
    lines = [line for path in own if path.exists() for line in path.read_text(encoding="utf-8").splitlines()]
    kazakh = [*texts("kk").values(), *(line for line in lines if line.strip().startswith("kk:"))]
    assert any("аралық" in text for text in kazakh)
    assert [text for text in kazakh if "интервал" in text.casefold()] == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_percent_sign_stays_on_the_line_of_its_number(language):
    own = {key for pack in map(open_pack, shipped_packs()) for key in pack_sentences(pack)}
    said = [template(open_pack(name), key, language) for name in shipped_packs() for key in own]
    found = [*texts(language).values(), *said]
    assert any("\u00a0%" in text for text in said)
    assert [text for text in found if re.search(r"[\d}] %", text)] == []
