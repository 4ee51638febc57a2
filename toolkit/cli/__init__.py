"""The command `kat`: words in, exit code out. What it does is done elsewhere; heavy imports wait until needed."""

import sys

from toolkit.cli import reports, plan, data, imports, store, settings, apps, board  # isort: skip (the order of the help)
from toolkit.cli.common import app

__all__ = ["app", "apps", "board", "data", "imports", "main", "plan", "reports", "settings", "store"]


def main() -> None:
    """The entry point; output that is not a terminal is UTF-8 everywhere."""
    for stream in (sys.stdout, sys.stderr):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    app()
