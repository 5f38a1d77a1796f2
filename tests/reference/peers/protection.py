"""Cells by cell-key-perturbation 3.1.0 (Office for National Statistics, MIT), stored in protection_cells.json.

Run: python tests/reference/peers/protection.py, with cell-key-perturbation installed. Records are made up.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from cell_key_perturbation.create_perturbed_table import create_perturbed_table

from qonys.kernels.protection.keys import perturbed
from qonys.kernels.protection.perturbation import perturbation_table

OUT = Path(__file__).with_name("protection_cells.json")
KEYS, ROWS = 256, 750


def main():
    """Write the file."""
    draws = np.random.default_rng(8)
    n = 1500
    data = pd.DataFrame(
        {"place": draws.integers(0, 6, n) ** 2 % 7, "age": draws.integers(0, 5, n), "key": draws.integers(0, KEYS, n)}
    )
    table = perturbation_table()
    pcv, ckey = (one.ravel() for one in np.meshgrid(np.arange(1, ROWS + 1), np.arange(KEYS), indexing="ij"))
    noise = perturbed(pcv, ckey * (65536 // KEYS), table.thresholds(), table.largest) - pcv
    ptable = pd.DataFrame({"pcv": pcv, "ckey": ckey, "pvalue": noise})
    tables = {}
    for by in (["place", "age"], ["place"], ["age"]):
        found = create_perturbed_table(data, ptable, [], by, "key", use_existing_ons_id=False, threshold=0)
        tables[",".join(by)] = {
            name: found[name].astype(int).tolist() for name in (*by, "pre_sdc_count", "ckey", "count")
        }
    document = {
        "package": "cell-key-perturbation 3.1.0",
        "records": {name: data[name].tolist() for name in data},
        "tables": tables,
    }
    OUT.write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
