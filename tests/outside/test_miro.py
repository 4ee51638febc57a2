"""The board on Miro: pure steps, and `kat board push` as a process against a server that uses Miro's own models."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from toolkit.outside.miro import Item, Step, There, heading, steps, text_of
from toolkit.outside.mirror import Card, Frame, Mirror

ROOT = Path(__file__).parents[2]
CLIENT = Path(sys.prefix) / "miro"  # where `make test` puts Miro's client
BOARD, TOKEN = "uXjVTest=", "secret-token"
FRAMES = (Frame("engaged", "Engaged · 1"), Frame("won", "Won · 1"))
CARDS = (
    Card("C1", "engaged", "One", ("Steel", "Owner R1"), date(2026, 12, 1), "good"),
    Card("C2", "won", "Two", (), None, "breach"),
)


def as_pushed() -> There:
    """What stands on Miro after CARDS were pushed."""
    frames = {frame.column: Item(f"f{n}", frame.column, heading(frame)) for n, frame in enumerate(FRAMES)}
    places = {"engaged": "f0", "won": "f1"}
    cards = {
        card.id: Item(
            f"c{n}", card.id, card.title, text_of(card), str(card.due_on or ""), places[card.column], y=110
        )
        for n, card in enumerate(CARDS)
    }  # fmt: skip
    return There(frames, cards)


def changed(**how) -> There:
    """The same with the first card otherwise."""
    there = as_pushed()
    there.cards["C1"] = Item(**{**vars(there.cards["C1"]), **how})
    return there


def said(todo: list[Step]) -> list[tuple[str, str]]:
    return [(step.what, getattr(step.thing, "id", getattr(step.thing, "column", ""))) for step in todo]


def test_an_empty_board_gets_its_frames_first_and_then_its_cards():
    assert said(steps(Mirror(FRAMES, CARDS), There({}, {}))) == [
        ("create", "engaged"), ("create", "won"), ("create", "C1"), ("create", "C2"),
    ]  # fmt: skip


def test_a_board_that_is_as_it_should_be_is_left_alone():
    assert steps(Mirror(FRAMES, CARDS), as_pushed()) == []


@pytest.mark.parametrize(
    "how", [{"title": "x"}, {"text": "kat·C1"}, {"due": "2026-12-02"}, {"parent": "f1"}, {"y": 300.0}]
)
def test_a_card_that_differs_in_anything_is_updated_alone(how):
    assert said(steps(Mirror(FRAMES, CARDS), changed(**how))) == [("update", "C1")]


def test_a_campaign_that_is_gone_loses_its_card_and_a_card_that_stands_twice_its_double():
    there = as_pushed()
    double = Item("c9", "C1", "One")
    todo = steps(Mirror(FRAMES, CARDS[:1]), There(there.frames, there.cards, (double,)))
    assert [(step.what, step.id) for step in todo] == [("delete", "c1"), ("delete", "c9")]


def test_a_card_whose_due_date_was_taken_away_is_made_anew():
    there = as_pushed()
    there.cards["C2"] = Item(**{**vars(there.cards["C2"]), "due": "2026-12-02"})
    assert said(steps(Mirror(FRAMES, CARDS), there)) == [("create", "C2"), ("delete", "c1")]


# --- against the server ---------------------------------------------------------------------------------------------


class Miro:
    """The server, and what a test asks of it."""

    def __init__(self) -> None:
        assert (CLIENT / "miro_api").is_dir(), "Miro's client is not installed: make test does it"
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(CLIENT), str(ROOT)])}
        command = [sys.executable, str(Path(__file__).with_name("miro_server.py"))]
        self._process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    def ask(self, path: str, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.url + path, data, timeout=30) as answer:
            return json.loads(answer.read())

    def push(self, data: Path, *words: str, token: str = TOKEN, board: str = BOARD):
        known = self.environment | {"MIRO_ACCESS_TOKEN": token, "KAT_MIRO_URL": self.url}
        command = [sys.executable, "-m", "toolkit.cli", "board", "push", "--board", board, "--data", str(data), *words]
        return subprocess.run([*command, "--language", "en"], env=known, cwd=ROOT, capture_output=True, text=True)

    def cards(self) -> dict[str, dict]:
        found = [one for one in self.ask("/state")["items"].values() if one["type"] == "card"]
        return {one["data"]["description"].rpartition("kat·")[2]: one for one in found}

    def column(self, card: dict) -> str:
        return self.ask("/state")["items"][card["parent"]["id"]]["data"]["title"].rpartition("[")[2].rstrip("]")

    def writes(self) -> list[str]:
        return [line for line in self.ask("/state")["log"] if not line.startswith("GET")]

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def miro():
    running = Miro()
    yield running
    running.end()


@pytest.fixture
def team(tmp_path):
    """Three campaigns of the sample and their accounts, one with a name that is markup."""
    tables = {
        name: pd.read_csv(ROOT / "sample_data" / f"{name}.csv", dtype="str", keep_default_na=False)
        for name in ("campaigns", "campaign_moves", "accounts", "account_weeks", "reps", "industries")
    }
    campaigns = tables["campaigns"] = tables["campaigns"].head(3)
    campaigns.loc[1, "campaign_name"] = "<b>A & B</b>"
    for name, key in (("campaign_moves", "campaign_id"), ("accounts", "account_id"), ("account_weeks", "account_id")):
        tables[name] = tables[name][tables[name][key].isin(campaigns[key])]
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def test_a_dry_run_writes_nothing_a_push_makes_masked_cards_once_and_a_second_one_changes_nothing(miro, team):
    assert "would create 9" in miro.push(team, "--dry-run").stdout and miro.writes() == []
    first = miro.push(team)
    assert first.returncode == 0, first.stderr
    assert "9 created" in first.stdout
    cards = miro.cards()
    assert sorted(cards) == ["C01", "C02", "C03"]
    assert {miro.column(card) for card in cards.values()} == {"negotiating"}
    told = json.dumps(list(cards.values()), ensure_ascii=False)
    assert "Campaign C01" in told and "天枢" not in told and "R01" in told and "2026-12-18T12:00:00" in told
    miro.ask("/plan", [])
    assert "nothing to change" in miro.push(team).stdout
    assert miro.writes() == []


def test_a_move_an_update_and_a_campaign_that_is_gone_are_mirrored_and_foreign_items_stay(miro, team):
    miro.push(team, "--names")
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in json.dumps(miro.cards()["C02"])
    miro.ask("/put", {"id": "900", "type": "card", "data": {"title": "by hand", "description": "ours"}})
    moves = pd.read_csv(team / "campaign_moves.csv", dtype="str", keep_default_na=False)
    new = {"move_id": "M99", "campaign_id": "C01", "moved_at": "2026-11-20T10:00:00+08:00",
           "from_column": "negotiating", "to_column": "won", "moved_by": "D01"}  # fmt: skip
    pd.concat([moves, pd.DataFrame([new])]).to_csv(team / "campaign_moves.csv", index=False)
    campaigns = pd.read_csv(team / "campaigns.csv", dtype="str", keep_default_na=False)
    campaigns[campaigns["campaign_id"] != "C03"].to_csv(team / "campaigns.csv", index=False)
    done = miro.push(team, "--names", "--as-of", "2026-11-20")
    assert done.returncode == 0, done.stderr
    assert "1 card removed" in done.stdout
    cards = miro.cards()
    assert miro.column(cards["C01"]) == "won"
    assert sorted(cards) == ["C01", "C02", "ours"]


def test_a_limit_is_waited_for_as_miro_says_and_the_push_goes_on(miro, team):
    soon = {"X-RateLimit-Reset": int(time.time()) + 1}
    miro.ask("/plan", [[429, "before", soon], [429, "before", {"Retry-After": "1"}]])
    assert miro.push(team).returncode == 0
    assert len(miro.cards()) == 3


@pytest.mark.parametrize("before", [2, 8], ids=["a frame", "a card"])  # requests that go well: reads, then frames
def test_what_was_made_while_the_answer_was_lost_is_not_made_twice(miro, team, before):
    miro.ask("/plan", [None] * before + [[503, "after", {}]])
    done = miro.push(team)
    assert done.returncode == 0, done.stderr
    assert "9 created" in done.stdout
    kinds = [one["type"] for one in miro.ask("/state")["items"].values()]
    assert (kinds.count("frame"), kinds.count("card")) == (6, 3)


def test_a_push_that_broke_off_is_finished_by_the_next(miro, team):
    miro.ask("/plan", [None] * 7 + [[400, "before", {}]])
    broken = miro.push(team)
    assert broken.returncode == 2 and "refused the request" in broken.stderr
    assert miro.push(team).returncode == 0
    kinds = [one["type"] for one in miro.ask("/state")["items"].values()]
    assert (kinds.count("frame"), kinds.count("card")) == (6, 3)


@pytest.mark.parametrize(
    ("how", "words"),
    [({"token": "wrong"}, "does not accept the token"), ({"board": "other="}, "no board other=")],
)
def test_a_refusal_is_told_in_words_and_never_with_the_token(miro, team, how, words):
    done = miro.push(team, **how)
    assert done.returncode == 2
    assert words in done.stderr and "wrong" not in done.stderr


def test_without_a_token_nothing_is_asked(miro, team):
    done = miro.push(team, token="")
    assert done.returncode == 2 and "MIRO_ACCESS_TOKEN" in done.stderr
    assert miro.ask("/state")["log"] == []


def test_another_address_than_this_machine_must_be_https(miro, team):
    miro.url, url = "http://miro.example", miro.url
    done = miro.push(team)
    miro.url = url
    assert done.returncode == 2 and "https" in done.stderr
