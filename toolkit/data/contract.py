"""The contract: every table that comes in, its columns, keys, ranges, references, and when it can be seen.

Readings, where the contract leaves something open:

- A column named after another table's key (`industry_id`, `report_id`) refers to it, and so do `owner_id`,
  `mentor_id`, `other_id`, `reports_to`, `approved_by` and `commitment_by`. `decided_by`, `moved_by`,
  `executive`, `verifier_id` and `caller_id` may name people outside the team: they are not checked.
- `seen_from` is the date from which a row can be known. A table without one is known from the start, but a
  row of it is out of sight while a row it refers to is. Planned dates (due_on, resume_on,
  expected_close_on) cut nothing.
- `Later(date, cells)`: on a day before `date`, the date and those cells are blank. An account that closes
  later is active, and what it was signed for is not known: its weekly rows carry the expected amount.
- Requests: what is approved or drawn before it was requested is no fault of the data but an overstep (E5);
  an answer or a delivery before the request is a fault.
- A fault in a key column sets the row aside even where the column may be blank: a target of an unknown rep
  must not become the team's.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from toolkit.data.columns import Table
from toolkit.data.tables_core import CORE
from toolkit.data.tables_field import FIELD
from toolkit.data.tables_practice import PRACTICE

NEEDED: Final = ("accounts", "account_weeks")
TABLES: Final[Mapping[str, Table]] = MappingProxyType({table.name: table for table in (*CORE, *FIELD, *PRACTICE)})


def by_reference() -> tuple[Table, ...]:
    """All tables, each after those that it refers to (a table's reference to itself aside).

    Examples
    --------
    >>> [table.name for table in by_reference()][:3]
    ['industries', 'reps', 'accounts']
    """
    ordered: dict[str, Table] = {}

    def visit(table: Table) -> None:
        if table.name not in ordered:
            for column in table.references():
                if column.refers_to != table.name:
                    visit(TABLES[column.refers_to])
            ordered[table.name] = table

    for table in TABLES.values():
        visit(table)
    return tuple(ordered.values())
