"""The works that the course cites: whole in three languages, honest about what was checked, and read by other programs."""

import json
import re

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.citing import bibtex, csl, gost
from qonys.catalog.course import course
from qonys.catalog.works import BOOK, FILE, LABS, STAGES, Name, Work, work_findings, works
from qonys.cli import main

SENTENCE = re.compile(r"[.!?](?= |$)")
# references that pages on the standard print: what is cited, and how
PRINTED = [
    (("Федощев, А. Г.; Федощева, Н. Н.", "Муниципальное право в схемах и определениях", "Москва", "Юристъ", 2007, "162"),
     "Федощев А. Г., Федощева Н. Н. Муниципальное право в схемах и определениях. М. : Юристъ, 2007. 162 с."),
    (("Ахутин, А. Б.", "Античные начала философии", "Санкт-Петербург", "Наука, С.-Петерб. изд. фирма", 2007, ""),
     "Ахутин А. Б. Античные начала философии. СПб. : Наука, С.-Петерб. изд. фирма, 2007."),
]  # fmt: skip


def book(author="", title="Title", city="", publisher="", year=None, pages="", **more):
    people = tuple(Name(*(part.strip() for part in one.split(","))) for one in author.split(";") if one)
    plain = {
        "key": "k", "stage": 1, "shelf": None, "kind": BOOK, "editors": (), "container": "", "volume": "", "issue": "",
        "language": "ru", "texts": {}, "cited": (), "said": "", "reasons": {}, "checked": False, "against": "", "compared": (),
    }  # fmt: skip
    return Work(**plain | {"authors": people, "title": title, "city": city, "publisher": publisher, "year": year, "pages": pages} | more)


def test_every_stage_and_every_lab_has_works(pack):
    found = works(pack)
    assert {one.stage for one in found if one.stage} == set(STAGES)
    assert {one.shelf for one in found if one.shelf} == set(LABS)
    assert sum(one.stage is not None for one in found) == 43
    assert works(pack, 1) == tuple(one for one in found if one.stage == 1)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_annotations_are_two_or_three_sentences(pack, language):
    for one in works(pack):
        text = re.sub(r"\b(\w\.) (?=\w\.|\w)", r"\1", re.sub(r"\b[А-ЯЁӘҒҚҢӨҰҮІA-Z]\. ", "", one.texts[language]))
        assert 1 <= len(SENTENCE.findall(text)) <= 4, (one.key, text)
        assert text.endswith("."), one.key
        assert not one.said or one.reasons[language].endswith("."), one.key


def test_no_work_is_called_checked_without_what_it_was_checked_against(pack):
    for one in works(pack):
        assert not one.checked or len(one.against) > 10, one.key
    assert 10 < sum(one.checked for one in works(pack)) < len(works(pack))


def test_the_errors_of_the_text_that_are_proven_are_named(pack):
    by_key = {one.key: one for one in works(pack)}
    assert [name.family for name in by_key["zaslavskaya_ryvkina_1991"].authors] == ["Заславская", "Рывкина"]
    assert "Рыбкина" in by_key["zaslavskaya_ryvkina_1991"].said
    assert by_key["mendikulova_1997"].said == "Мендекулова Г.М."
    assert by_key["lenin_again_1913"].title != by_key["lenin_again_1913"].said


def test_its_statements_are_those_of_the_course(pack):
    known = {one.id for one in course(pack).statements}
    assert {name for one in works(pack) for name in one.cited} <= known
    assert all(one.cited for one in works(pack) if one.stage is not None)


@pytest.mark.parametrize(("details", "printed"), PRINTED)
def test_references_are_as_the_standard_prints_them(details, printed):
    assert gost(book(*details)) == printed


@pytest.mark.parametrize(
    ("work", "printed"),
    [
        (book("А, Б.; В, Г.; Д, Е.; Ж, З."), "Title / Б. А [и др.]."),
        (book("A, B.; C, D.; E, F.; G, H.", language="en", pages="9"), "Title / B. A [et al.]. 9 p."),
        (book(editors=(Name("Ядов", "В. А."),), city="Ленинград"), "Title / ред. В. А. Ядов. Л."),
        (book("United Nations", language="en"), "United Nations. Title."),
        (book("А, Б.", "Т: под", "Москва; Ленинград", year=1926), "А Б. Т : под. М. ; Л., 1926."),
        (book("А, Б.", kind="chapter", container="Сб.", volume="24", pages="8–9"), "А Б. Title // Сб. Т. 24. С. 8–9."),
    ],
)
def test_references_of_other_forms(work, printed):
    assert gost(work) == printed


def test_a_bibtex_title_keeps_its_signs():
    text = bibtex([book("А, Б.", r"R&D {50 %} a_b \x", year=2000)])
    assert r"title = {{R\&D \{50 \%\} a\_b \textbackslash{}x}}," in text
    assert text.count("{") == text.count("}")


def test_csl_items_have_known_types_and_only_known_fields(pack):
    """Fields and types of the schema of CSL-JSON 1.0.2."""
    fields = {"id", "type", "author", "editor", "title", "container-title", "volume", "number", "issue", "collection-number",
              "publisher", "publisher-place", "issued", "page", "number-of-pages", "language"}  # fmt: skip
    found = csl(works(pack))
    assert len({one["id"] for one in found}) == len(found)
    for one in found:
        assert set(one) <= fields
        assert one["type"] in ("book", "article-journal", "chapter", "report")
        for name in (*one.get("author", ()), *one.get("editor", ())):
            assert set(name) in ({"family", "given"}, {"literal"})
        year = one.get("issued", {"date-parts": [[2000]]})["date-parts"][0][0]
        assert 1800 < year < 2100


def test_csl_items_are_read_by_a_processor(pack):
    source = pytest.importorskip("citeproc.source.json")
    assert set(source.CiteProcJSON(csl(works(pack)))) == {one.key for one in works(pack)}


def test_bibtex_is_read_by_a_parser(pack):
    bibtexparser = pytest.importorskip("bibtexparser")
    read = bibtexparser.parse_string(bibtex(works(pack)))
    assert not read.failed_blocks
    assert [one.key for one in read.entries] == [one.key for one in works(pack)]
    assert read.entries[0]["author"] == "Кауфман, А. А."


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_command_shows_a_stage_and_what_is_wrong(capsys, language):
    assert main(["course", "bibliography", "--stage", "1", "--lang", language]) == 0
    told = capsys.readouterr().out
    assert "yamzin_voshchinin_1926" in told
    assert "urlanis_1974" not in told
    assert "Вощин В.П." in told


def test_the_command_writes_each_form(capsys, pack):
    assert main(["course", "bibliography", "--as", "csl-json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(works(pack))
    assert main(["course", "bibliography", "--stage", "3", "--as", "gost"]) == 0
    assert "Урланис Б. Ц. Проблемы динамики населения СССР. М. : Наука, 1974. 335 с.\n" in capsys.readouterr().out
    assert main(["course", "bibliography", "--as", "bibtex"]) == 0
    assert capsys.readouterr().out.count("\n@") == len(works(pack)) - 1
    assert main(["course", "bibliography", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["reference"].startswith("Кауфман А. А.")


@pytest.mark.parametrize(
    "line", [["--stage", "5"], ["--stage", "0"], ["--as", "bibtx"], ["--pack", "georgia"]], ids=lambda line: " ".join(line)
)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_bad_input_is_one_sentence(capsys, line, language):
    assert main(["course", "bibliography", *line, "--lang", language]) in (1, 2)
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err.count("\n") == 1


def test_the_shipped_file_holds(pack):
    (result,) = run_checks(pack, ["bibliography"])
    assert result.tested == len(works(pack))
    assert not result.findings
    assert list(work_findings(open_pack("georgia"))) == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("lenin_again_1913,1", "lenin_significance_1913,1", "the key “lenin_significance_1913” stands twice"),
        ("kaufman_1905,1,,book", "kaufman_1905,,,book", "kaufman_1905: a work has either a stage"),
        ("kaufman_1905,1,,book", "kaufman_1905,1,2,book", "kaufman_1905: a work has either a stage"),
        ("kaufman_1905,1,,book", "kaufman_1905,5,,book", "kaufman_1905: 5 is no stage"),
        ("un_1998,,1,report", "un_1998,,18,report", "un_1998: 18 is no stage (1–4) or lab (1–17)"),
        ("kaufman_1905,1,,book", "kaufman_1905,1,,boook", "“boook” is unknown in the column kind"),
        ("kaufman_1905,1,,book", "kaufman_1905,first,,book", "first"),
        (",,Санкт-Петербург,,1905,", ",,Санкт-Петербург,,1095,", "the year 1095 is not between 1800 and 2200"),
        (",1905,,ru,", ",1905,,de,", "“de” is unknown in the column language"),
        ("literature-2,,,,,no,", "literature-22,,,,,no,", "course.yaml has no statement “literature-22”"),
        ("literature-2,,,,,no,", "literature-2,,,,,maybe,", "“maybe” is unknown in the column checked"),
        ("literature-2,,,,,no,", "literature-2,,,,,yes,", "kaufman_1905: the column checked_against is empty"),
        (",author; year", ",", "zaslavskaya_ryvkina_1991: the column compared is empty"),
        (",author; year", ",author; colour", "“colour” is unknown in the column compared"),
        ("Переселение и колонизация", "", "kaufman_1905: the column title is empty"),
        ("Мендекулова Г.М.", "", "mendikulova_1997: the column said is empty"),
    ],
)  # fmt: skip
def test_planted_faults_ring(own, before, after, sentence):
    path = own / FILE
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = [one.sentence("en") for one in work_findings(open_pack(own))]
    assert any(sentence in one for one in found), found
