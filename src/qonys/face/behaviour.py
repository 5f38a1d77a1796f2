"""The chain of a move of a country pack: intention, plan, move and settling."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, Unpack

from qonys.catalog import open_pack
from qonys.face.arguments import offered
from qonys.face.country import Country
from qonys.face.options import checked
from qonys.face.result import Result


class BehaviourOptions(TypedDict, total=False):
    """Options of `migration_behaviour`."""

    means: bool
    fitted: bool
    parameters: Mapping[str, float]
    scenario: Mapping[str, Any] | str | Path
    persons: bool
    share: float


@offered
def migration_behaviour(
    country: str | Country,
    *,
    table: str = "moves",
    by: str = "",
    until: int = 0,
    draws: int = 20,
    seed: int = 1,
    **options: Unpack[BehaviourOptions],
) -> Result:
    """How people come to move: intention, plan, move and settling by ethnic group, education, age and region.

    Parameters
    ----------
    country
        Name of a pack included in Qonys, folder of another pack, or the result of `country`.
    table
        moves, potential, settling, stays, effect (of the scenario), parameters, acts.
    by
        region, group, education or age; "" for the country.
    until
        Last year; 0: ten years after the base.
    draws, seed
        Number of draws and random seed; each draw has parameters of its own.
    options
        `fitted`: parameters from the posterior given the country's figures, not from their priors; `means`: at the
        means of these; `parameters`: those that are held, by name; `scenario`: a
        mapping of keys such as {"internal_times": 1.5}, or a TOML or YAML file; `persons` and `share`: run single
        persons, a share of them, instead of expected counts.

    Returns
    -------
    measure, year, the axis, q2.5, q10, q50, q90, q97.5 over draws; persons, or percent where the name says share.

    Raises
    ------
    BadInput
        An invalid table, axis, year, number of draws, parameter or scenario.

    Notes
    -----
    Source: Klabunde, Willekens, Zinn and Leuchter (2015); Ajzen (1991); McFadden (1978). Notes of the result say
    whether the parameters are fitted or come from their priors. The first year meets the regional projection.

    Examples
    --------
    >>> import qonys
    >>> qonys.migration_behaviour("kazakhstan", table="parameters").frame.columns[:2]
    ['parameter', 'mean']
    """
    from qonys.study.analyses.behaviour import BehaviourRequest, answered, basis_of
    from qonys.words.notes import note

    pack = country.pack if isinstance(country, Country) else open_pack(country)
    chosen = checked(options, tuple(BehaviourOptions.__annotations__), "migration_behaviour")
    scenario = chosen.get("scenario")
    given = scenario if isinstance(scenario, Mapping) else None
    request = BehaviourRequest(
        table, by, until, draws, seed, chosen.get("means", False),
        tuple(f"{name}={value!r}" for name, value in chosen.get("parameters", {}).items()),
        () if scenario is None or given is not None else (Path(str(scenario)),), (), given,
        chosen.get("persons", False), chosen.get("share", 1.0), fitted=chosen.get("fitted", False),
    )  # fmt: skip
    frame, sources = answered(pack, request)
    if basis := basis_of(request):
        note(basis)
    return Result("migration_behaviour", frame, sources=sources, pack=pack)
