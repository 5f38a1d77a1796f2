"""What the course asks and where it is answered: every statement in three languages, every name of an answer borne."""


import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.course import course, course_findings
from qonys.cli.app import has_command
from qonys.report.answers import name_findings

# parts of the text, in its order, with the statements told of each
SECTIONS = {
    "plan": 4, "relevance": 25, "literature": 11, "field": 12, "aim": 4, "task": 5, "object": 2, "base": 5,
    "novelty": 5, "thesis": 5, "significance": 4, "group": 12, "conclusion": 20, "proposal": 17,
}  # fmt: skip
FIRST = "- {id: plan-1, kind: demand, answer: result, chapters: [retrospective, indicators]"


def sentences(findings):
    return [one.sentence("en") for one in findings]


def planted(folder, before, after):
    """The pack with a change of `course.yaml`, that must be there to change."""
    path = folder / "course.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return open_pack(folder)


def test_every_part_of_the_text_has_its_statements(pack):
    found = course(pack)
    counted = {name: len(found.of_section(name)) for name in found.sections}
    assert counted == SECTIONS
    assert list(counted) == list(SECTIONS)
    for section, count in SECTIONS.items():
        assert [one.id for one in found.of_section(section)] == [f"{section}-{n}" for n in range(1, count + 1)]


def test_the_shipped_file_holds(pack):
    (result,) = run_checks(pack, ["course"])
    assert result.tested == sum(SECTIONS.values())
    assert not result.findings
    assert not list(name_findings(pack, has_command))


def test_statements_are_told_shortly_in_three_languages(pack):
    for one in course(pack).statements:
        assert set(one.says) == set(words.LANGUAGES), one.id
        for language, text in one.says.items():
            assert len(text) < 200, (one.id, language)
            assert text.endswith("."), (one.id, language)
        assert len(set(one.says.values())) == len(words.LANGUAGES), one.id


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("says: {ru: \"Показать особенности", "says: {ru: \" \", uz: \"Показать особенности", "plan-1: “says” lacks the language “ru”"),
        ("id: plan-2", "id: plan-1", "the id “plan-1” stands twice"),
        ("id: plan-2", "id: plans-2", "the id “plans-2” belongs to no section"),
        (FIRST + ", results: [components_by_period, internal_indicators]", FIRST[: FIRST.index(", chapters")], "plan-1: name a chapter, result, claim or command"),
        ("claims: [census_fall]", "claims: [census_falls]", "relevance-12: there is nothing named “census_falls” among claims; the nearest: census_fall"),
        ("kind: thesis, answer: none", "kind: thesis, answer: none, chapters: [data]", "relevance-15: the answer “none” cannot name"),
        ("limit: cause, says", "says", "relevance-1: “limit” lacks the language “en”"),
        ("answer: none, limit: judgement, figure:", "answer: bound, limit: judgement, figure:", "relevance-20: “figure” has no place"),
        ("source: course_kz_migration", "source: curse", "the source “curse” is not in sources.csv"),
        ("  plan: {ru", "  plans: {ru: План, kk: Жоспар, en: Plan}\n  plan: {ru", "the section “plans” has no statement"),
        ("answer: result, chapters: [settling, forms]", "answer: result, agency: bns, chapters: [settling, forms]", "field-12: “agency” has no place"),
        ("limit: cause, says", "limit: causes, says", "causes"),
        ("kind: group", "kind: groups", "groups"),
    ],
)  # fmt: skip
def test_planted_faults_of_the_file_ring(own, before, after, sentence):
    found = sentences(course_findings(planted(own, before, after)))
    assert any(sentence in one for one in found), found


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("chapters: [shocks]", "chapters: [shock]", "nothing named “shock” among chapters; the nearest: shocks"),
        ("results: [census_population, pack_overview]", "results: [censuses]", "base-3: there is nothing named “censuses” among results"),
        ("commands: [flows classify]", "commands: [flows classified]", "conclusion-1: there is nothing named “flows classified” among commands"),
    ],
)  # fmt: skip
def test_planted_names_ring(own, before, after, sentence):
    found = sentences(name_findings(planted(own, before, after), has_command))
    assert any(sentence in one for one in found), found


def test_a_pack_without_a_course_is_whole():
    georgia = open_pack("georgia")
    assert not course(georgia).statements
    assert not list(course_findings(georgia))
    assert not list(name_findings(georgia, has_command))
