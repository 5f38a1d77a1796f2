"""In Kazakh a part of something in the genitive bears its ending: «халықтың 36,2 %-ы», «келгендердің 8,4 %-ын»."""

import re

import pytest

from qonys.catalog import open_pack
from qonys.report.chapters import CHAPTERS, section_of
from qonys.report.context import Context
from qonys.report.document import Paragraph

GENITIVE = r"(?:ның|нің|дың|дің|тың|тің)"
PERCENT = r"\d[\d\u00a0\u202f,]*[\u00a0\u202f ]?%"
BARE = re.compile(rf"\w+{GENITIVE} {PERCENT}†?(?!†|-| (?:мен|бен|пен|бөлі|үлес|деңгей|аралы|қате)|\w)")
AFTER_INTERVAL = re.compile(r"\)-(?:ы|ын|ына|ында)\b")


def faults(text: str) -> list[str]:
    return [found[0] for pattern in (BARE, AFTER_INTERVAL) for found in pattern.finditer(text)]


def told(section) -> list[str]:
    """Text of each paragraph as it is read."""
    paragraphs = [block for block in section.blocks if isinstance(block, Paragraph)]
    return ["".join(run if isinstance(run, str) else str(getattr(run, "shown", "")) for run in one.runs) for one in paragraphs]


@pytest.mark.parametrize("text", [
    "Халықтың 36,2 % қалада тұрады.", "келгендердің 8,4\u00a0% құрады", "үлесі 36,2 % (34,2-ден 38,7-ге дейін)-ы",
])  # fmt: skip
def test_a_bare_percentage_rings(text) -> None:
    assert faults(text)
    assert faults("Халықтың 36,2 %-ы қалада тұрады; келгендердің 8,4\u00a0%-ын құрады, дегендердің 0,2 % мен 2 %.") == []


def test_parts_bear_their_ending(study) -> None:
    context = Context(study, open_pack("kazakhstan"), "kk")
    texts = [text for name in CHAPTERS for text in told(section_of(name, context))]
    assert [fault for text in texts for fault in faults(text)] == []
    assert any("%†-ы" in text for text in texts)
