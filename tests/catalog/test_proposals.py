"""`proposals.yaml`: each proposal of the course has an answer, and what is wrong with the file is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qonys.catalog import open_pack, proposals as module
from qonys.catalog.course import course
from qonys.catalog.proposals import ANSWERS, proposal_findings, proposals


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def test_every_proposal_of_the_course_has_an_answer(pack) -> None:
    found = proposals(pack)
    wanted = {one.id for one in course(pack).statements if one.id.startswith("proposal-") and one.kind == "proposal"}
    assert {one.statement for one in found} == wanted
    assert {one.answer for one in found} == set(ANSWERS)
    assert list(proposal_findings(pack)) == []


def test_a_pack_without_the_file_has_none() -> None:
    assert proposals(open_pack("georgia")) == ()
    assert list(proposal_findings(open_pack("georgia"))) == []


PLANTED = [
    ("unknown", lambda one: replace(one, statement="proposal-99")),
    ("unknown", lambda one: replace(one, measures=("housings",))),
    ("measures", lambda one: replace(one, measures=(), numbers={})),
    ("measures", lambda one: replace(one, answer="unquantified")),
    ("numbers", lambda one: replace(one, answer="bounded", measures=(), numbers={})),
    ("language", lambda one: replace(one, says=dict(one.says) | {"kk": " "})),
    ("places", lambda one: replace(one, text=dict(one.text) | {"en": "{nowhere}"})),
]


@pytest.mark.parametrize(("rings", "fault"), PLANTED)
def test_planted_faults_ring(pack, monkeypatch, rings, fault) -> None:
    sound = proposals(pack)
    place = next(number for number, one in enumerate(sound) if one.id == "housing")
    faulty = (*sound[:place], fault(sound[place]), *sound[place + 1 :])
    monkeypatch.setattr(module, "proposals", lambda _: faulty)
    assert f"catalog.proposals.{rings}" in {one.key for one in proposal_findings(pack)}


def test_a_proposal_that_is_left_out_rings(pack, monkeypatch) -> None:
    without = tuple(one for one in proposals(pack) if one.statement != "proposal-13")
    monkeypatch.setattr(module, "proposals", lambda _: without)
    assert [(one.key, one.values["id"]) for one in proposal_findings(pack)] == [
        ("catalog.proposals.left_out", "proposal-13")
    ]
