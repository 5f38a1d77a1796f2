"""A survey of 100,000 respondents: tables with design errors, tests, models, classes, maps, beside plain twins.

Run: ./.venv/bin/python benchmarks/surveys.py
Respondents are made up at random from a fixed seed: 20 strata of 50 clusters, 4 groups, 3 answers.
"""

from __future__ import annotations

import time

import numpy as np
import polars as pl
from numpy.typing import NDArray
from timing import seconds

from qonys.surveys.choice_models import ChoiceSpec, fit_choice
from qonys.surveys.classes import fit_classes, patterns_of
from qonys.surveys.correspondence import correspondence
from qonys.surveys.design import Design
from qonys.surveys.differences import independence, shares_by_group
from qonys.surveys.estimates import EstimateSpec, estimate
from qonys.surveys.reading import Microdata

N = 100_000
DESIGN = Design("w", "h", "c")
LIMIT = 2.0


def respondents() -> Microdata:
    """The made-up survey."""
    rng = np.random.Generator(np.random.Philox(key=7))
    first = rng.random(N) < 0.4
    items = {f"m{k}": np.where(rng.random(N) < np.where(first, 0.75, 0.3), "yes", "no") for k in range(5)}
    frame = {
        "h": rng.integers(0, 20, N), "c": rng.integers(0, 50, N), "w": rng.uniform(0.5, 2, N),
        "group": rng.choice(list("abcd"), N), "answer": rng.choice(["go", "stay", "think"], N),
        "age": rng.integers(18, 80, N).astype(float), **items,
    }  # fmt: skip
    return Microdata(pl.DataFrame(frame))


def plain(data: Microdata) -> NDArray[np.float64]:
    """Errors of the 12 shares by loops over strata, clusters and cells (Wolter 2007, eq. 6.11.1)."""
    frame = data.frame
    columns = [frame[name].to_list() for name in ("h", "c", "w", "group", "answer")]
    groups, answers = sorted(set(columns[3])), sorted(set(columns[4]))
    weight: dict[str, float] = dict.fromkeys(groups, 0.0)
    chosen: dict[tuple[str, str], float] = {}
    for _, _, w, group, answer in zip(*columns, strict=True):
        weight[group] += w
        chosen[group, answer] = chosen.get((group, answer), 0.0) + w
    errors = []
    for group in groups:
        for answer in answers:
            share = chosen[group, answer] / weight[group]
            sums: dict[tuple[int, int], float] = {}
            for h, c, w, own, given in zip(*columns, strict=True):
                z = w * ((given == answer) - share) / weight[group] if own == group else 0.0
                sums[h, c] = sums.get((h, c), 0.0) + z
            variance = 0.0
            for stratum in {h for h, _ in sums}:
                part = np.array([z for (h, _), z in sums.items() if h == stratum])
                variance += len(part) / (len(part) - 1) * float(((part - part.mean()) ** 2).sum())
            errors.append(variance**0.5)
    return np.array(errors)


def main() -> None:
    """All lines."""
    data = respondents()
    asked = EstimateSpec("share", "answer", ("group",))
    started = time.perf_counter()
    table = estimate(data, DESIGN, asked).table.sort("group", "answer")
    cold = time.perf_counter() - started
    warm = seconds(lambda: estimate(data, DESIGN, asked))
    started = time.perf_counter()
    twin = plain(data)
    loops = time.perf_counter() - started
    gap = float(np.abs(twin / table["se"].to_numpy() - 1).max())
    print(
        f"shares of 3 answers in 4 groups with errors and deff, {N:,} respondents: first {cold:.2f} s, "
        f"then {warm:.2f} s (limit {LIMIT} s: {'kept' if cold <= LIMIT else 'MISSED'}); "
        f"plain loops, errors only, {loops:.1f} s, "
        f"{loops / warm:.1f} x; largest relative gap of the errors {gap:.1e}"
    )
    print(
        f"joint covariance of the 12 shares: {seconds(lambda: shares_by_group(data, DESIGN, 'answer', 'group')):.2f} s"
    )
    print(f"Rao-Scott test of independence: {seconds(lambda: independence(data, DESIGN, 'answer', 'group')):.2f} s")
    model = ChoiceSpec("answer", ("group", "age"))
    print(f"multinomial model, 5 columns, with effects: {seconds(lambda: fit_choice(data, DESIGN, model), 1):.2f} s")
    items = [f"m{k}" for k in range(5)]
    patterns, _ = patterns_of(data, DESIGN, items)
    fit_classes(patterns, 2, 1)
    print(f"two latent classes, 20 starts: {seconds(lambda: fit_classes(patterns, 2), 1):.2f} s")
    print(f"correspondence map of 5 questions: {seconds(lambda: correspondence(data, DESIGN, items), 1):.2f} s")


if __name__ == "__main__":
    main()
