"""Files of settings that a person writes (scenario, study, rules, claims, measures): strict YAML, TOML, bounds."""

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.reading.formats.strict_yaml import yaml_document
from qonys.errors import BadInput
from qonys.projection.scenarios import Scenario
from qonys.study.claims.reading import read_claims
from qonys.study.ensembles.scenario_files import scenario_of
from qonys.study.lab.policy_measures import read_measures
from qonys.study.plan import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010000", "010000"), ("0o17", "0o17"), ("0x1F", "0x1F"), ("0b11", "0b11"), ("1:30:00", "1:30:00"), ("1_000", "1_000"),
        ("no", "no"), ("NO", "NO"), ("on", "on"), ("2020-13-45", "2020-13-45"), ("2020-01-31", "2020-01-31"), (".inf", ".inf"),
        ("1e3", 1000.0), ("-0.5", -0.5), (".5", 0.5), ("10", 10), ("true", True), ("~", None), ("00.5", "00.5"), ("\"1\"", "1"),
    ],
)  # fmt: skip
def test_yaml_is_read_as_it_is_written(text, value):
    found = yaml_document(f"a: {text}", "x.yaml")["a"]
    assert found == value
    assert type(found) is type(value)


LAUGHS = "a: &a0 [1, 1, 1, 1]\n" + "\n".join(f"b{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 30))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "row 3: “a” already stands in row 1"),
        ("a: {b: 1, b: 2}", "row 1: “b” already stands"),
        ("1: x\n'1': y", "“1” already stands"),
        ("a: &x [*x]", "contains itself"),
        ("a: !!python/object:os.system x", "type !!python/object:os.system"),
        ("a: !!int '010'", "type !!int"),
        ("? [1, 2]\n: 3", "a name may not be empty, a list"),
        ("a: [1,\nb: {", "not written as YAML"),
        ("---\na: 1\n---\nb: 2", "row 3"),
        ("a: *nowhere", "not written as YAML"),
        ("a: \x07", "the sign U+0007"),
        ("[" * 100_000, "nested too deeply"),
        (LAUGHS, "more than 100000 values"),
    ],
)
def test_yaml_that_is_refused(text, said):
    with pytest.raises(BadInput, match=r"x\.yaml") as caught:
        yaml_document(text, "x.yaml")
    assert said in str(caught.value)


SCENARIOS = [
    ("a.yaml", "fertility_times: 1e12", "fertility_times is 1000000000000; it must lie between 0.01 and 10"),
    ("a.yaml", "net_add: 010000", "net_add is 010000; expected: a number"),
    ("a.yaml", "net_add: 1:30:00", "net_add is 1:30:00; expected: a number"),
    ("a.yaml", "since: 2030\nsince: 2040", "row 2: “since” already stands in row 1"),
    ("a.yaml", "no_migration: yes", "no_migration is yes; expected: true or false"),
    ("a.yaml", "- 1", "holds no names"),
    ("a.yaml", "since: 2030.5", "since is 2030.5; expected: a whole number"),
    ("a.yaml", "emigration_times_by_group: [1]", "must be a table"),
    ("a.toml", "since = 24", "since is 24; give a year from 1800 to 2200"),
    ("a.toml", "net_add = 1e300", "“net_add” holds a number that is not finite or farther"),
    ("a.toml", "net_add = nan", "not finite"),
    ("a.toml", "net_add = " + "9" * 5000, "not finite or farther"),
    ("a.toml", "since = 2030\nsince = 2040", "row 2"),
    ("a.toml", "a" + ".a" * 400_000 + " = 1", "nested too deeply"),
    ("a.toml", "x = " + "[" * 100_000, "nested too deeply"),
    ("a.toml", "since = 2020-13-45", "row 1"),
    ("a.toml", 'immigration_add = {kazakh = {"KZ-61" = 1e12}}', "immigration_add.kazakh.KZ-61 is 1000000000000"),
    ("a.toml", "region_attraction = {KZ-61 = 0}", "region_attraction.KZ-61 is 0"),
    ("a.toml", "until = 2020\nsince = 2030", "ends in 2020"),
]


@pytest.mark.parametrize(("name", "text", "said"), SCENARIOS)
def test_scenarios_that_cannot_be(tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        scenario_of(tmp_path / name)
    assert said in str(caught.value)
    for language in words.LANGUAGES:
        sentence = caught.value.sentence(language)
        assert name in sentence
        assert not any(word in sentence for word in ("float", "NoneType", "dict"))


@pytest.mark.parametrize("change", ["net_add=1\nsince=2030", "net_add", "net_add=[", "net_add=" + "9" * 5000, "net_add=" + "[" * 9999])
def test_changes_that_cannot_be_read(change):
    with pytest.raises(BadInput):
        scenario_of(changes=(change,))


def test_a_scenario_outside_of_the_projection():
    with pytest.raises(BadInput, match="from 2060 to 2050, but"):
        Scenario(since=2060).active(2023, 27)
    with pytest.raises(BadInput, match="from 0 to 2020"):
        Scenario(until=2020).active(2023, 27)
    with pytest.raises(BadInput, match=r"scenarios\.named\.late\.since” is 2150, but projection.until is 2100"):
        resolve(open_pack("kazakhstan"), {"scenarios": {"nation": ["late"], "named": {"late": {"since": 2150}}}}, "my.toml")


def test_rules_and_years(command, tmp_path):
    moves = tmp_path / "moves.csv"
    moves.write_text("person,cause,date\n1,labour,2020-01-01\n")
    rule = '[[form]]\nid = "A"\nlabel = "work"\nwhy = "because"\nsource = "me"\n'
    for text, said in (
        ("", "holds no rule"),
        ("# nothing\n", "holds no rule"),
        ("form = 3", "a list of entries"),
        (rule, "when"),
        (rule + "when = {months_away = {min = 'x'}}", "a number"),
        (rule + "when = {cause = 'labour'}", "a list of texts"),
        (rule + "when = {cause = ['labour']}\nother = 1", "“form 1: other” is not known"),
        ("forms = {work = 3}\n" + rule + "when = {cause = ['labour']}", "“forms: work” is 3"),
        (rule.replace('"A"', "3") + "when = {cause = ['labour']}", "expected: a text"),
    ):
        (tmp_path / "rules.toml").write_text(text)
        code, _, err = command(tmp_path, "flows", "classify", "moves.csv", "--rules", "rules.toml")
        assert (code, said in err, "rules.toml" in err) == (1, True, True), err
    (tmp_path / "rules.toml").write_text(rule + "when = {cause = ['labour']}")
    code, out, err = command(tmp_path, "flows", "classify", "moves.csv", "--rules", "rules.toml", "--format", "csv")
    assert (code, "because" in out) == (0, True), err


@pytest.fixture
def pack(tmp_path):
    """The shipped pack with one file of another content."""
    folder, shipped = tmp_path / "mine", open_pack("kazakhstan").path
    folder.mkdir()
    for path in shipped.iterdir():
        (folder / path.name).symlink_to(path)

    def call(name, change):
        (folder / name).unlink()
        (folder / name).write_text(change((shipped / name).read_text(encoding="utf-8")), encoding="utf-8")
        return open_pack(str(folder))

    return call


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: "claims: 3", "“claims” is 3; expected: a list of entries"),
        (lambda text: "[1]", "holds no names"),
        (lambda text: text.replace("years: [1950, 1968]", "years: [1968, 1950]"), "“claims 1: years” is 1968, 1950"),
        (lambda text: text.replace("years: [1950, 1968]", "years: [1950]"), "two years in order"),
        (lambda text: text.replace("formula: balance_sign", "formla: balance_sign", 1), "“claims 1: formla” is not known"),
        (lambda text: text.replace("claimed: positive", "claimed: plus"), "expected one of: positive, negative"),
        (lambda text: text.replace("tolerance: 0.01", "tolerance: 010", 1), "“claims 3: tolerance” is 010; expected: a number"),
        (lambda text: text.replace("tolerance: 0.01", "tolerance: -1", 1), "must not be below zero"),
    ],
)  # fmt: skip
def test_claims_that_cannot_be(pack, change, said):
    with pytest.raises(BadInput, match=r"mine/claims.yaml") as caught:
        read_claims(pack("claims.yaml", change))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: "measures: {}", "“measures” is {}; expected: a list of entries"),
        (lambda text: text.replace("- form: persons", "- form: people", 1), "“measures 1: effects 1: form” is people"),
        (lambda text: text.replace("step: 1000", "step: 0", 1), "must be above zero"),
        (lambda text: text.replace("high: 60000", "high: 1_000", 1), "“measures 1: high” is 1_000; expected: a number"),
        (lambda text: text.replace("high: 60000", "high: 10", 1), "it must be from 0"),
        (lambda text: text.replace("year: 2025", "year: 24", 1), "“measures 1: now: year” is 24; it must lie between"),
        (lambda text: text.replace("    decided_by: ministry", "", 1), "“measures 1: decided_by” is –; expected: a text"),
    ],
)  # fmt: skip
def test_measures_that_cannot_be(pack, change, said):
    with pytest.raises(BadInput) as caught:
        read_measures(pack("measures.yaml", change))
    assert said in str(caught.value)
