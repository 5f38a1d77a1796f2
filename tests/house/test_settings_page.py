"""The page of settings names every setting of a plan once, in its section, with the default that the code has."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from qonys.study.plan import SECTIONS, Plan

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
WORDED = {  # defaults that the page says in words
    ("account", "kept"), ("scenarios", "nation"), ("scenarios", "regions"), ("scenarios", "named"),
    ("consequences", "since"), ("consequences", "starts"), ("consequences", "named"), ("groups", "years"),
    ("skill", "origins"),
}  # fmt: skip


def section(name):
    found = re.search(rf"^## `\[{name}\]`: .+?$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, name
    return ROW.findall(found[1])


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_has_every_setting_with_its_default_and_meaning(name):
    own = getattr(Plan(), name)
    rows = section(name)
    assert [row[0] for row in rows] == [one.name for one in fields(own)]
    for setting, default, meaning in rows:
        assert meaning[0].isupper() or meaning[0] == "`"
        assert meaning.endswith(".")
        if (name, setting) in WORDED:
            continue
        value = getattr(own, setting)
        parts = [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
        assert default.replace("`", "") == ", ".join(parts), setting


def test_no_section_and_no_setting_of_the_top_is_missing():
    assert re.findall(r"^## `\[(\w+)\]`", PAGE, re.MULTILINE) == list(SECTIONS)
    top = ROW.findall(PAGE.partition("\n## ")[0])
    assert [row[0] for row in top] == [one.name for one in fields(Plan) if one.name not in SECTIONS]


def test_both_tutorials_have_the_same_code_and_no_count_of_chapters():
    folder = Path(__file__).parents[2] / "docs" / "tutorial"
    pages = [(folder / name).read_text(encoding="utf-8") for name in ("first-report.md", "first-report-ru.md")]
    code = [re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL) for page in pages]
    assert code[0] == code[1]
    assert not any(re.search(r"(вычислит \w+ глав\b|computes (the )?(?!the )\w+ chapters)", page) for page in pages)
