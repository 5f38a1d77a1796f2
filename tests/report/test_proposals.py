"""The chapter of what the text proposes: every proposal stands once, with the numbers of the study."""

from __future__ import annotations

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.proposals import ANSWERS, MODELLED, proposals
from qonys.report.document import Table


def tables(document) -> dict[str, Table]:
    return {block.key: block for section in document.sections for block in section.blocks if isinstance(block, Table)}


def test_every_proposal_stands_under_its_answer(document, language) -> None:
    shown = tables(document)
    found = proposals(open_pack("kazakhstan"))
    for answer in ANSWERS:
        wanted = [one.says[language] for one in found if one.answer == answer]
        rows = shown["proposals_assumed" if answer == MODELLED else f"proposals_{answer}"].rows
        assert [row[0] for row in rows] == wanted
        assert all("{" not in row[1] and row[1] != words.text("proposals.not_computed", language) for row in rows)


def test_effects_are_those_of_the_conclusion(document, study) -> None:
    found = study.table("conclusion_measures").frame.filter(measure="housing", outcome="population").row(0, named=True)
    ends = [words.signed(found[end] / 1e3, "ru", 0) for end in ("middle", "low", "high")]
    assert [row[3] for row in tables(document)["proposals_modelled"].rows].count("{} ({} … {})".format(*ends)) == 1
