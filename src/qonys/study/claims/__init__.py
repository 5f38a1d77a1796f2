"""Claims: quantitative statements recomputed from sourced figures, with a verdict each."""

from qonys.study.claims.check import CheckedClaim, check_claims
from qonys.study.claims.reading import Claim, read_claims

__all__ = ["CheckedClaim", "Claim", "check_claims", "read_claims"]
