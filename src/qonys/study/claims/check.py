"""The verdict on each claim from the answers of the sources that can bear one.

confirmed: every answer agrees; contradicted: none does; depends: some do; cannot_tell: no source
answers; outside: listed but not about figures of this country.
An answer with an interval agrees when the claimed value lies inside it.

The verdict is no vote. An answer that rests on net migration of a source before the year until which the pack calls
that source unfit (`unfit` of `claims.yaml`) does not count; and where an official figure answers, figures quoted by
others do not outweigh it; what was asked or counted differently decides nothing. All stay in the list of answers,
marked.

A text that names the last year of the figures it could know (`asof`) is judged by those figures; a thesis with `now` is
judged by the figures of those years as well, and has two verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isfinite

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.study.claims.answers import FORMULAS, ClaimResult
from qonys.study.claims.reading import Claim, Unfit, read_asof, read_claims, read_unfit
from qonys.study.claims.theses import THESES

VERDICTS = ("confirmed", "contradicted", "depends", "cannot_tell", "outside")
COUNTS, UNFIT, OUTRANKED, INCOMPARABLE = "counts", "unfit", "outranked", "incomparable"
KNOWN = {**FORMULAS, **THESES}
OFFICIAL, QUOTED = 1, 3  # ranks of evidence


@dataclass(frozen=True)
class CheckedClaim:
    """A claim with its answers and verdict; `agree` and `weight` (such as COUNTS or UNFIT) follow `answers`.

    `now`: the same thesis judged by the figures of today, where it is one.
    """

    claim: Claim
    answers: tuple[ClaimResult, ...]
    agree: tuple[bool | None, ...]
    weight: tuple[str, ...]
    verdict: str
    now: CheckedClaim | None = None

    @property
    def counted(self) -> tuple[bool | None, ...]:
        """What the answers say that the verdict rests on."""
        return tuple(agree for agree, weight in zip(self.agree, self.weight, strict=True) if weight == COUNTS)

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and greatest value over the answers that count."""
        counted = (answer for answer, weight in zip(self.answers, self.weight, strict=True) if weight == COUNTS)
        values = [value for answer in counted for value in _ends(answer)]
        return (min(values), max(values)) if values else None


def check_claims(pack: Pack) -> tuple[CheckedClaim, ...]:
    """All claims of the pack, checked."""
    unfit, until = read_unfit(pack), read_asof(pack)
    return tuple(_then_and_now(pack, replace(claim, until=until), unfit) for claim in read_claims(pack))


def _then_and_now(pack: Pack, claim: Claim, unfit: tuple[Unfit, ...]) -> CheckedClaim:
    found = check_claim(pack, claim, unfit)
    if claim.now is None:
        return found
    today = replace(claim, years=claim.now.years, base=claim.now.base, now=None, until=None)
    return replace(found, now=check_claim(pack, today, unfit))


def _ends(answer: ClaimResult) -> tuple[float, ...]:
    """The value of an answer, or the bounds that it gives."""
    if not answer.bounds:
        return (answer.value,)
    return tuple(end for end in (answer.low, answer.high) if end is not None)


def check_claim(pack: Pack, claim: Claim, unfit: tuple[Unfit, ...] = ()) -> CheckedClaim:
    """One claim, checked; `unfit`: sources whose net migration before a year bears no verdict."""
    if claim.outside is not None:
        return CheckedClaim(claim, (), (), (), "outside")
    if claim.formula not in KNOWN:
        raise BadInput("study.claims.formula", id=claim.id, formula=claim.formula, known=", ".join(sorted(KNOWN)))
    answers = tuple(KNOWN[claim.formula](pack, claim))
    agree = tuple(agrees(claim, answer) for answer in answers)
    found = CheckedClaim(claim, answers, agree, weights(answers, unfit), "")
    return replace(found, verdict=verdict(found.counted))


def weights(answers: tuple[ClaimResult, ...], unfit: tuple[Unfit, ...]) -> tuple[str, ...]:
    """Which answers count for the verdict, in their order."""
    until = {one.source: one.until for one in unfit}
    fit = [answer.since is None or answer.since >= until.get(answer.source, answer.since) for answer in answers]
    official = any(good and answer.rank == OFFICIAL for good, answer in zip(fit, answers, strict=True))
    return tuple(
        INCOMPARABLE
        if not answer.comparable
        else UNFIT
        if not good
        else OUTRANKED
        if official and answer.rank == QUOTED
        else COUNTS
        for good, answer in zip(fit, answers, strict=True)
    )


def agrees(claim: Claim, answer: ClaimResult) -> bool | None:
    """Whether an answer agrees; None when it cannot decide (a lower bound below the claim, bounds around it)."""
    if answer.bounds:
        return _agree_within(claim, answer)
    if claim.claimed == "positive":
        return answer.value > 0
    if claim.claimed == "negative":
        return answer.value < 0
    claimed = float(claim.claimed or 0)
    if claim.compare == "above":
        if answer.value > claimed:
            return True
        return None if claim.lower_bound or answer.least else False
    if claim.compare == "below":
        return answer.value < claimed
    inside = answer.low is not None and answer.high is not None and answer.low <= claimed <= answer.high
    return inside or abs(answer.value - claimed) <= claim.tolerance


def _agree_within(claim: Claim, answer: ClaimResult) -> bool | None:
    """Whether all, none or some of the values between the bounds agree; a bound that lacks is infinite."""
    low = -inf if answer.low is None else answer.low
    high = inf if answer.high is None else answer.high
    claimed = 0.0 if isinstance(claim.claimed, str) else float(claim.claimed or 0)
    if claim.compare == "near" and not isinstance(claim.claimed, str):
        inside = low - claim.tolerance <= claimed <= high + claim.tolerance
        return inside if isfinite(low) and isfinite(high) else None if inside else False
    above = claim.compare == "above" or claim.claimed == "positive"
    surely, never = (low > claimed, high <= claimed) if above else (high < claimed, low >= claimed)
    return True if surely else False if never else None


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
