"""What went wrong in a database, as one clear refusal: busy, full, read only, not sure, or not reachable at all."""

from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from toolkit.data.refusal import Refused

_BUSY: Final = frozenset({"55P03", "57014"})  # PostgreSQL: the lock was not to be had, or the wait was cut off
_AGAIN: Final = frozenset({"40001", "40P01"})  # PostgreSQL: two that cannot both be; one of them goes again
_READ_ONLY: Final = frozenset({"25006", "42501"})


def again(error: DBAPIError) -> bool:
    """Whether the same work may succeed at once: two transactions stood in each other's way."""
    return _state(error) in _AGAIN


def trouble(error: SQLAlchemyError, url: str, language: str, *, unsure: bool = False) -> Refused:
    """The refusal that says what went wrong and what to do.

    unsure: the connection broke while the end of the transaction was on its way, so nobody knows whether it came
    through. Sent again, it is kept once.
    """
    said = str(getattr(error, "orig", None) or error).strip()
    why = said.splitlines()[0] if said else type(error).__name__
    return Refused(_code(error, unsure), language=language, url=url, why=why)


def _code(error: SQLAlchemyError, unsure: bool) -> str:
    if isinstance(error, TimeoutError):
        return "database_busy"
    state, name = _state(error), _sqlite(error)
    if state in _BUSY | _AGAIN or name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "database_busy"
    if state.startswith("53") or name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return "database_full"
    if state in _READ_ONLY or name.startswith(("SQLITE_READONLY", "SQLITE_PERM")):
        return "database_read_only"
    return "database_unsure" if unsure else "database_unreachable"


def _state(error: SQLAlchemyError) -> str:
    """PostgreSQL's five letters; "" of another database, or where the connection broke."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _sqlite(error: SQLAlchemyError) -> str:
    """SQLite's name of the error, "" of another database."""
    return str(getattr(getattr(error, "orig", None), "sqlite_errorname", None) or "")
