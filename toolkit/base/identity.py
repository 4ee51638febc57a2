"""Who is working: a local user who may do everything, or, with a file of users, whom their key names.

    users:
      - {name: 张伟, role: rep, rep_id: R01, key_sha256: 9f86d081…}
      - {name: 顾明川, role: director, key_sha256: 60303ae2…}

A key itself is never on file: `kat user` draws one and prints its hash.
"""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROLES: Final = ("director", "manager", "strategy", "rep")
STAFF: Final = ("director", "manager", "strategy")
LEADS: Final = ("director", "manager")  # who direct and approve, and open any rep's desk


@dataclass(frozen=True)
class User:
    """A name, a role, and whose desk it is ("": nobody's own)."""

    name: str
    role: str
    rep_id: str = ""


LOCAL: Final = User("", "director")


class BadUsers(ValueError):
    """The file of users cannot be used: `reason`."""


def digest(key: str) -> str:
    """What stands on file of a key.

    Examples
    --------
    >>> digest("test")[:8]
    '9f86d081'
    """
    return hashlib.sha256(key.encode()).hexdigest()


def users(file: str | Path) -> dict[str, User]:
    """Hash of the key to user.

    Raises BadUsers for a file that is none, an unknown role, a rep without an id, or a key that stands twice.
    """
    try:
        tree: Any = yaml.safe_load(Path(file).read_text("utf-8"))
        found = [(str(row["key_sha256"]), _user(row)) for row in tree["users"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise BadUsers(str(error)) from None
    for _, user in found:
        if user.role not in ROLES or (user.role == "rep" and not user.rep_id):
            raise BadUsers(f"{user.name}: {user.role}")
    known = dict(found)
    if len(known) < len(found) or not all(len(one) == 64 for one in known):
        raise BadUsers("key_sha256")
    return known


def _user(row: Any) -> User:
    return User(str(row["name"]), str(row["role"]), str(row.get("rep_id", "")))


def whose(key: str, known: dict[str, User]) -> User | None:
    """The user of a key; None for a key that is nobody's."""
    mine = digest(key)
    return next((user for one, user in known.items() if hmac.compare_digest(one, mine)), None)
