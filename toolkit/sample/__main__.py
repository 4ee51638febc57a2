"""`python -m toolkit.sample FOLDER` makes the committed sample anew."""

from __future__ import annotations

import sys

from toolkit.sample import write_sample

if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m toolkit.sample FOLDER")
    write_sample(sys.argv[1])
