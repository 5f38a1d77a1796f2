"""What broken files once found: each is refused in one sentence, or read."""

from datetime import timedelta

import polars as pl
import pytest

from .test_broken_tables import look, run

COUNTS = "time,age_start,population\n" + "".join(f"{t},{a},100\n" for t in (2000, 2005) for a in range(0, 40, 5))
OF_TWO = "region,time,age_start,population\n" + "".join(f"{r},{t},{a},100\n" for r in "AB" for t in (2000, 2005) for a in range(0, 40, 5))
FOUND = [
    ("flows components x.csv", "origin,destination,value\nA,B,1e-320\nB,A,1\n", "closer to zero than any quantity"),
    ("flows components x.csv --encoding rot13", "origin,destination,value\nA,B,1\n", "--encoding"),
    ("flows split x.csv", "time,birthplace,residence,value\n,A,A,1\n,A,B,2\n2000,B,A,1\n2005,A,B,2\n", "column 'time' is empty"),
    ("flows balance x.csv --net y.csv", "origin,destination,value\nA,B,10\nA,C,17\n", "", "region,value\nA,5\nB,-2\nC,-3\n"),
    ("indicators x.csv --settling", f"cohort,duration,arrived,remaining\n{'9' * 400},0,1,1\n", "is impossible"),
    ("flows residual x.csv --births y.csv --draws 40", COUNTS, "one number is expected, but there are 2 rows", "value\n1\n2\n"),
    ("flows residual x.csv --draws 40", OF_TWO.replace("A,2000,0,100", "A,2000,0,0").replace("B,2000,0,100", "B,2000,0,0"), "an age group is empty"),
    ("segregation x.csv", "region,group,value\nA,x,1\nB,y,1\n", "too few people"),
    ("survey identity x.csv --items a,b", "a,b,c\n" + "1,NA,1\n2,NA,2\n" * 4, "Nobody has an answer to b"),
    ("flows classify x.csv --table mix", "cause,date,person\nlabour,0000-00-00,1\n", "is not a date"),
]  # fmt: skip


@pytest.mark.parametrize("case", FOUND, ids=[one[0] for one in FOUND])
def test_what_was_found_in_texts(tmp_path, case):
    arguments, text, said, *more = case
    for name, content in zip("xy", (text, *more), strict=False):
        (tmp_path / f"{name}.csv").write_text(content)
    code, out, err = run([*arguments.split(), "--lang", "en"])
    look(code, out, err)
    assert code == 1
    assert said in err


@pytest.mark.parametrize(
    ("columns", "code", "said"),
    [
        ({"origin": ["A", "B"], "destination": ["B", "A"], "value": [1, 2], "*": ["p", None]}, 0, ""),
        ({"origin": ["A", "B"], "destination": ["B", "A"], "value": [1, 2], "^.*$": ["p", None]}, 0, ""),
        ({"origin": ["A", "B"], "destination": ["B", "A"], "value": [timedelta(1), timedelta(2)]}, 1, "spans of time"),
    ],
)
def test_what_was_found_in_parquet(tmp_path, columns, code, said):
    pl.DataFrame(columns).write_parquet(tmp_path / "x.parquet")
    found, out, err = run(["flows", "components", "x.parquet", "--lang", "en"])
    look(found, out, err)
    assert (found, said in err) == (code, True), err


def test_a_damaged_parquet_prints_no_trace(tmp_path, capfd):
    pl.DataFrame({"origin": ["A", "B"] * 50, "destination": ["B", "A"] * 50, "value": range(100)}).write_parquet(tmp_path / "x.parquet")
    content = (tmp_path / "x.parquet").read_bytes()
    for place in range(4, len(content), 7):
        (tmp_path / "x.parquet").write_bytes(content[:place] + b"\xff" + content[place + 1 :])
        look(*run(["flows", "components", "x.parquet"]))
    assert "panicked" not in capfd.readouterr().err


def test_a_dimension_that_is_called_value(tmp_path):
    (tmp_path / "x.px").write_text(
        'AXIS-VERSION="2010";\nSTUB="origin";\nHEADING="value";\nVALUES("origin")="A","B";\nVALUES("value")="A","B";\nDATA=1 2 3 4;\n'
    )
    code, _, err = run(["flows", "components", "x.px", "--lang", "en"])
    assert (code, "a dimension is called “value”" in err) == (1, True), err
