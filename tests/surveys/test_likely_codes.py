"""Numbers that look like codes of no answer are said, never dropped; totals among known totals are left out and said."""

import polars as pl
import pytest

from qonys import words
from qonys.cli import main
from qonys.surveys.calibration import margins_of
from qonys.surveys.no_answer import likely_codes
from qonys.words.notes import listening


@pytest.mark.parametrize(
    ("numbers", "codes"),
    [
        ([1, 2, 3, 4, 5, 97, 98, 99], (97, 98, 99)),
        ([1, 2, 3, 4, 9], (9,)),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], ()),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ()),
        ([18, 40, 77, 88, 97], ()),
        ([18, 40, 77, 999], (999,)),
        ([0, 1, 2, -1, -9], (-9, -1)),
        ([0, 1, 2, -1, -5], ()),
        ([1, 2, -9, 98], (-9, 98)),
        ([1.5, 2, 99], ()),
        ([99, 99], ()),
        ([*range(18, 76)] * 3 + [99], (99,)),
        ([*range(18, 81)] * 3 + [97, 98, 99] * 7, (97, 98, 99)),
        ([*range(18, 97)] * 3 + [99] * 20, (99,)),
        ([*range(18, 97)] * 3 + [88] * 20, (88,)),
        ([*range(18, 100)] * 3, ()),
        ([*range(0, 910, 10)] * 3 + [997, 998, 999] * 3, (997, 998, 999)),
        ([*range(0, 101, 5)] * 3, ()),
        ([1, 2, 3, 4, 5, 99999], (99999,)),
        ([1, 2, 3, 4, 5, 8888], (8888,)),
        ([*range(100, 9000)] + [9999] * 5, (9999,)),
        ([], ()),
    ],
)
def test_codes_far_from_the_rest(numbers, codes):
    assert likely_codes(pl.Series(numbers, dtype=pl.Float64)) == codes


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_mean_says_them_and_takes_them(tmp_path, capsys, language):
    path = tmp_path / "s.csv"
    path.write_text("\n".join(["a", *"1234512345", "98", "99"]), encoding="utf-8")
    given = ["survey", "table", str(path), "--var", "a", "--kind", "mean", "--format", "csv", "--lang", language]
    assert main(given) == 0
    out, err = capsys.readouterr()
    assert "--missing a=98 --missing a=99" in err
    assert "18.9" in out
    assert main([*given, "--missing", "a=98", "--missing", "a=99"]) == 0
    assert "--missing" not in capsys.readouterr().err


def test_a_total_among_known_totals_is_left_out():
    rows = pl.DataFrame({"variable": ["sex"] * 3, "category": ["male", "female", "Оба пола"], "total": [10.0, 12.0, 22.0]})
    said = []
    with listening(lambda key, values: said.append((key, values["row"]))):
        found = margins_of(rows, "totals.csv")
    assert [margin.category for margin in found] == ["male", "female"]
    assert said == [("surveys.note.margin_total", 3)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["table", "--var", "a"], "{a=98} {a=99}"),
        (["table", "--var", "b", "--by", "a"], "{a=98} {a=99}"),
        (["model", "--var", "b", "--on", "c"], ""),
        (["model", "--var", "a", "--on", "c"], "{a=98} {a=99}"),
        (["table", "--var", "b", "--weight", "w"], "Weights 999 of w (1)"),
    ],
)
def test_shares_models_and_weights_say_them(tmp_path, capsys, given, said):
    rows = [f"{a},{i % 2},{i * 7 % 5},{w}" for i, (a, w) in enumerate(zip(ANSWERS, WEIGHTS, strict=True))]
    path = tmp_path / "s.csv"
    path.write_text("\n".join(["a,b,c,w", *rows]), encoding="utf-8")
    main(["survey", given[0], str(path), *given[1:], "--format", "csv"])
    err = capsys.readouterr().err
    assert said.replace("{", "--missing ").replace("}", "") in err
    assert said or "--missing" not in err


ANSWERS = [1, 2, 3] * 12 + [98, 99] * 4
WEIGHTS = [0.8, 1.2] * 21 + [1.1, 999]
