"""``python -m qonys.cli``."""

from __future__ import annotations

import sys

from qonys.cli import main

if __name__ == "__main__":
    sys.exit(main())
