"""No chapter's share of the study's work grows unnoticed: counts of sweeps, unknowns, fits and projected years.

The counts do not depend on the machine, but for sweeps: chains stop where they have mixed, by blocks. A chapter that does more, or less, than is written in `work.json` has to
change that file, where everybody sees it: `.venv/bin/python tests/study/test_work.py` writes it from the last study.
"""

import json
import sys
from pathlib import Path

import pytest

SWEEPS = "country_sweeps"
WRITTEN = Path(__file__).with_name("work.json")


def work_of(results):
    """Counts by chapter of those that count any work."""
    return {name: one["work"] for name, one in sorted(results.about["chapters"].items()) if one["work"]}


def same(written, found):
    """Whether the counts are the same; sweeps within a quarter."""
    near = {kind: pytest.approx(count, rel=0.25) if kind == SWEEPS else count for kind, count in written.items()}
    return near == found


def test_other_counts_ring():
    written = {SWEEPS: 100, "trend_fits": 3}
    assert same(written, {SWEEPS: 110, "trend_fits": 3})
    for other in ({SWEEPS: 130, "trend_fits": 3}, {SWEEPS: 100, "trend_fits": 4}, {SWEEPS: 100}):
        assert not same(written, other)


def test_every_chapter_does_the_work_that_is_written(study):
    written = json.loads(WRITTEN.read_text(encoding="utf-8"))
    found = work_of(study)
    changed = {name for name in {*written, *found} if not same(written.get(name, {}), found.get(name, {}))}
    assert not changed, f"the work of {sorted(changed)} changed: {[found.get(name) for name in sorted(changed)]}"


def test_every_chapter_tells_its_processor_seconds(study):
    assert all(one["processor"] >= 0 for one in study.about["chapters"].values())


def test_more_draws_are_more_work():
    """The counts ring: half the draws, other counts."""
    from qonys.catalog import open_pack
    from qonys.estimation.reconciliation.national import reconcile
    from qonys.inputs.statements import account_span, national_statements
    from qonys.kernels.effort import effort

    pack = open_pack("georgia")
    years = account_span(pack)
    statements = national_statements(pack, years)[0]
    counts = []
    for draws in (20, 40):
        with effort() as found:
            reconcile(statements, years, draws)
        counts.append(found["gibbs_unknowns"])
    unknowns, rest = divmod(counts[0], 2 * (500 + 10))  # two chains, each of half the draws after its warm-up
    assert unknowns > 100
    assert rest == 0
    assert counts[1] == unknowns * 2 * (500 + 20)


if __name__ == "__main__":
    from qonys.catalog import open_pack
    from qonys.study.runs.run import study_results

    WRITTEN.write_text(json.dumps(work_of(study_results(open_pack("kazakhstan"))), indent=1) + "\n", encoding="utf-8")
    sys.exit(0)
