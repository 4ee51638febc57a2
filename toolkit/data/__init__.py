"""The data gate: the contract of every table, reading, checking, and the fault report."""
