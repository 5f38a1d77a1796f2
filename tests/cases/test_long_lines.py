"""Lines and cells that are long: an open quotation mark is named only where there is one."""

import pytest

WIDE = "region," + ",".join(f"c{n}" for n in range(30_000)) + "\nA," + ",".join("1" for _ in range(30_000)) + "\n"


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (WIDE, (), "30001 columns have figures or texts"),
        ('"region"' + WIDE[6:], (), "30001 columns have figures or texts"),
        (WIDE, ("--delimiter", ";"), "row 1: a cell holds more than 131072 characters, and no quotation mark"),
        ("x" * 200_000 + "\ny\n", (), "row 1: a cell holds more than 131072 characters, and no quotation mark"),
        ("region,value\nA,1\nB,\"" + "C,2\n" * 50_000, (), "row 3: a cell holds more than 131072 characters; a quotation mark is probably unclosed"),
    ],
    ids=["short columns", "short columns and quotation marks", "another sign is said", "one cell", "open quotation mark"],
)  # fmt: skip
def test_what_is_long_is_told(moves, text, options, said):
    found, err = moves(text, *options)
    assert (found, said in err) == (None, True), err

