"""Sex as the statistics record it."""

from __future__ import annotations

from enum import StrEnum

from qonys.errors import BadInput


class Sex(StrEnum):
    """Women, men, or both together; the value is the code used in the tables.

    Examples
    --------
    >>> Sex("female") is Sex.FEMALE, Sex.BOTH.parts
    (True, (<Sex.FEMALE: 'female'>, <Sex.MALE: 'male'>))
    """

    BOTH = "both"
    FEMALE = "female"
    MALE = "male"

    @classmethod
    def parse(cls, code: str) -> Sex:
        """The sex under a code.

        Raises
        ------
        BadInput
            The code is none of both, female, male.
        """
        known = [item.value for item in cls]
        if code not in known:
            raise BadInput("spaces.sex.unknown", code=code, known=", ".join(known))
        return cls(code)

    @property
    def parts(self) -> tuple[Sex, ...]:
        """The sexes that add up to this one."""
        return (Sex.FEMALE, Sex.MALE) if self is Sex.BOTH else (self,)
