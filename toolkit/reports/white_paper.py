"""F3: the technical risk prevention white paper for a chief engineer, from the account's data.

It is given to the customer: no tier, no probability, no stance, nobody of another account and no account's name in it.
"""

from typing import Any, Final

import pandas as pd

from toolkit.language.forms import missing
from toolkit.method.drill_cards import persona
from toolkit.reports.document import Chapter, Document, blanks, bullets, chapter, grid, grid_or, note, text
from toolkit.reports.teller import Teller
from toolkit.state import ammunition, drill_room

_STEPS: Final = ("survey", "parallel", "trial", "cutover", "watch")
_MASKS: Final = {"zh": "甲乙丙丁戊己庚辛壬癸", "en": "ABCDEFGHIJ"}


def white_paper(t: Teller, account: str) -> Document:
    """The white paper of an account."""
    people = drill_room.people_of(t.team, account)
    risks = ammunition.risks(t.team, account)
    chapters = [
        _situation(t, account, people),
        chapter(t.say("paper.register"), _register(t, risks), note(t.say("paper.register_note"))),
        chapter(t.say("paper.prevention"), _prevention(t, risks)),
        _evidence(t, account),
        chapter(t.say("paper.migration"), text(t.say("paper.migration_rule")), _migration(t)),
        _acceptance(t, risks),
        _contacts(t, account, people),
    ]
    title = t.say("paper.title", account=t.account(account))
    reader = _chief_engineer(t, people)
    subtitle = t.say("paper.subtitle", reader=reader, day=t.day) if reader else t.cell(t.day, "day_of_year")
    return t.document("white_paper", title, subtitle, chapters, t.say("paper.note"))


def _chief_engineer(t: Teller, people: pd.DataFrame) -> str:
    """The person with the technical role, the most influential of several; "" without one."""
    rows = people[people["chain_role"] == "technical"]
    who = rows[rows["person_id"] == persona(rows)]
    return t.person(next(who.itertuples(index=False))) if len(who) else ""


def _situation(t: Teller, account: str, people: pd.DataFrame) -> Chapter:
    cares = people["interests"].dropna().drop_duplicates().tolist()
    rows = t.team.data.resource_requests
    mine = rows[(rows["kind"] == "technical") & (rows["account_id"] == account) & rows["doubts_raised"].notna()]
    raised, resolved = int(mine["doubts_raised"].sum()), int(mine["doubts_resolved"].fillna(0).sum())
    facts = t.facts(
        industry=t.cell(t.industry(drill_room.industry_of(t.team, account))),
        cares=t.cell(t.w.together(cares) if cares else ""),
        questions=t.say("paper.questions", raised=raised, resolved=resolved) if raised else t.say("paper.no_questions"),
    )
    return chapter(
        t.say("paper.situation"),
        facts,
        blanks(2, t.say("paper.site")),
        blanks(2, t.say("paper.interfaces")),
    )


def _register(t: Teller, risks: pd.DataFrame) -> Any:
    rows = [
        (
            str(number),
            t.say(f"paper.risk.{row.risk}.name"),
            t.say(f"paper.level.{row.likelihood}") if row.known else t.say("paper.level.unknown"),
            t.say(f"paper.level.{row.effect}"),
            _basis(t, row),
        )
        for number, row in enumerate(risks.itertuples(index=False), start=1)
    ]
    return grid(t.headers("number_of", "risk", "likelihood", "effect", "basis"), rows)


def _basis(t: Teller, row: Any) -> str:
    """What likelihood and effect rest on."""
    key = "paper.raised" if row.raised else "paper.not_raised"
    told = t.say(key, n=int(row.raised), of=int(row.accounts)) if row.known else t.say("paper.too_few")
    return t.w.sentence([told, t.say("paper.named_here")]) if row.named_here else told


def _prevention(t: Teller, risks: pd.DataFrame) -> Any:
    names = ("name", "prevention", "sign")
    rows = [[t.say(f"paper.risk.{risk}.{name}") for name in names] for risk in risks["risk"]]
    return grid(t.headers("risk", "prevention", "sign"), rows)


def _evidence(t: Teller, account: str) -> Chapter:
    found = ammunition.evidence(t.team, account)
    masks = _MASKS[t.w.language]
    rows = []
    for number, row in enumerate(found.itertuples(index=False)):
        name = t.say("paper.customer", letter=masks[number % len(masks)])
        stand = t.say("paper.adopted" if row.adopted else "paper.in_talks")
        answered = t.say("of", part=int(row.resolved), whole=int(row.raised))
        hours = "—" if missing(row.hours) else t.cell(row.hours, "number")
        rows.append((name, stand, answered, hours))
    headers = t.headers("customer", "stand", "answered", "answer_hours")
    words = note(t.say("paper.masked"))
    return chapter(t.say("paper.evidence"), grid_or(headers, rows, t.say("none.evidence")), *([words] if rows else []))


def _migration(t: Teller) -> Any:
    rows = [[t.say(f"paper.step.{step}.{part}") for part in ("name", "task", "rollback")] for step in _STEPS]
    return grid(t.headers("step", "task", "rollback"), rows)


def _acceptance(t: Teller, risks: pd.DataFrame) -> Chapter:
    share = t.team.week.parameters.request_clock.min_doubts_resolved
    points = [t.say("paper.doubts_resolved", share=share)]
    points += [t.say(f"paper.risk.{risk}.accepted") for risk in risks["risk"]]
    return chapter(t.say("paper.acceptance"), bullets(points), blanks(1, t.say("paper.agreed")))


def _contacts(t: Teller, account: str, people: pd.DataFrame) -> Chapter:
    facts = t.facts(
        ours=t.cell(t.team.week.rep(t.team.week.owner(account))),
        yours=t.cell(_chief_engineer(t, people)),
    )
    return chapter(t.say("paper.contacts"), facts, blanks(2, t.say("paper.engineers")))
