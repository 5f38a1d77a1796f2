"""Files of survey programs are named in every command that reads a table of counts."""

import pytest

from qonys import words
from qonys.catalog.reading.formats.opening import read_file
from qonys.cli import main
from qonys.errors import BadInput

EARLIER_STATA = b"\x72\x02\x01\x00\x03\x00" + bytes(200)
SPSS_PORTABLE = b"ASCII SPSS PORT FILE                    " * 5


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.dta", EARLIER_STATA), ("a.csv", EARLIER_STATA), ("a.dta", b"<stata_dta><header>"), ("a.csv", b"<stata_dta>"),
     ("a.sav", b"$FL2@(#)"), ("a.zsav", b"$FL3@(#)"), ("a.por", SPSS_PORTABLE)],
)  # fmt: skip
def test_a_file_of_a_survey_program_is_named(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read_file(path)
    assert refused.value.key == "catalog.reading.kind.survey"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_command_says_what_the_file_is(tmp_path, capsys, language):
    path = tmp_path / "stocks.dta"
    path.write_bytes(EARLIER_STATA)
    assert main(["factors", str(path), "--lang", language]) == 1
    assert "export delimited" in capsys.readouterr().err


def test_a_text_that_begins_with_such_letters_is_a_text(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("region,value\nA,1\n", encoding="utf-8")
    assert read_file(path).frame.columns == ["region", "value"]
