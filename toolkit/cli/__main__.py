"""`python -m toolkit.cli` is `kat`."""

from toolkit.cli import main

main()
