"""The verdict on each claim from the answers of all sources.

confirmed: every answer agrees; contradicted: none does; depends: some do; cannot_tell: no source
answers; outside: listed but not about figures of this country.
An answer with an interval agrees when the claimed value lies inside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.study.claims.answers import FORMULAS, ClaimResult
from qonys.study.claims.reading import Claim, read_claims

VERDICTS = ("confirmed", "contradicted", "depends", "cannot_tell", "outside")


@dataclass(frozen=True)
class CheckedClaim:
    """A claim with its answers and verdict; `agree` follows `answers`."""

    claim: Claim
    answers: tuple[ClaimResult, ...]
    agree: tuple[bool | None, ...]
    verdict: str

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and greatest value over the sources."""
        values = [answer.value for answer in self.answers]
        return (min(values), max(values)) if values else None


def check_claims(pack: Pack) -> tuple[CheckedClaim, ...]:
    """All claims of the pack, checked."""
    return tuple(check_claim(pack, claim) for claim in read_claims(pack))


def check_claim(pack: Pack, claim: Claim) -> CheckedClaim:
    """One claim, checked."""
    if claim.outside is not None:
        return CheckedClaim(claim, (), (), "outside")
    if claim.formula not in FORMULAS:
        raise BadInput("study.claims.formula", id=claim.id, formula=claim.formula, known=", ".join(sorted(FORMULAS)))
    answers = tuple(FORMULAS[claim.formula](pack, claim))
    agree = tuple(agrees(claim, answer) for answer in answers)
    return CheckedClaim(claim, answers, agree, verdict(agree))


def agrees(claim: Claim, answer: ClaimResult) -> bool | None:
    """Whether an answer agrees; None when it cannot decide (a lower bound below the claim)."""
    if claim.claimed == "positive":
        return answer.value > 0
    if claim.claimed == "negative":
        return answer.value < 0
    claimed = float(claim.claimed or 0)
    if claim.compare == "above":
        if answer.value > claimed:
            return True
        return None if claim.lower_bound else False
    if claim.compare == "below":
        return answer.value < claimed
    inside = answer.low is not None and answer.high is not None and answer.low <= claimed <= answer.high
    return inside or abs(answer.value - claimed) <= claim.tolerance


def verdict(agree: tuple[bool | None, ...]) -> str:
    """The verdict from all answers.

    Examples
    --------
    >>> verdict((True, False)), verdict((None,)), verdict(())
    ('depends', 'cannot_tell', 'cannot_tell')
    """
    known = {answer for answer in agree if answer is not None}
    if not known:
        return "cannot_tell"
    if None in agree and known == {True}:
        return "depends"
    if known == {True}:
        return "confirmed"
    return "contradicted" if known == {False} else "depends"
