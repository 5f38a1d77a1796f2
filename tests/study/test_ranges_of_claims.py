"""The range of a claim is that of the answers that count."""

from qonys.study.claims import Claim
from qonys.study.claims.answers import ClaimResult
from qonys.study.claims.check import COUNTS, UNFIT, CheckedClaim


def test_an_unfit_answer_stays_in_the_list_and_out_of_the_range():
    good, bad = (ClaimResult(name, value, (), ("s",), 1) for name, value in (("good", 0.38), ("bad", 0.24)))
    claim = Claim("one", "One", claimed=0.4, unit="share")
    checked = CheckedClaim(claim, (good, bad), (True, False), (COUNTS, UNFIT), "confirmed")
    assert checked.range == (0.38, 0.38)
    assert CheckedClaim(claim, (good, bad), (True, False), (COUNTS, COUNTS), "depends").range == (0.24, 0.38)  # planted
    assert CheckedClaim(claim, (bad,), (False,), (UNFIT,), "cannot_tell").range is None
    assert len(checked.answers) == 2
