"""Noise and cells beside ptable (R) and cell-key-perturbation (Office for National Statistics)."""

import json
from pathlib import Path

import numpy as np
import pytest

from qonys.kernels.protection.keys import add_keyed, perturbed
from qonys.kernels.protection.perturbation import allowed, entropic, perturbation_table

PEERS = Path(__file__).parent / "peers"
CHANCES = json.loads((PEERS / "protection_chances.json").read_text(encoding="utf-8"))["cases"]
CELLS = json.loads((PEERS / "protection_cells.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CHANCES, ids=lambda case: f"{case['size']}-{case['count']}")
def test_chances_are_those_of_ptable(case):
    largest, variance, hidden = case["size"]
    noise = allowed(case["count"], int(largest), int(hidden))
    assert entropic(noise, variance, case["count"]) == pytest.approx(np.array(case["chances"]), abs=1e-6)


@pytest.mark.parametrize("by", list(CELLS["tables"]))
def test_cells_are_those_of_the_office_for_national_statistics(by):
    records = {name: np.array(values) for name, values in CELLS["records"].items()}
    wanted = CELLS["tables"][by]
    names = by.split(",")
    labels = sorted(zip(*(wanted[name] for name in names), strict=True))
    at = {label: place for place, label in enumerate(labels)}
    place = np.array([at[tuple(row)] for row in zip(*(records[name].tolist() for name in names), strict=True)])
    counts, keys = np.zeros(len(labels), dtype=np.int64), np.zeros(len(labels), dtype=np.uint16)
    add_keyed(place, records["key"].astype(np.uint16), counts, keys)
    rows = sorted(zip(*(wanted[name] for name in (*names, "pre_sdc_count", "ckey", "count")), strict=True))
    other = np.array(rows)[:, len(names) :]
    keys = keys % 256
    table = perturbation_table()
    shown = perturbed(counts, keys.astype(np.int64) * 256, table.thresholds(), table.largest)
    assert np.array_equal(counts, other[:, 0])
    assert np.array_equal(keys[counts > 0], other[counts > 0, 1])
    assert np.array_equal(shown, other[:, 2])
