"""What the study makes of Georgia: claims, years of the account, chapters that run and those that say what they lack."""

import pytest

from qonys.catalog import open_pack
from qonys.cli import main
from qonys.inputs.statements import account_span
from qonys.study.chapters.registry import CHAPTERS, absences
from qonys.study.claims.reading import read_claims
from qonys.study.runs.results import Results

CARRIED = {
    "data", "retrospective", "groups", "regions", "accounts", "ages", "shocks", "forms", "bilateral", "stratification",
    "demographic", "projection", "skill", "claims",
}  # fmt: skip


@pytest.fixture(scope="module")
def pack():
    return open_pack("georgia")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_claims_are_recomputed(pack, language, capsys):
    assert main(["--lang", language, "--pack", "georgia", "claims"]) == 0
    shown = capsys.readouterr().out
    assert all(claim.id in shown for claim in read_claims(pack))


def test_the_fall_since_2002_is_the_published_one(capsys):
    assert main(["--pack", "georgia", "claims"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("drop_since_2002"))
    assert line.split()[1:3] == ["−0.15", "−0.1505"]


def test_the_account_runs_on_one_territory(pack):
    """From the first year of the office's series: the years before are those of a larger territory."""
    assert account_span(pack) == (1994, 2024)
    assert account_span(open_pack("kazakhstan"))[0] == 1950


def test_each_chapter_that_is_left_out_says_what_it_lacks(pack):
    left = absences(pack)
    assert {chapter.id for chapter in CHAPTERS} - set(left) >= CARRIED
    assert all(absence.figures or absence.chapters for absence in left.values())
    assert "repatriates" in left["settling"].figures


@pytest.mark.parametrize("name", ["retrospective", "groups", "regions", "bilateral", "stratification", "claims", "data"])
def test_chapters_that_the_figures_carry_are_computed(pack, name):
    results = Results("test")
    chapter = next(chapter for chapter in CHAPTERS if chapter.id == name)
    for other in CHAPTERS:
        if other.id in chapter.uses:
            other.compute(pack, results)
    chapter.compute(pack, results)
    assert results.tables
