"""Chains that have not converged are said: a warning of the command, a note of the report."""

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.report.chapters import section_of
from qonys.report.context import Context
from qonys.report.document import Note, Paragraph, Section
from qonys.study.runs.convergence import Unconverged, unconverged
from qonys.study.runs.results import Number, Results


def results(**rhat):
    found = Results("release")
    found.add(*(Number(f"{name}.rhat", value, "ratio") for name, value in rhat.items()))
    return found


def test_only_what_lies_above_the_limit_is_named():
    found = results(accounts=1.3, projection=1.05, skill=1.0501)
    found.add(Number("accounts.regions.rhat", 1.4, "ratio"), Number("accounts.draws", 200.0, "count"))
    assert unconverged(found) == (
        Unconverged("accounts", "account", 1.4, "accounts.regions.rhat"),
        Unconverged("skill", "skill", 1.0501, "skill.rhat"),
    )


def test_no_number_is_not_convergence():
    assert unconverged(results(accounts=float("nan")))[0].chapter == "accounts"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_command_warns_on_stderr(language, monkeypatch, capsys, tmp_path):
    import qonys.report.writing
    import qonys.study.runs.run

    monkeypatch.setattr(qonys.study.runs.run, "study_results", lambda *given: results(accounts=1.3, skill=1.01))
    monkeypatch.setattr(qonys.report.writing, "write_report", lambda *given: None)
    assert main(["--lang", language, "--pack", "georgia", "study", "--out", str(tmp_path), "--format", "html"]) == 0
    err = capsys.readouterr().err
    assert words.text("chapter.accounts", language) in err
    assert words.number(1.3, language, 2) in err
    assert words.text("chapter.skill", language) not in err


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_report_says_it_after_the_first_paragraph(language, monkeypatch):
    import qonys.report.chapters as pages

    class Page:
        @staticmethod
        def build(context):
            return Section("accounts", "title", (Paragraph(("first",)), Paragraph(("second",))))

    monkeypatch.setattr(pages, "page_of", lambda name: Page)
    pack = open_pack("georgia")
    blocks = section_of("accounts", Context(results(accounts=1.3), pack, language)).blocks
    assert [type(block) for block in blocks] == [Paragraph, Note, Paragraph]
    assert words.number(1.3, language, 2) in blocks[1].text
    assert len(section_of("accounts", Context(results(accounts=1.04), pack, language)).blocks) == 2
