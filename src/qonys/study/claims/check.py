"""The verdict on each claim from the answers of the sources that can bear one.

confirmed: every answer agrees; contradicted: none does; depends: some do; cannot_tell: no source
answers; outside: listed but not about figures of this country.
An answer with an interval agrees when the claimed value lies inside it.

The verdict is no vote. An answer that rests on net migration of a source before the year until which the pack calls
that source unfit (`unfit` of `claims.yaml`) does not count; and where an official figure answers, figures quoted by
others do not outweigh it. Both stay in the list of answers, marked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.study.claims.answers import FORMULAS, ClaimResult
from qonys.study.claims.reading import Claim, Unfit, read_claims, read_unfit

VERDICTS = ("confirmed", "contradicted", "depends", "cannot_tell", "outside")
COUNTS, UNFIT, OUTRANKED = "counts", "unfit", "outranked"
OFFICIAL, QUOTED = 1, 3  # ranks of evidence


@dataclass(frozen=True)
class CheckedClaim:
    """A claim with its answers and verdict; `agree` and `weight` (COUNTS, UNFIT or OUTRANKED) follow `answers`."""

    claim: Claim
    answers: tuple[ClaimResult, ...]
    agree: tuple[bool | None, ...]
    weight: tuple[str, ...]
    verdict: str

    @property
    def counted(self) -> tuple[bool | None, ...]:
        """What the answers say that the verdict rests on."""
        return tuple(agree for agree, weight in zip(self.agree, self.weight, strict=True) if weight == COUNTS)

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and greatest value over the sources."""
        values = [answer.value for answer in self.answers]
        return (min(values), max(values)) if values else None


def check_claims(pack: Pack) -> tuple[CheckedClaim, ...]:
    """All claims of the pack, checked."""
    unfit = read_unfit(pack)
    return tuple(check_claim(pack, claim, unfit) for claim in read_claims(pack))


def check_claim(pack: Pack, claim: Claim, unfit: tuple[Unfit, ...] = ()) -> CheckedClaim:
    """One claim, checked; `unfit`: sources whose net migration before a year bears no verdict."""
    if claim.outside is not None:
        return CheckedClaim(claim, (), (), (), "outside")
    if claim.formula not in FORMULAS:
        raise BadInput("study.claims.formula", id=claim.id, formula=claim.formula, known=", ".join(sorted(FORMULAS)))
    answers = tuple(FORMULAS[claim.formula](pack, claim))
    agree = tuple(agrees(claim, answer) for answer in answers)
    found = CheckedClaim(claim, answers, agree, weights(answers, unfit), "")
    return replace(found, verdict=verdict(found.counted))


def weights(answers: tuple[ClaimResult, ...], unfit: tuple[Unfit, ...]) -> tuple[str, ...]:
    """Which answers count for the verdict, in their order."""
    until = {one.source: one.until for one in unfit}
    fit = [answer.since is None or answer.since >= until.get(answer.source, answer.since) for answer in answers]
    official = any(good and answer.rank == OFFICIAL for good, answer in zip(fit, answers, strict=True))
    return tuple(
        UNFIT if not good else OUTRANKED if official and answer.rank == QUOTED else COUNTS
        for good, answer in zip(fit, answers, strict=True)
    )


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
