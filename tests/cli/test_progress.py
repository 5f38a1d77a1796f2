"""Long commands say what they do: a line a stage on a stream, one changing line on a terminal."""

import io
import sys

import pytest

from qonys import words
from qonys.cli.installed import packs
from qonys.cli.options import CommandSettings, use_settings
from qonys.cli.progress import stages_shown
from qonys.projection.backtest.run import counted


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def usual_settings():
    """What another test asked for in this process does not hold here."""
    use_settings(CommandSettings())


def test_each_stage_is_a_line_of_a_stream(capsys):
    with stages_shown() as tell:
        for done in (0, 1):
            tell("study.project.backtest", done=done, total=2)
    assert capsys.readouterr().err.splitlines() == [f"Forecasting from past origins: {done} of 2 done …" for done in (0, 1)]


def test_on_a_terminal_what_is_under_way_goes_and_what_is_said_stays(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with stages_shown() as tell:
        tell("study.project.backtest", done=1, total=2)
        tell("study.project.kept", done=1, total=2, folder="here")
    text = stream.getvalue()
    assert "1 of 2 done" in text
    assert text.rstrip().endswith("\x1b[2K") or "\x1b[1A" in text or "\x1b[2K" in text  # the changing line is wiped
    assert "run again with --resume" in text


def test_counted_tells_before_and_after_each_part():
    heard = []
    assert list(counted("abc", 3, lambda done, total: heard.append((done, total)))) == ["a", "b", "c"]
    assert heard == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_doctor_names_each_pack_that_it_checks(monkeypatch):
    monkeypatch.setattr(packs, "_found", packs.Found)
    heard = []
    found = packs.packs("GEO", lambda *progress: heard.append(progress))
    assert heard == [(one.name, place, len(found)) for place, one in enumerate(found, 1)]
    assert "GEO" not in {one.name for one in found}  # it is one of those that are shipped
    assert packs.packs("atlantis")[-1].name == "atlantis"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_stages_end_with_an_ellipsis(language):
    for key in ("account", "gathering", "running", "backtest", "history", "shard"):
        assert words.template(f"study.project.{key}", language).endswith("…"), key
    for fit in ("account", "fertility", "longevity", "migration", "past_forecasts", "past_ages", "past_regions"):
        assert words.template(f"study.fit.{fit}", language).endswith("…"), fit
    assert words.template("doctor.checking", language).endswith("…")
