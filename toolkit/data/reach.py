"""The store's queries and writes narrowed to what is a rep's own (data.own says what that is)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from toolkit.base.errors import InputError
from toolkit.data import own
from toolkit.data.contract import TABLES
from toolkit.data.store_tables import StoreTables
from toolkit.language import say


class Reach:
    """What `rep` reaches; for everybody ("") nothing is narrowed.

    What is somebody else's gets one answer, which does not even say whether it is there.
    """

    def __init__(self, rep: str, tables: StoreTables) -> None:
        self.rep, self._tables = rep, tables

    def refused(self, table: str, language: str) -> InputError:
        """The answer."""
        return InputError(say("store.not_yours", language, table=say(f"table.{table}", language)))

    def everything(self, language: str) -> None:
        """InputError for a rep: what follows takes all tables."""
        if self.rep:
            raise self.refused("accounts", language)

    def narrowed(self, table: str, language: str) -> list[ColumnElement[bool]]:
        """What a query is narrowed to. Raises InputError for a table that is not a rep's to read."""
        conditions = own.narrowed(table, self._tables.of, self.rep) if self.rep else []
        if conditions is None:
            raise self.refused(table, language)
        return conditions

    def shown(self, table: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """A row as it may be seen."""
        return own.blanked(table, dict(values), self.rep) if self.rep else values

    def past(self, connection: Connection, table: str, image: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """What a row once was, as it may be seen: nothing of the time when it was another's."""
        if not self.rep or image is None:
            return image
        if "account_id" in image:
            return image if self._owns(connection, image["account_id"]) else None
        return image if image.get("owner_id", self.rep) == self.rep else None

    def may_write(
        self,
        connection: Connection,
        table: str,
        row: Mapping[str, Any],
        before: Mapping[str, Any] | None,
        language: str,
    ) -> None:
        """Raises InputError where a rep writes what is not the rep's; `before`: what stands there, whoever's it is."""
        if not self.rep:
            return
        fine = before is None or (self._sees(connection, table, row) and before.get("rep_id", self.rep) == self.rep)
        fine = fine and all(row.get(name, self.rep) == self.rep for name in ("rep_id", "moved_by"))
        fine = fine and (not row.get("account_id") or self._owns(connection, row["account_id"]))
        if not (fine and own.may_write(table, before, row)):
            raise self.refused(table, language)

    def _sees(self, connection: Connection, table: str, row: Mapping[str, Any]) -> bool:
        """Whether what stands on the key of a row is within reach."""
        conditions = own.narrowed(table, self._tables.of, self.rep)
        here = self._tables.of[table]
        mine = [here.c[name] == row[name] for name in TABLES[table].key]
        return conditions is not None and connection.execute(select(here).where(*mine, *conditions)).first() is not None

    def _owns(self, connection: Connection, account: Any) -> bool:
        accounts = self._tables.of["accounts"]
        mine = select(accounts.c.account_id).where(accounts.c.account_id == account, accounts.c.owner_id == self.rep)
        return connection.execute(mine).first() is not None
