"""Lines for a terminal."""

from typing import NamedTuple


class Line(NamedTuple):
    """One line and its rich style; "" is plain."""

    text: str
    style: str = ""
