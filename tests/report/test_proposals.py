"""The chapter of what the text proposes: every proposal stands once, with the numbers of the study."""

from __future__ import annotations

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.proposals import ANSWERS, MODELLED, proposals
from qonys.report.document import Table


def tables(document) -> dict[str, Table]:
    section = next(one for one in document.sections if one.id == "proposals")
    return {block.id: block for block in section.blocks if isinstance(block, Table)}


def test_every_proposal_stands_under_its_answer(document, language) -> None:
    shown = tables(document)
    found = proposals(open_pack("kazakhstan"))
    for answer in ANSWERS:
        wanted = [one.says[language] for one in found if one.answer == answer]
        rows = shown["proposals_assumed" if answer == MODELLED else f"proposals_{answer}"].rows
        assert [row[0] for row in rows] == wanted
        assert all("{" not in row[1] and row[1] != words.text("proposals.not_computed", language) for row in rows)


def test_effects_are_those_of_the_conclusion(document, study) -> None:
    row = study.table("conclusion_measures").frame.filter(measure="housing", outcome="population").row(0, named=True)
    shown = next(cells for cells in tables(document)["proposals_modelled"].rows if words.signed(row["middle"] / 1e3, "en", 0) in cells[3].replace("\u00a0", ""))
    assert words.signed(row["low"] / 1e3, "en", 0) in shown[3]
