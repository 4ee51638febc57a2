"""E2: Monday's case as a document: the account, its whole chain, the person the director plays, cards, time, record."""

import numpy as np
import pandas as pd

from toolkit.language.forms import missing
from toolkit.method.chain_graph import chain, introduction, reached_by
from toolkit.method.drill_cards import persona
from toolkit.reports.chain_story import chain_picture
from toolkit.reports.document import Block, Chapter, Document, blanks, bullets, cards, chapter, figure, grid, note, text
from toolkit.reports.teller import Teller
from toolkit.state import drill_room

_BOX = "☐"


def drill_case(teller: Teller, account: str) -> Document:
    """The case of the Monday after the day; "" where nobody could be drawn."""
    team, t = teller.team, teller
    monday = pd.Timestamp(team.week.week_ending + np.timedelta64(3, "D"))
    drawn = team.drill_draw
    free, p = int((~drawn["excluded"]).sum()), team.week.parameters.drill
    if not account:
        why = t.say("case.nobody", weeks=p.exclusion_weeks)
        return t.document("drill_case", t.say("case.title_none"), t.cell(monday, "day_of_year"), [chapter(why)])
    mine = account in set(drawn.loc[drawn["drawn"], "account_id"])
    facts = {"n": free, "weight": p.stalled_weight, "weeks": p.exclusion_weeks}
    how = t.say("case.drawn", **facts) if mine else t.say("case.chosen")
    people = drill_room.people_of(team, account)
    dealt = drill_room.deck(team, account)
    chapters = [
        chapter(t.say("case.account"), account_facts(t, account)),
        chapter(t.say("case.chain"), *chain_blocks(t, people)),
        persona_chapter(t, people, t.say("case.persona")),
        chapter(t.say("case.cards"), *card_blocks(t, dealt)),
        chapter(t.say("case.time"), timetable(t)),
        record_chapter(t, dealt),
    ]
    title = t.say("case.title", account=t.account(account))
    return t.document("drill_case", title, t.say("case.subtitle", day=monday), chapters, how)


def account_facts(t: Teller, account: str) -> Block:
    """What the team should have at hand about an account."""
    team = t.team
    rows = team.week.active[team.week.active["account_id"] == account]
    accounts = team.data.accounts.set_index("account_id").loc[account]
    tier = rows["tier"].item() if len(rows) else ""
    still = drill_room.days_still(team, account)
    return t.facts(
        tier=f"{tier} {t.w.say(f'tier.{tier.lower()}')}" if tier else "—",
        role=t.w.role(account),
        industry=t.cell(t.industry(drill_room.industry_of(team, account))),
        stage=t.stage(drill_room.stage_of(team, account)),
        probability=t.cell(rows["win_probability"].item() if len(rows) else None, "percent"),
        contract=t.cell(team.week.contract(account), "money"),
        expected=t.cell(accounts["expected_close_on"], "date"),
        still=t.say("case.still", n=int(still)) if not missing(still) else t.say("case.moving"),
    )


def chain_blocks(t: Teller, people: pd.DataFrame) -> list[Block]:
    """The whole decision chain as a table, and the shortest introductions to key people who are not reached."""
    if not len(people):
        return [note(t.say("none.people"))]
    points = t.team.breakpoints
    links = set(points.loc[points["kind"] == "sole_link", "person_id"])
    titles = {row.person_id: t.person(row) for row in people.itertuples(index=False)}
    rows = []
    for row in people.itertuples(index=False):
        marks = [t.say("case.key")] if row.is_key else []
        marks += [t.say("case.sole_link")] if row.person_id in links else []
        reached = t.cell(row.last_contacted_on, "date") if row.reached else t.say("case.not_reached")
        stance = "—" if missing(row.stance) else t.say(f"stance.{int(row.stance)}")
        role = "—" if missing(row.chain_role) else t.say(f"chain_role.{row.chain_role}")
        name = "　" * int(row.depth) + titles[row.person_id]
        boss = titles.get(row.reports_to, "—")
        rows.append((name, role, t.cell(row.influence, "number"), stance, reached, boss, t.w.listing(marks)))
    headers = t.headers("person", "chain_role", "influence", "stance", "met", "boss", "mark")
    picture = chain_picture(t, str(people["account_id"].iloc[0]))
    return [figure(picture), grid(headers, rows), *_introductions(t, people, titles)]


def _introductions(t: Teller, people: pd.DataFrame, titles: dict[str, str]) -> list[Block]:
    d = t.team.data
    graph = chain(people, d.relationships, reached_by(people, d.contacts, t.team.day))
    ways = []
    for person in people.loc[people["is_key"] & ~people["reached"], "person_id"]:
        path = introduction(graph, person)
        way = " → ".join(titles[one] for one in path) if path else t.w.say("chain.no_way")
        ways.append(t.say("case.way", person=titles[person], way=way))
    return [text(t.say("case.ways")), bullets(ways)] if ways else []


def persona_chapter(t: Teller, people: pd.DataFrame, heading: str) -> Chapter:
    """The decision maker whom the director plays, or whom a visit is for."""
    who = people[people["person_id"] == persona(people)]
    if not len(who):
        return chapter(heading, note(t.say("none.people")))
    row = next(who.itertuples(index=False))
    told = t.facts(
        person=t.person(row),
        chain_role="—" if missing(row.chain_role) else t.say(f"chain_role.{row.chain_role}"),
        influence=t.cell(row.influence, "number"),
        stance="—" if missing(row.stance) else t.say(f"stance.{int(row.stance)}"),
        style=t.cell(row.decision_style),
        interests=t.cell(row.interests),
        career=t.cell(row.career),
        source=t.cell(row.source),
    )
    return chapter(heading, told)


def card_blocks(t: Teller, dealt: pd.DataFrame) -> list[Block]:
    """The obstacle cards: what the customer says, and the fact behind it."""
    if not len(dealt):
        return [note(t.say("none.cards"))]
    items = []
    for row in dealt.itertuples(index=False):
        name = card_name(t, row.kind, row.subject_id)
        facts = {"subject": _subject(t, row.kind, row.subject_id), "value": row.value}
        head = t.say("case.card_head", n=row.number, name=name)
        items.append((head, t.say(f"card.{row.kind}.said", **facts), t.say(f"card.{row.kind}.fact", **facts)))
    return [cards(items)]


def card_name(t: Teller, kind: str, subject: str) -> str:
    """What a card is called, and recorded as: its kind; an old obstacle by its own words."""
    return subject if kind == "unhandled" else t.say(f"card.{kind}.name")


def whole_name(t: Teller, kind: str, subject: str) -> str:
    """A card's name with what it is about, to tell two of a kind apart."""
    name = card_name(t, kind, subject)
    about = _subject(t, kind, subject) if subject and kind != "unhandled" else ""
    return t.say("named", name=name, subject=about) if about else name


def _subject(t: Teller, kind: str, subject: str) -> str:
    """What a card is about, in words."""
    if kind in ("unreached_key", "opposed", "sole_link"):
        return t.team.title(subject)
    if kind == "low_score":
        return t.w.say(f"spiced.{subject}.name")
    if kind == "unanswered":
        rows = t.team.data.resource_requests
        return t.w.say(f"kind.{rows.loc[rows['request_id'] == subject, 'kind'].iloc[0]}")
    return subject


def phases(t: Teller) -> list[tuple[str, int]]:
    """The drill's phases and their minutes: what the timetable prints and the timer counts."""
    p = t.team.week.parameters.drill
    minutes = {"brief": p.brief_minutes, "play": p.play_minutes, "debrief": p.debrief_minutes}
    return [(t.say(f"phase.{code}.name"), n) for code, n in minutes.items()]


def timetable(t: Teller) -> Block:
    """The phases, their minutes, and what is done in each."""
    tasks = [t.say(f"phase.{code}.task") for code in ("brief", "play", "debrief")]
    rows = [(name, str(n), task) for (name, n), task in zip(phases(t), tasks, strict=True)]
    return grid(t.headers("phase", "minutes", "task"), rows)


def record_chapter(t: Teller, dealt: pd.DataFrame) -> Chapter:
    """What is written down while the drill runs: the columns of session_obstacles, the outcome, the next step."""
    yes_no = t.say("case.yes_no", box=_BOX)
    named = [(str(r.number), whole_name(t, r.kind, r.subject_id), "", yes_no) for r in dealt.itertuples(index=False)]
    rows = [*named, (str(len(named) + 1), "", "", yes_no)]
    return chapter(
        t.say("case.record"),
        grid(t.headers("number", "obstacle", "handled_by", "handled"), rows),
        blanks(2, t.say("case.outcome")),
        blanks(2, t.say("case.next")),
    )
