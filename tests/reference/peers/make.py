"""Outputs of other packages on small tables, stored beside this script and compared with ours by tests/reference.

The packages are not in the locks. In an environment of its own:

    python -m venv peers && peers/bin/pip install humanleague ipfn segregation stepmix linearmodels statsmodels pyfixest pysyncon \\
        statsforecast scoringrules scikit-learn SALib openturns
    peers/bin/python tests/reference/peers/make.py

The packages of `one_factor` need older ones and have an environment of their own; subjects to be written can be named:

    python -m venv factors && factors/bin/pip install semopy==2.3.11 factor_analyzer==0.5.1 "scikit-learn<1.6"
    factors/bin/python tests/reference/peers/make.py one_factor

and so has `boxes`: python -m venv boxes && boxes/bin/pip install ema_workbench==2.5.3

writes one JSON file a subject: the versions, the seed of the generator (Philox), what went in and what came out.
Tables of random numbers are made up.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

import effects
import forecasts
import numpy as np
import searches
import tables
from common import HERE, SEED

SUBJECTS: dict[str, Callable[[], tuple[list[str], dict[str, object]]]] = {
    "raking": tables.raking,
    "segregation": tables.segregation,
    "latent_classes": tables.latent_classes,
    "panel": tables.panel,
    "poisson": tables.poisson,
    "one_factor": tables.one_factor,
    "synthetic": effects.synthetic,
    "cohorts": effects.cohorts,
    "other_event_studies": effects.other_event_studies,
    "interrupted": effects.interrupted,
    "warnings": forecasts.warnings_scored,
    "sobol": forecasts.sobol,
    "monitor": forecasts.monitor,
    "boxes": searches.boxes,
}


def main() -> None:
    """Write the files named on the command line, or all."""
    for name in sys.argv[1:] or SUBJECTS:
        packages, cases = SUBJECTS[name]()
        versions = {"python": platform.python_version(), "numpy": np.__version__, **{p: version(p) for p in packages}}
        document = {"made_by": "tests/reference/peers/make.py", "versions": versions, "seed": SEED, "cases": cases}
        (HERE / f"{name}.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
        print(name, versions)


if __name__ == "__main__":
    main()
