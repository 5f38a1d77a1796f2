"""Effects of acts of the register on figures of the pack, with the acts and events that stand at the time."""

import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.law import law_register
from qonys.study.analyses.act_effects import effect_of_act
from qonys.study.analyses.effect import EffectOptions

LAW = "law-477-iv-2011"


def asked(capsys, *line):
    code = main(["law", "effect", *line])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_effect_begins_in_the_next_year_and_names_its_rivals():
    pack = open_pack("kazakhstan")
    made = effect_of_act(pack, law_register(pack), LAW, "net_migration", EffectOptions(), "en")
    assert made.first == 2012
    assert set(made.rivals["kind"]) >= {"act", "event"}
    assert made.rivals["id"].to_list().count(LAW) == 0
    assert "event_migration_law_2011" not in made.rivals["id"].to_list(), "its own event"
    assert max(made.p) > 0.5
    assert made.years[0] < 1960
    spans = made.rivals.with_columns(end=pl.coalesce("end", "start"))
    assert all(abs(row["start"] - 2012) <= 2 or row["start"] <= 2012 <= row["end"] for row in spans.iter_rows(named=True))
    assert made.found.table["effect"].to_list() == ["step", "slope", "mean"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_command_says_what_it_rests_on(capsys, language):
    code, out, _ = asked(capsys, LAW, "--lang", language)
    assert code == 0
    assert "2012" in out
    assert words.text("effect.assumes.interrupted", language) in out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("no-such-act",), "no-such-act"),
        ((LAW, "--outcome", "wealth"), "wealth"),
        (("resolution-1146-2022",), "time"),
        ((LAW, "--treated", "KZ-63"), "one series"),
        ((LAW, "--outcome", "net_migration_regional_total", "--treated", "KZ-63"), "before the date"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(capsys, line, said):
    code, out, err = asked(capsys, *line)
    assert code != 0
    assert out == ""
    assert said in err
    assert len(err.strip().splitlines()) == 1
