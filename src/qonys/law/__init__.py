"""The law register of a country pack: acts, what they changed, dated parameters, treaties and their coverage.

Five files of the pack's folder `law` (`qonys.law.files`) become one `Register`. What held on a date is a function of
intervals [from, to): an end names the act that ended it, an act whose own term ran out names itself.
"""

from qonys.law.checks import law_findings
from qonys.law.days import day_of
from qonys.law.register import Register, law_register

__all__ = ["Register", "day_of", "law_findings", "law_register"]
