"""E1: the four kinds of playbook as documents, filled from the data for an industry or an account."""

from typing import Any, Final

import pandas as pd

from toolkit.language.forms import missing
from toolkit.method.daily_reports import DIMENSIONS
from toolkit.reports import request_words as said
from toolkit.reports.document import Block, Chapter, Document, blanks, bullets, chapter, grid, grid_or, note, text
from toolkit.reports.drill_case import account_facts, card_blocks, persona_chapter
from toolkit.reports.practice_evidence import move_told
from toolkit.reports.teller import Teller
from toolkit.state import drill_room

OF_INDUSTRY: Final = ("industry_handbook", "industry_sand_table")
_MOST: Final = 8
_VERSIONS: Final = 4
_TOLD: Final = 3  # versions of which it is told what fed them
_SESSIONS: Final = 6
_MINUTES: Final = (("open", "0–3"), ("ask", "3–12"), ("answer", "12–20"), ("prove", "20–26"), ("commit", "26–30"))


def playbook(t: Teller, kind: str, industry: str, account: str) -> Document:
    """A playbook of a kind, for an industry, an account (visit_sand_table), or all (request_guide)."""
    makers = {
        "industry_handbook": lambda: _handbook(t, industry),
        "visit_sand_table": lambda: _visit(t, account),
        "request_guide": lambda: _guide(t),
        "industry_sand_table": lambda: _sand_table(t, industry),
    }
    subject = t.industry(industry) if kind in OF_INDUSTRY else t.account(account) if kind == "visit_sand_table" else ""
    name = t.w.say(f"playbook.kind.{kind}")
    title = t.say("named", name=name, subject=subject) if subject else name
    standing, versions = _versions(t, kind, industry)
    return t.document(kind, title, standing, [*makers[kind](), versions], t.say(f"playbook.purpose.{kind}"))


def _versions(t: Teller, kind: str, industry: str) -> tuple[str, Chapter]:
    """How the newest version stands, and the last versions: what fed them, deals of their time."""
    books = t.team.playbooks
    mine = books[books["kind"] == kind]
    mine = mine[mine["industry_id"] == industry] if kind in OF_INDUSTRY else mine
    heading = t.say("playbook.versions")
    if not len(mine):
        return t.say("playbook.first"), chapter(heading, note(t.say("none.versions")))
    stands = [
        t.say(
            "playbook.standing",
            title=row.title,
            version=row.version,
            day=row.updated_on,
            owner=t.cell(t.team.week.rep(row.owner_id) if isinstance(row.owner_id, str) else ""),
            stand=t.w.say(f"playbook.stand.{row.code}", days=int(row.days_overdue)),
        )
        for row in mine.itertuples(index=False)
    ]
    titles = dict(zip(mine["playbook_id"], mine["title"], strict=True))
    rows = t.team.playbook_versions
    rows = rows[rows["playbook_id"].isin(titles)].sort_values("since").tail(_VERSIONS)
    names = [(titles[book],) if len(titles) > 1 else () for book in rows["playbook_id"]]
    cells = [(*name, *_version(t, row)) for name, row in zip(names, rows.itertuples(index=False), strict=True)]
    named = t.headers("title") if len(titles) > 1 else ()
    headers = (*named, *t.headers("version", "since", "drills", "loss_reviews", "wins", "interval"))
    fed = _fed(t, rows, mine)
    blocks = [grid(headers, cells), *([bullets(fed)] if fed else []), note(t.say("playbook.observed"))]
    return t.w.prose(stands), chapter(heading, *blocks)


def _fed(t: Teller, versions: pd.DataFrame, books: pd.DataFrame) -> list[str]:
    """Which drills and loss reviews fed these versions, and which wait for the next one of these playbooks."""
    held, titles = t.team.data.sessions, dict(zip(books["playbook_id"], books["title"], strict=True))
    lines = []
    for row in versions[versions["fed_by"] != ""].tail(_TOLD).itertuples(index=False):
        names = _sessions(t, held[held["session_id"].isin(row.fed_by.split(";"))])
        lines.append(t.say("playbook.fed", title=titles[row.playbook_id], version=row.version, names=names))
    feeds = held[held["kind"].isin(["drill", "loss_review"])]
    for book in books.itertuples(index=False):
        mine = feeds[(feeds["playbook_id"] == book.playbook_id) & (feeds["playbook_version"] == book.version)]
        lines += [t.say("playbook.waiting", title=book.title, names=_sessions(t, mine))] if len(mine) else []
    return lines


def _sessions(t: Teller, rows: pd.DataFrame) -> str:
    """Sessions by kind, day and account, the first held first."""
    told = [
        t.say(f"playbook.session.{row.kind}", day=row.held_at, account=t.account(row.account_id))
        for row in rows.sort_values(["held_at", "session_id"]).itertuples(index=False)
    ]
    return t.w.listing(told, _SESSIONS, "words.and_more_things")


def _version(t: Teller, row: Any) -> tuple[str, ...]:
    wins = t.w.say("playbook.wins", won=int(row.won), closed=int(row.closed)) if row.closed else "—"
    span = t.say("playbook.interval", low=row.low, high=row.high) if row.closed else "—"
    return row.version, t.cell(row.since, "date"), str(row.drills), str(row.loss_reviews), wins, span


# --- industry handbook ----------------------------------------------------------------------------------------------


def _handbook(t: Teller, industry: str) -> list[Chapter]:
    return [
        chapter(t.say("handbook.industry"), _industry(t, industry)),
        chapter(t.say("handbook.chain"), _role_map(t, industry), note(t.say("handbook.chain_note"))),
        chapter(t.say("handbook.traps"), *_traps(t, industry), blanks(2, t.say("handbook.traps_more"))),
        chapter(t.say("handbook.counter"), *_counter(t, industry), blanks(3, t.say("handbook.counter_more"))),
    ]


def _industry(t: Teller, industry: str) -> Block:
    known = t.team.week.industries
    row = known[known["industry_id"] == industry].iloc[0]
    accounts = t.team.data.accounts
    mine = accounts[accounts["industry_id"] == industry]
    status = mine["status"].value_counts()
    place = t.say("handbook.picked" if row["picked"] else "handbook.rank", rank=int(row["rank"]))
    return t.facts(
        capacity=t.cell(row["market_capacity"], "money"),
        whitespace=t.cell(row["competitive_whitespace"], "percent"),
        place=place,
        accounts=t.say("handbook.accounts", **{one: int(status.get(one, 0)) for one in ("active", "won", "lost")}),
    )


def _season(t: Teller) -> pd.Timestamp:
    """Since when a handbook looks at problems and at competitors' moves."""
    return t.day - pd.Timedelta(weeks=t.team.week.parameters.playbooks.look_back_weeks)


def _role_map(t: Teller, industry: str) -> Block:
    accounts = t.team.week.active
    mine = accounts.loc[accounts["industry_id"] == industry, "account_id"]
    parts = [drill_room.people_of(t.team, account) for account in mine]
    people = pd.concat(parts, ignore_index=True) if parts else t.team.data.decision_makers.iloc[:0].assign(reached=[])
    rows = []
    for role, group in people.groupby("chain_role", sort=True):
        met, stance = int(group["reached"].sum()), group["stance"]
        told = (int((stance > 0).sum()), int((stance < 0).sum()))
        influence, titles = t.cell(group["influence"].mean(), "number"), group["title"].dropna().value_counts()
        name = t.say(f"chain_role.{role}")
        usual = t.w.listing(titles.index[:2])
        reached = t.say("of", part=met, whole=len(group))
        rows.append((name, usual, reached, influence, str(told[0]), str(told[1])))
    headers = t.headers("chain_role", "usual", "met_of", "mean_influence", "for_us", "against_us")
    return grid_or(headers, rows, t.say("none.people"))


def _traps(t: Teller, industry: str) -> list[Block]:
    d = t.team.data
    mine = set(d.accounts.loc[d.accounts["industry_id"] == industry, "account_id"])
    reports = d.daily_reports[d.daily_reports["account_id"].isin(mine) & d.daily_reports["problem_tag"].notna()]
    recent = reports[reports["report_date"] > _season(t)]
    tags = recent.groupby("problem_tag")["account_id"].agg(["size", "nunique"]).sort_values("size", ascending=False)
    rows = [(str(tag), str(n), str(k)) for tag, n, k in tags.head(_MOST).itertuples()]
    drills = d.sessions.loc[(d.sessions["kind"] == "drill") & d.sessions["account_id"].isin(mine), "session_id"]
    obstacles = d.session_obstacles[
        d.session_obstacles["session_id"].isin(drills) & d.session_obstacles["handled"].notna()
    ]
    dealt = obstacles.assign(done=obstacles["handled"].astype(bool)).groupby("obstacle")["done"].agg(["sum", "size"])
    played = [(str(text_), t.say("of", part=int(k), whole=int(n))) for text_, k, n in dealt.itertuples()]
    return [
        grid_or(
            t.headers("trap", "times", "accounts"),
            rows,
            t.say("none.traps", weeks=t.team.week.parameters.playbooks.look_back_weeks),
        ),
        grid_or(t.headers("obstacle", "handled_of"), played, t.say("none.drills")),
    ]


def _counter(t: Teller, industry: str) -> list[Block]:
    moves = drill_room.rival_moves(t.team, _season(t), industry=industry).assign(what="")
    moves["what"] = [t.strategy(row) for row in moves.itertuples(index=False)]
    rows = []
    for (competitor, what), group in moves.groupby(["competitor", "what"], sort=True):
        rows.append((group["on"].max(), (competitor, what, str(len(group)), t.cell(group["on"].max(), "date"), "")))
    rows.sort(key=lambda row: row[0], reverse=True)
    headers = t.headers("competitor", "move", "times", "last", "counter")
    table = grid_or(headers, [row for _, row in rows[:_MOST]], t.say("none.moves"))
    return [table, *_learned(t, industry)]


def _learned(t: Teller, industry: str) -> list[Block]:
    """What the loss reviews of the industry concluded about tactics."""
    d = t.team.data
    mine = set(d.accounts.loc[d.accounts["industry_id"] == industry, "account_id"])
    rows = d.sessions[(d.sessions["kind"] == "loss_review") & d.sessions["account_id"].isin(mine)]
    last = rows.sort_values("held_at").tail(3)
    found = last[["conclusion_customer", "conclusion_competitor", "conclusion_ourselves"]].to_numpy().ravel()
    words = dict.fromkeys(str(one) for one in found if not missing(one))
    return [text(t.say("handbook.learned")), bullets(words)] if words else []


# --- visit sand table -----------------------------------------------------------------------------------------------


def _visit(t: Teller, account: str) -> list[Chapter]:
    people = drill_room.people_of(t.team, account)
    scores = t.team.spiced[t.team.spiced["account_id"] == account].set_index("dimension")["score"]
    known = {name: int(scores.get(name, 0) if not missing(scores.get(name, 0)) else 0) for name in DIMENSIONS}
    order = sorted(DIMENSIONS, key=lambda name: (known[name], DIMENSIONS.index(name)))
    weakest = t.w.listing((t.w.say(f"spiced.{name}.name") for name in order[:2]), 2)
    plan = [(m, t.say(f"visit.{c}.name"), t.say(f"visit.{c}.task", weakest=weakest)) for c, m in _MINUTES]
    talk = [
        (t.w.say(f"spiced.{name}.name"), t.w.say(f"spiced.{name}.{known[name]}"), t.say(f"visit.question.{name}"))
        for name in order
    ]
    stage = drill_room.stage_of(t.team, account)
    ask = "visit.stage.unknown" if missing(stage) else f"visit.stage.{int(stage)}"
    dealt = drill_room.deck(t.team, account).head(4)
    return [
        chapter(t.say("visit.account"), account_facts(t, account)),
        persona_chapter(t, people, t.say("visit.person")),
        chapter(t.say("visit.plan"), grid(t.headers("minutes", "phase", "task"), plan)),
        chapter(t.say("visit.talk"), grid(t.headers("dimension", "known", "question"), talk)),
        chapter(t.say("visit.objections"), *card_blocks(t, dealt), blanks(3, t.say("visit.replies"))),
        chapter(t.say("visit.commitment"), text(t.say(ask)), blanks(2, t.say("visit.agreed"))),
    ]


# --- request guide --------------------------------------------------------------------------------------------------


def _guide(t: Teller) -> list[Chapter]:
    p = t.team.week.parameters
    a, clock = p.authority, p.request_clock
    rows = []
    for letter in ("A", "B", "C"):
        m = getattr(a, letter.lower())
        forbidden = m.technical_unit == "forbidden"
        technical = t.say("guide.forbidden") if forbidden else said.within(m.technical_within, m.technical_unit, t.w)
        hours = said.within(m.contact_hours, "hours", t.w)
        none = m.executive_level == "none"
        executive = t.say("guide.forbidden") if none else t.say(
            "guide.executive", level=t.w.say(f"level.{m.executive_level}"), time=hours
        )  # fmt: skip
        share = said.exact_percent(m.price_float)
        rows.append((letter, t.say("guide.float", share=share) if m.price_float else share, technical, executive))
    flow = [
        (
            t.w.say("kind.technical"),
            said.within(clock.technical_accept_hours, "hours", t.w),
            t.say("guide.accepted.technical", share=clock.min_doubts_resolved),
        ),
        (
            t.w.say("kind.price"),
            said.within(clock.price_answer_hours, "hours", t.w),
            t.say("guide.accepted.price", days=clock.stage_within_days),
        ),
        (
            t.w.say("kind.executive"),
            said.within(clock.executive_visit_hours, "hours", t.w),
            t.say("guide.accepted.executive"),
        ),
    ]
    steps = [t.say(f"guide.step.{n}") for n in range(1, 6)]
    lift = [note(t.say("guide.lift"))] if a.lift else []
    return [
        chapter(t.say("guide.matrix"), grid(t.headers("tier", "price", "technical", "executive"), rows), *lift),
        chapter(
            t.say("guide.clock"), grid(t.headers("kind", "within", "accepted"), flow), note(t.say("guide.clock_note"))
        ),
        chapter(t.say("guide.flow"), bullets(steps)),
        chapter(t.say("guide.form"), blanks(6, t.say("guide.form_lines"))),
    ]


# --- industry sand table --------------------------------------------------------------------------------------------


def _sand_table(t: Teller, industry: str) -> list[Chapter]:
    week = t.team.week
    tiers = week.tiers.set_index("account_id")
    mine = week.active[week.active["industry_id"] == industry].sort_values(["tier", "account_id"])
    rows = [_position(t, row, tiers.loc[row.account_id]) for row in mine.itertuples(index=False)]
    headers = t.headers("account", "tier", "probability", "stage", "key_people", "still")
    known = t.team.executive_moves
    accounts = set(mine["account_id"])
    weeks = week.parameters.report.recent_weeks
    since = t.day - pd.Timedelta(weeks=weeks)
    recent = known[known["announced_on"] > since]
    recent = recent[recent["from_account"].isin(accounts) | recent["to_account"].isin(accounts)]
    rivals = drill_room.rival_moves(t.team, since, industry=industry).head(_MOST)
    moved = [move_told(t.team, row, t.w) for row in recent.itertuples(index=False)]
    return [
        chapter(t.say("sand.industry"), _industry(t, industry)),
        chapter(t.say("sand.positions"), grid_or(headers, rows, t.say("none.accounts"))),
        chapter(t.say("sand.rivals", weeks=weeks), t.moves(rivals)),
        chapter(t.say("sand.people"), bullets(moved) if moved else note(t.say("none.people_moves", weeks=weeks))),
        chapter(t.say("sand.orders"), *(blanks(2, t.say(f"sand.order.{one}")) for one in ("attack", "open", "stop"))),
    ]


def _position(t: Teller, row: Any, tier: Any) -> tuple[str, ...]:
    """One account of an industry: tier and where it came from, probability, stage, key people reached, days still."""
    before = tier["previous_tier"]
    letter = f"{before} → {row.tier}" if before and before != row.tier else row.tier
    chain = t.team.chains.set_index("account_id").loc[row.account_id]
    met = t.say("of", part=chain["reached_key"], whole=chain["key_people"]) if chain["key_people"] else "—"
    still = drill_room.days_still(t.team, row.account_id)
    return (
        t.account(row.account_id),
        letter,
        t.cell(row.win_probability, "percent"),
        t.stage(drill_room.stage_of(t.team, row.account_id)),
        met,
        "—" if missing(still) else t.say("case.still", n=int(still)),
    )
