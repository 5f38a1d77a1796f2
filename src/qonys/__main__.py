"""`python -m qonys` is the command `qonys`."""

import sys

from qonys.cli import main

if __name__ == "__main__":
    sys.exit(main())
