"""The war room's pieces as HTML: the week on one screen, decisions, accounts, one account. Text is escaped.

What can be pressed is a button with `data-press` and `data-value` (widgets/pressed.py).
"""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from toolkit.language import say
from toolkit.language.forms import form, missing
from toolkit.publish.assembly import templates
from toolkit.publish.charts.documents import chart
from toolkit.publish.weekly_view import View
from toolkit.reports.account_page import AccountPage
from toolkit.reports.report import Report

_ALERTS: Final = 5
_MOVES: Final = 7
COLUMNS: Final = ("name", "owner", "industry", "stage", "chance", "change", "contract", "signal")
NUMBERS: Final = ("chance", "change", "contract")


def week(report: Report, lines: pd.DataFrame) -> Markup:
    """The week on one screen: verdict, four figures, decisions due, alerts, moves, where the resources went.

    lines: the decisions of the first screen, each with its `answer` and what is said of it (`answered`)
    """
    view = View(report)
    alerts = view.rows("alert_cards")
    moves = view.rows("moves")
    more = {
        "lines": _rows(lines),
        "alerts": alerts[:_ALERTS],
        "more_alerts": max(len(alerts) - _ALERTS, 0),
        "moves": moves[:_MOVES],
        "more_moves": max(len(moves) - _MOVES, 0),
        "plan": view.rows("plan_actual"),
    }
    return _made("week", report.language, **(view.words_of_templates() | more))


def decisions(lines: pd.DataFrame, language: str) -> Markup:
    """Lines of decisions, each with a button that opens its form, or with what was answered."""
    return _made("decisions", language, lines=_rows(lines))


def accounts(rows: pd.DataFrame, language: str, by: str, turned: bool, more: int, narrowed: bool) -> Markup:
    """The list: `rows` of it, in the order of `by`; `more` rows are not shown; whether anything is left out."""
    sortable = [name for name in COLUMNS if name != "signal"]
    return _made(
        "accounts", language, rows=_rows(rows), by=by, turned=turned, more=more, narrowed=narrowed, columns=COLUMNS,
        numbers=NUMBERS, sortable=sortable,
    )  # fmt: skip


def account(page: AccountPage, language: str, back: str) -> Markup:
    """One account's page; back: where its button leads, in words."""
    drawn = chart(page.chain, language) if page.chain else None
    return _made(
        "account", language, page=page, back=back, drawn=drawn, history=_rows(page.history), spiced=_rows(page.spiced),
        requests=_rows(page.requests), alerts=_rows(page.alerts), campaigns=_rows(page.campaigns),
        actions=_rows(page.actions), doubts=None if page.doubts is None else _rows(page.doubts),
    )  # fmt: skip


def _rows(frame: pd.DataFrame) -> Sequence[Any]:
    return list(frame.itertuples(index=False))


def _made(name: str, language: str, **words: Any) -> Markup:
    known = {
        "r": lambda key, **more: say(f"war_room.{key}", language, **more),
        "say": lambda key, **more: say(key, language, **more),
        "written": lambda value, spec: "—" if missing(value) else form(value, spec, language),
        "missing": missing,
        "language": language,
    }
    return Markup(templates().get_template(f"room/{name}.html.j2").render(known | words))
