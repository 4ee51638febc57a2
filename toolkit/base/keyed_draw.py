"""Draws that nobody can foresee and anybody with the key can repeat: ids ordered by a keyed hash.

Formula. key(id) = BLAKE2b-64(id; key = SHA-256(salt), person = purpose). A draw of a share s of n ids takes the first
ceil(s·n) in the order of their keys; where groups are given, the first of every group as well.

Late arrivals. The order of those already there never changes. An id that was drawn leaves only where a late arrival
with a smaller key takes its place, at most one for each arrival; a group's first leaves only for one of its own group.

The salt is a secret from the environment (KAT_DRAW_SALT); without one, a seed that stands in the parameters, so that
anyone who reads them could foresee the draw: reports say so. Ties: by id (two keys of 64 bits hardly ever tie).
"""

import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from toolkit.base.errors import InputError

VARIABLE: Final = "KAT_DRAW_SALT"
SHORTEST: Final = 16
_PERSON: Final = 16  # bytes that BLAKE2b takes to tell purposes apart


@dataclass(frozen=True)
class Salt:
    """What keys the draws. `secret`: it came from the environment; `key` is never shown, its `digest` may be."""

    key: bytes = field(repr=False)
    secret: bool

    @classmethod
    def from_environment(cls, seed: int, environ: Mapping[str, str] = os.environ) -> "Salt":
        """The secret of KAT_DRAW_SALT; without one, a public salt made from the seed.

        Raises InputError for a secret of fewer than 16 characters: it could be guessed.

        Examples
        --------
        >>> Salt.from_environment(7, {}).secret, Salt.from_environment(7, {VARIABLE: "only the director knows"}).secret
        (False, True)
        """
        text = environ.get(VARIABLE, "")
        if not text:
            return cls(hashlib.sha256(f"seed {seed}".encode()).digest(), secret=False)
        if len(text) < SHORTEST:
            raise InputError(f"{VARIABLE} has {len(text)} characters; a secret needs {SHORTEST} or more")
        return cls(hashlib.sha256(text.encode()).digest(), secret=True)

    @property
    def digest(self) -> str:
        """What may be published: the first 16 hexadecimal digits of the key's own SHA-256."""
        return hashlib.sha256(self.key).hexdigest()[:16]


def order_key(salt: Salt, purpose: str, ids: ArrayLike) -> NDArray[np.uint64]:
    """The key of every id for a purpose (such as "M6"), uint64: whatever comes with it or later changes none.

    Examples
    --------
    >>> salt = Salt.from_environment(7, {})
    >>> one, two = order_key(salt, "M6", ["V1", "V2"]).tolist(), order_key(salt, "M6", ["V2", "V1"]).tolist()
    >>> one == two[::-1], one != order_key(salt, "M10", ["V1", "V2"]).tolist()
    (True, True)
    """
    person = hashlib.sha256(purpose.encode()).digest()[:_PERSON]
    start = hashlib.blake2b(digest_size=8, key=salt.key, person=person)
    out = np.empty(np.size(ids), dtype=np.uint64)
    for k, one in enumerate(np.asarray(ids, dtype=object).ravel()):
        hashed = start.copy()
        hashed.update(str(one).encode())
        out[k] = int.from_bytes(hashed.digest(), "big")
    return out


def draw(salt: Salt, purpose: str, ids: Sequence[Any], share: float, groups: ArrayLike | None = None) -> NDArray[Any]:
    """True for the ids drawn: the first ceil(share·n) by key, and with `groups` the first of each as well.

    Examples
    --------
    >>> salt = Salt.from_environment(7, {})
    >>> drawn = draw(salt, "M10", [f"D{n}" for n in range(21)], 0.20)
    >>> int(drawn.sum())
    5
    >>> int(draw(salt, "M6", ["V1", "V2", "V3"], 0.10, groups=["R1", "R1", "R2"]).sum())
    2
    """
    names = np.asarray(ids, dtype=object)
    order = np.lexsort((names.astype(str), order_key(salt, purpose, names)))
    out = np.zeros(len(names), dtype=bool)
    out[order[: needed(share, len(names))]] = True
    if groups is not None and len(names):
        _, first = np.unique(np.asarray(groups, dtype=object)[order].astype(str), return_index=True)
        out[order[first]] = True
    return out


def needed(share: float, count: int) -> int:
    """ceil(share·count), where 20 % of 5 is 1 and not 2 for a rounding error.

    Examples
    --------
    >>> [needed(0.20, n) for n in (0, 1, 5, 6)], needed(0.1, 30)
    ([0, 1, 1, 2], 3)
    """
    return min(count, math.ceil(share * count - 1e-9))
