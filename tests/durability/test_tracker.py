"""A worker that is killed may take the process that clears up semaphores with it: no trace of an error is printed."""

import subprocess
import sys

import pytest

CODE = """
import multiprocessing, os, signal, sys
from multiprocessing import resource_tracker
from qonys.study.ensembles import cluster
if sys.argv[1] == "borne":
    cluster._bear_a_killed_tracker()
    cluster._bear_a_killed_tracker()
else:
    import warnings
    warnings.simplefilter("ignore")
spawn = multiprocessing.get_context("spawn")
first = spawn.Lock()
tracker = resource_tracker._resource_tracker._pid
os.kill(tracker, signal.SIGKILL)
os.waitpid(tracker, 0)
second = spawn.Lock()
del first, second
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the clearing process is one of Linux and macOS")
@pytest.mark.parametrize(("how", "traces"), [("borne", False), ("as it is", True)])
def test_a_killed_tracker_leaves_no_trace(how, traces) -> None:
    """Without what Qonys does (`as it is`) the trace is there, so the test looks at the right thing."""
    process = subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True)
    assert ("KeyError" in process.stderr) == traces, process.stderr
    assert traces or not process.stderr
