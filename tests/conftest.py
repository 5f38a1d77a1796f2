"""What all tests share: two tiers, their order, and the study of the shipped pack, computed once for all workers.

The short tier holds a seeded sample of everything and is what `./run test` runs. `--all` adds the tests marked `long`
(and, for Hypothesis, many examples at random) and ends with a line for the table in docs/how-to/testing.md. A test asked for
by its full name runs whatever its tier.

Workers share the tests in equal runs of the list and then steal from each other's ends. So the list begins with
what waits for the study (one worker computes it while the others do the rest), goes on with the kernels (compiled by
the study already), and the next worker begins with the longest tests.
"""

from __future__ import annotations

import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from qonys.catalog import open_pack
from qonys.catalog.locks import exclusive
from qonys.study.runs.run import study_results

LONG = ("tests/house/test_docs.py", "tests/kernels/test_hierarchical_ar.py", "tests/kernels/test_multiregional_jax.py")
COMPILED = ("tests/kernels/", "tests/projection/")
BEGUN = pytest.StashKey()
EXAMPLES = {"sample": 20, "all": 400}

for name, count in EXAMPLES.items():
    settings.register_profile(name, max_examples=count, deadline=None, derandomize=name == "sample", print_blob=True,
                              suppress_health_check=[HealthCheck.too_slow])  # fmt: skip


def pytest_addoption(parser):
    """`--all` runs both tiers; `--approve` stores what tests compare with."""
    parser.addoption("--all", action="store_true", help="run the tests marked long too, with many examples")
    parser.addoption("--approve", action="store_true", help="store anew the shapes and pictures that tests compare with")


def pytest_configure(config):
    """The profile of Hypothesis is that of the tier."""
    settings.load_profile("all" if config.getoption("--all") else "sample")
    config.stash[BEGUN] = time.monotonic()


def pytest_collection_modifyitems(config, items):
    """The tier asked for, in order."""
    by_name = any("::" in argument for argument in config.args) or config.getoption("markexpr")
    if not (config.getoption("--all") or by_name):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    _put_in_order(items)


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    """After `--all`: one row for the record of full runs."""
    if not config.getoption("--all"):
        return
    found = {kind: len(terminalreporter.stats.get(kind, ())) for kind in ("passed", "failed", "error", "skipped")}
    minutes = (time.monotonic() - config.stash[BEGUN]) / 60
    machine = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    outcome = ", ".join(f"{count:,} {kind}" for kind, count in found.items() if count)
    row = f"| {datetime.now(UTC):%Y-%m-%d} | `{_commit()}` | {outcome} | {minutes:.0f} min | {machine} |"
    terminalreporter.section("for docs/how-to/testing.md")
    terminalreporter.write_line(row)


def _commit():
    folder = Path(__file__).parent
    asked = ["git", "-C", str(folder), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _put_in_order(items):
    """Order: those of the study, the compiled ones, the others; the longest where the second worker begins."""
    groups = [[], [], [], []]
    for item in items:
        groups[_place(item)].append(item)
    longest, studied, compiled, others = groups
    items[:] = studied + compiled + others
    middle = (len(items) + len(longest)) // 2
    items[middle:middle] = longest


def _place(item):
    if item.nodeid.startswith(LONG):
        return 0
    if item.nodeid.startswith("tests/web/") or {"study", "study_cache"} & set(getattr(item, "fixturenames", ())):
        return 1
    return 2 if item.nodeid.startswith(COMPILED) else 3


@pytest.fixture(scope="session")
def every(request):
    """Whether the full tier runs: a test may then draw more samples than the short one can afford."""
    return request.config.getoption("--all")


@pytest.fixture(scope="session")
def study_cache(tmp_path_factory, worker_id):
    """A folder for `QONYS_CACHE` that holds the study of the shipped pack."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "study-cache"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, exclusive(folder / "lock", 3600):
        patch.setenv("QONYS_CACHE", str(folder))
        study_results(open_pack("kazakhstan"))
    return folder


@pytest.fixture(scope="session")
def study(study_cache):
    """The results of the shipped pack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QONYS_CACHE", str(study_cache))
        return study_results(open_pack("kazakhstan"))
