"""The documentation builds without a warning, and the README's claims are true."""

import re
import subprocess
import sys
from pathlib import Path

from qonys.catalog import open_pack

ROOT = Path(__file__).parents[2]
# the trees of the pages are searched for garbage again and again: without that a quarter of the time is saved
SPHINX = "import gc, sys; gc.disable(); from sphinx.cmd.build import main; sys.exit(main())"


def test_the_documentation_builds_without_a_warning(tmp_path):
    command = [sys.executable, "-c", SPHINX, "-q", "-W", "-b", "html", "-d", str(tmp_path / "d"), "docs", str(tmp_path / "o")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o" / "tutorial" / "first-report-ru.html").is_file()


def test_the_readme_counts_what_the_pack_holds():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tables, rows = re.search(r"(\d+) tables, about (\d+) thousand rows", text).groups()
    pack = open_pack("kazakhstan")
    assert int(tables) == len(pack.tables())
    assert int(rows) == round(sum(pack.table(name).height for name in pack.tables()) / 1000)
