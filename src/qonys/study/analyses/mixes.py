"""Mixes of measures that none beats, for the command line: what is asked is looked at, then searched and run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qonys.catalog import Pack
from qonys.study.analyses.levers import costs_of_file
from qonys.study.lab.mix_tables import FoundMixes, MixOptions, Tell, check, mixes_of_lab
from qonys.study.lab.policy_measures import names_of_measures
from qonys.study.lab.session import open_lab
from qonys.study.runs.results import Results


def searched_mixes(
    pack: Pack, results: Callable[[], Results], options: MixOptions, costs: Path | None = None,
    tell: Tell | None = None,
) -> FoundMixes:  # fmt: skip
    """Look at what is asked, search and run.

    `results`: gives the stored results, asked for after the options and the costs have been read.

    Raises
    ------
    BadInput
        An outcome, metric, table or measure that there is not, more than two outcomes or one twice, targets that do
        not fit, a budget without costs, a cost without a source, a year that is not projected, no measures.

    """
    check(options, costs is not None)
    own = None if costs is None else costs_of_file(costs, names_of_measures(pack))
    return mixes_of_lab(open_lab(pack, results(), options.draws), options, own, tell)
