"""The table of costs of `qonys policy`, broken: one sentence and an exit code, whatever stands in it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.broken_files import table_files
from tests.fuzz.reading_commands import NUMBERS, rows
from tests.fuzz.refusals import LONG, SHORT
from tests.fuzz.test_broken_tables import look, run

COSTS = rows("measure,value,year,source,unit", "border,2500000,2026,Budget 2026,KZT", "language,40000,2025,Order 5,KZT")
NAMES = ("population", "wealth", "", "x" * 300)
OPTIONS = {
    "levers": (("--table", ("levers", "stages", "x")), ("--outcome", NAMES), ("--points", NUMBERS), ("--draws", NUMBERS)),
    "search": (("--table", ("front", "boxes", "x")), ("--outcome", NAMES), ("--metric", ("mean", "target", "x")),
               ("--target", NUMBERS), ("--budget", NUMBERS), ("--seeds", NUMBERS), ("--points", NUMBERS)),
}  # fmt: skip


@st.composite
def calls(draw):
    """Arguments and the file to write."""
    command = draw(st.sampled_from(sorted(OPTIONS)))
    name, content = draw(table_files(COSTS))
    arguments = ["policy", command, "--costs", name]
    for option, values in draw(st.lists(st.sampled_from(OPTIONS[command]), max_size=2)):
        arguments += [option, draw(st.sampled_from(values))]
    return [*arguments, "--lang", draw(st.sampled_from(("ru", "kk", "en")))], name, content


def one(call):
    arguments, name, content = call
    Path(name).write_bytes(content)
    code, out, err = run(arguments)
    look(code, out, err)
    assert code != 0, "no results are stored here"


@pytest.mark.long
@settings(max_examples=LONG, deadline=None, suppress_health_check=list(HealthCheck))
@given(call=calls())
def test_many_broken_costs(call):
    one(call)


@settings(max_examples=SHORT, deadline=None, suppress_health_check=list(HealthCheck))
@given(call=calls())
def test_broken_costs(call):
    one(call)


@pytest.mark.parametrize("command", OPTIONS)
def test_sound_costs_are_read_before_results_are_asked_for(command):
    text = "".join(",".join(row) + "\n" for row in (COSTS.header, *COSTS.rows))
    Path("costs.csv").write_text(text, encoding="utf-8")
    code, _, err = run(["policy", command, "--costs", "costs.csv", "--lang", "en"])
    assert code == 1
    assert "qonys study" in err
    Path("costs.csv").write_text(text.replace("Budget 2026", ""), encoding="utf-8")
    assert "source" in run(["policy", command, "--costs", "costs.csv", "--lang", "en"])[2]
