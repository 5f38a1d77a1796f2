"""How a setting of measures stands in the address of the policy lab."""

from __future__ import annotations

from collections.abc import Mapping

from qonys.policy.measures import Measure

LATER = (3, 8)


def written(value: float) -> str:
    """A value as it stands in an address.

    Examples
    --------
    >>> written(20000.0), written(0.05)
    ('20000', '0.05')
    """
    return f"{value:.10g}"


def first_years(measures: tuple[Measure, ...]) -> tuple[int, ...]:
    """Years from which measures may hold: the one after the latest figure of any, and two later ones."""
    first = max(measure.now_year for measure in measures) + 1
    return (first, *(first + later for later in LATER))


def lab_address(settings: Mapping[str, float], since: int) -> str:
    """The address of settings as the first scenario, without the language.

    Examples
    --------
    >>> lab_address({"border": 1.5}, 2030)
    'policy?s1.border=1.5&since=2030'
    """
    moved = (f"s1.{name}={written(value)}" for name, value in settings.items())
    return "policy?" + "&".join((*moved, f"since={since}"))
