"""Makes pymoo.json: small fronts and their volumes by pymoo 0.6.1 (Apache-2.0), the other hand of the volume."""

import json
from pathlib import Path

import numpy as np
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.indicators.hv import HV
from pymoo.optimize import minimize
from pymoo.problems import get_problem

rows = []
for n in (1, 2, 3):
    p = get_problem(f"zdt{n}", n_var=10)
    r = minimize(p, NSGA2(pop_size=20), ("n_gen", 30), seed=1)
    rows.append(
        {"problem": f"zdt{n}", "aims": r.F.round(12).tolist(), "volume": float(HV(ref_point=np.array([1.1, 1.1]))(r.F))}
    )
p = get_problem("dtlz2", n_var=5, n_obj=3)
r = minimize(p, NSGA2(pop_size=20), ("n_gen", 40), seed=1)
rows.append(
    {"problem": "dtlz2", "aims": r.F.round(12).tolist(), "volume": float(HV(ref_point=np.array([1.1] * 3))(r.F))}
)
Path("pymoo.json").write_text(json.dumps(rows), encoding="utf-8")
