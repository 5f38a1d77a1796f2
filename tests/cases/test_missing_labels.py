"""Files of SPSS and Stata whose only labels are those of codes of no answer: the other values need none."""

import pandas as pd
import pytest

from qonys.cli import main

pytest.importorskip("svy")
pyreadstat = pytest.importorskip("pyreadstat")
CHILDREN = [0, 1, 2, 3, 0, 1, 2, 99, 98, 97]
LABELS = {99: "no answer", 98: "refused", 97: "нет данных"}
SHAPES = {
    "one code": (".sav", {99: "no answer"}, [99], [0, 1, 2, 3, 0, 1, 2, 99]),
    "three codes": (".sav", LABELS, [97, 98, 99], CHILDREN),
    "a range": (".sav", LABELS, [{"lo": 97, "hi": 99}], CHILDREN),
    "a range and a code": (".sav", {-1: "жауап жоқ", **LABELS}, [{"lo": 97, "hi": 99}, -1], [*CHILDREN, -1]),
    "one label of two codes": (".sav", {99: "no answer"}, [98, 99], CHILDREN[:-1]),
    "one label of both": (".sav", {98: "no answer", 99: "no answer"}, [98, 99], CHILDREN[:-1]),
    "packed": (".zsav", LABELS, [97, 98, 99], CHILDREN),
    "letters of Stata": (".dta", {"a": "no answer", "b": "refused"}, ["a", "b"], [*CHILDREN[:7], "a", "b"]),
}


@pytest.fixture
def asked(tmp_path, capsys):
    """Run a survey command on a file of a shape: exit code, output, what was said."""

    def call(shape, name, *arguments):
        ending, labels, missing, values = SHAPES[shape]
        people = {"children": values, "wave": [1 + n % 2 for n in range(len(values))], "w": [1.0] * len(values)}
        path = tmp_path / f"own{ending}"
        given = {"variable_value_labels": {"children": labels}}
        if ending == ".dta":
            pyreadstat.write_dta(pd.DataFrame(people), str(path), missing_user_values={"children": missing}, **given)
        else:
            ranges = {"missing_ranges": {"children": missing}}
            pyreadstat.write_sav(pd.DataFrame(people), str(path), compress=ending == ".zsav", **ranges, **given)
        code = main(("survey", name, str(path), *arguments, "--weight", "w", "--format", "csv"))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.mark.parametrize("shape", SHAPES)
def test_the_other_values_need_no_label(asked, shape):
    code, out, err = asked(shape, "table", "--var", "children")
    assert code == 0, err
    shares = {line.split(",")[1]: float(line.split(",")[2]) for line in out.splitlines()[1:]}
    assert shares == {k: pytest.approx(n / 7) for k, n in (("0", 2), ("1", 2), ("2", 2), ("3", 1))}


@pytest.mark.parametrize("shape", ["three codes", "a range", "one label of two codes", "letters of Stata", "packed"])
def test_neither_in_means_and_differences(asked, shape):
    code, out, err = asked(shape, "table", "--var", "children", "--kind", "mean")
    assert code == 0, err
    assert float(out.splitlines()[1].split(",")[1]) == pytest.approx(9 / 7)
    lost = len(SHAPES[shape][3]) - 7
    code, _, err = asked(shape, "trend", "--var", "children")
    assert (code, f"left out of the table: {lost};" in err) == (0, True), err


def test_a_scale_with_labels_at_its_ends_is_one_of_numbers(tmp_path, capsys):
    people = pd.DataFrame({"job": [1, 2, 3, 4, 5, 9] * 4, "pay": [5, 3, 1, 2, 4, 9] * 4, "settler": ["native", "new"] * 12})
    labels = {"variable_value_labels": {"job": {1: "bad", 5: "good", 9: "no answer"}}}
    missing = {"missing_ranges": {"job": [9], "pay": [9]}}
    pyreadstat.write_sav(people, str(tmp_path / "own.sav"), **labels, **missing)
    assert main(("survey", "adaptation", str(tmp_path / "own.sav"), "--domain", "labour=job,pay:1..5")) == 0
    assert "answered none of the variables, left out: 4." in capsys.readouterr().err
