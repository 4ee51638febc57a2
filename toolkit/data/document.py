"""docs/data.md, made from the contract: `python -m toolkit.data.document > docs/data.md`."""

from collections.abc import Iterable
from typing import Final

from toolkit.data.columns import Column, Table
from toolkit.data.contract import NEEDED, TABLES
from toolkit.data.headers import column_label, table_label
from toolkit.language import catalogue

_KINDS: Final = {
    "id": "ID",
    "text": "text",
    "choice": "choice",
    "quarter": "quarter, 2026Q4",
    "number": "number",
    "integer": "whole number",
    "fraction": "fraction; 65% is read as 0.65",
    "boolean": "true/false, 1/0, 是/否",
    "date": "date",
    "friday": "date, a Friday",
    "time": "time",
}
_INTRODUCTION: Final = """# The data that comes in

<!-- Made from the contract by toolkit.data.document; a test holds the two equal. -->

A **source** is a folder of CSV files or an Excel workbook (.xlsx, .xlsm, .xls, .ods), a file or sheet a
table. It needs {needed}; what depends on another table that is missing or empty says "no data", and the
rest works. Files, sheets and headers go by the names below, by their labels in Chinese or English, or
by a mapping file. Unknown columns are kept as text and ignored; unknown files and sheets are not
opened.

- **Encoding**: UTF-8, with or without BOM, or GB18030 (GBK). Cells are separated by commas.
- **Units**: money in CNY, probabilities and shares 0 to 1, scores 0 to 100, latitude before longitude.
- **Numbers**: `1,200.5` and full-width digits are read as meant. `65%` is 0.65; a bare 65 for a
  fraction is a fault, and so is anything that is not a plain number (`12万`, `¥5`, `n/a`).
- **Dates**: `2026-11-20` or `2026/11/20`, and Excel's own dates. **Times**: `2026-11-20T09:30:00`, with
  an offset or `Z` converted to the parameter `timezone` (Asia/Shanghai), without one taken to be in it.
- **IDs** are text: `007` stays `007`, spaces around it go, full-width letters and digits become
  half-width. An Excel cell that holds the number 7 and only shows 007 is 7: make such columns text in
  Excel.
- **Text**: `<script>` and `=cmd()` are legal names. They run nowhere: pages escape them, and CSV and
  Excel files that we write neutralise them.
- **Blank** is an empty cell or one with spaces only. `none`, `-` and `n/a` are not blank.

## What happens to faults

Every fault of every row is found in one pass: `kat check --data SOURCE` lists them, with the line in
the file (the header is line 1), the rule and what to do. A fault in a column marked **!** or in a key
sets the row aside in `rejected.csv`; elsewhere it blanks the cell. Every fault is in `faults.csv`. With
`--strict` any fault stops the run. Rows that refer to a row set aside are set aside too, with that
reason; a reference into a table that is missing or empty is not checked. Of identical rows with one key
the first is kept; if they differ, none is.

{rules}

## The mapping file

`columns.yaml` beside the tables, or else `parameters/columns.yaml`, tells what a source's own headers
mean and, under `values`, its own words:

```yaml
accounts:
  客户编码: account_id
  values:
    market_role: {{行业标杆: industry_benchmark, 区域龙头: regional_leader, 长尾: long_tail}}
  read: {{sheet: 客户台账, header: 3, skip: [合计]}}
  factors: {{annual_potential: 10000}}
```

`read` says where a foreign sheet lies, `factors`, `currencies`, `dates`, `fridays`, `ids`, `constants` and
`snapshot` how its cells become ours; [own_data.md](own_data.md) lists them. `kat import --guess FILE`
proposes the whole file. With it, a single CSV file is a source too, and a CRM's opportunities become
accounts and weeks. `--columns FILE` names another mapping.

## Any past day

`data.at("2026-11-20")` is the source as it could be known at the end of that day, exactly as if it had
been loaded then: rows are cut by the date named under "seen from" below, single cells by the date they
come with, and then the gate runs. A row without a date of its own is unseen while a row that it refers
to is. Planned dates (`due_on`, `resume_on`, `expected_close_on`) cut nothing. What has no date of its
own cannot be cut: an account's `owner_id`, a campaign's `board_column`, `followed` of a directive are
as they are now.

An account that closes later is active before, with `closed_on` and `contract_amount` blank: the amount
is what was signed; what was expected stands in the weekly rows.
"""


def contract_page() -> str:
    """The page: how a source is read, what its faults do, and every table with its columns."""
    needed = " and ".join(f"`{name}`" for name in NEEDED)
    introduction = _INTRODUCTION.format(needed=needed, rules=_rules())
    return "\n".join([introduction, "## The tables\n", *(_table(table) for table in TABLES.values())])


def _rules() -> str:
    texts = catalogue("en")
    codes = [key.split(".")[1] for key in texts if key.startswith("fault.") and key.endswith(".what")]
    sentences = [[_plain(texts[f"fault.{code}.{part}"]) for part in ("what", "do")] for code in codes]
    rows = ((f"`{code}`", *both) for code, both in zip(codes, sentences, strict=True))
    return _grid(("rule", "the cell or row", "what to do"), rows)


def _plain(sentence: str) -> str:
    for name in ("detail", "value", "range", "choices"):
        sentence = sentence.replace("{" + name + "}", "…")
    return sentence


def _table(table: Table) -> str:
    lines = [f"### {table.name} · {table_label(table.name, 'zh')}\n", f"Key: {_names(table.key)}."]
    if table.seen_from:
        lines.append(f"Seen from: `{table.seen_from}`.")
    for later in table.later:
        reset = "".join(f", and `{column}` is {value} until then" for column, value in later.reset)
        cells = f" with {_names(later.cells)}" if later.cells else ""
        lines.append(f"`{later.date}`{cells} is seen from that day{reset}.")
    lines += [f"`{end}` is not before `{start}`." for start, end in table.ends]
    lines += [f"`{part}` is part of `{whole}`." for part, whole in table.parts]
    if table.after:
        lines.append(f"`{table.after.column}` is not before `{table.after.start}` of the account.")
    rows = (_row(table, column) for column in table.columns)
    return "\n".join([*lines, "", _grid(("column", "中文", "English", "holds"), rows), ""])


def _row(table: Table, column: Column) -> tuple[str, ...]:
    mark = "**!**" if column.required else ""
    labels = (column_label(table.name, column.name, language) for language in ("zh", "en"))
    return (f"`{column.name}`{mark}", *labels, _holds(column))


def _holds(column: Column) -> str:
    words = [_KINDS[column.kind]]
    if column.choices:
        words = [", ".join(column.choices)]
    if column.low is not None and (column.low, column.high, column.kind) != (0, 1, "fraction"):
        end = " or more" if column.high is None else f" to {column.high:g}"
        words.append(f"{column.low:g}{end}")
    if column.unit and column.unit != "0-100":
        words.append(column.unit)
    if column.refers_to:
        words.append(f"in {column.refers_to}")
    return ", ".join(words)


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _grid(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    print(contract_page(), end="")
