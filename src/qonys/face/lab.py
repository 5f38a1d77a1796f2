"""The policy lab as used from Python: runs of measures, rankings of all of them, and the search for mixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from qonys.errors import BadInput
from qonys.policy.measures import Cost
from qonys.study.lab.lever_ranking import LeverRanking, rank_levers
from qonys.study.lab.mix_tables import FoundMixes, MixOptions, mixes_of_lab
from qonys.study.lab.session import Lab


@dataclass
class PolicyLab(Lab):
    """The lab with what the command line asks of it."""

    def search(self, costs: Mapping[str, Cost] | None = None, **options: Any) -> FoundMixes:
        """Mixes of measures that no other mix beats in the outcomes and in what they take, run in it.

        `options`: outcome, metric, target, budget, year, since, points, seeds, table, those of `qonys policy search`;
        `costs`: of a unit of a measure a year, each with its source. Sources: Deb and others (2002); Savage (1951).

        Raises
        ------
        BadInput
            An option that there is not, or a value that it cannot have.

        """
        known = [one.name for one in fields(MixOptions) if one.name != "draws"]
        for name in options:
            if name not in known:
                raise BadInput("policy.option", found=name, known=", ".join(known))
        return mixes_of_lab(self, MixOptions(**options), costs)

    def rankings(self, year: int = 0, since: int = 0, points: int = 128) -> LeverRanking:
        """Three rankings of all measures together: by one step, by the whole range, by what a sourced cost buys."""
        return rank_levers(self, year or self.until, since, points=points)


def with_questions(lab: Lab) -> PolicyLab:
    """The same lab, with what can be asked of it."""
    return PolicyLab(
        lab.measures, lab.worlds, lab.usual, lab.receiving, lab.since, lab.until, lab.draws, lab.seed,
    )  # fmt: skip
