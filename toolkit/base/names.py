"""Names as they are compared: the same company or person written in another way."""

import unicodedata
from typing import Any


def plain(name: Any) -> str:
    """A name without case, width (NFKC) and spaces.

    Examples
    --------
    >>> plain("Ｈailan  重工") == plain("HAILAN重工")
    True
    """
    return "".join(unicodedata.normalize("NFKC", str(name)).casefold().split())
