"""The board without a browser: cards moved, changed and added, what others did, who may; found by the next review."""

import shutil
from datetime import date, datetime

import pandas as pd
import pytest

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.data.entry import Refusal
from toolkit.data.store import Changed, Store
from toolkit.parameters import Parameters
from toolkit.widgets.board import Board, campaign_board
from toolkit.widgets.board_model import BoardModel, Overtaken
from toolkit.widgets.board_words import told

TUESDAY = datetime(2026, 11, 17, 9, 30)
MINE, THEIRS, INDUSTRY = "C06", "C02", "C23"  # of R01's account, of R12's, of a whole industry


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store of the sample team, to be copied."""
    file = tmp_path_factory.mktemp("store") / "team.db"
    store = Store(f"sqlite:///{file}", "import", make=True)
    store.take_in(kat.load("sample_data"))
    store.close()
    return file


@pytest.fixture
def url(tmp_path, made):
    shutil.copy(made, tmp_path / "team.db")
    return f"sqlite:///{tmp_path}/team.db"


@pytest.fixture
def board(url):
    return opened(url)


def opened(url, at=TUESDAY, **more):
    return BoardModel(url, language="en", clock=lambda: at, **more)


def column_of(model, card):
    return model.board.cards.set_index("campaign_id").loc[card, "board_column"]


def lanes(model, language="en"):
    return {lane["code"]: lane for lane in told(model, language)["lanes"]}


def test_a_card_is_moved_with_its_move_on_record_and_both_have_an_author(board, url):
    board.move(MINE, board.version(MINE), "won")
    store = Store(url, "look")
    row = store.row("campaigns", MINE)
    moves = [found.values for found in store.rows("campaign_moves", campaign_id=MINE)]
    last = max(moves, key=lambda move: move["moved_at"])
    assert row.values["board_column"] == "won" and row.version == 2
    assert (last["from_column"], last["to_column"]) == ("negotiating", "won")
    assert (last["moved_at"], last["moved_by"]) == (TUESDAY, "D01")
    assert store.history("campaigns", MINE)[-1]["who"] == "D01"
    assert column_of(board, MINE) == "won"


def test_the_next_review_finds_the_move(board, url):
    board.move(MINE, board.version(MINE), "won")
    week = kat.review(kat.load(url), "2026-11-20", language="en")
    cards = week.tables["campaigns"].set_index("campaign_id")
    assert cards.loc[MINE, "board_column"] == "won"
    moved = week.tables["campaign_moves"].set_index("campaign_id")
    assert moved.loc[MINE, ["from_column", "to_column", "direction"]].tolist() == ["negotiating", "won", "won"]


def test_an_earlier_friday_is_reviewed_as_it_was(board, url):
    before = kat.review(kat.load(url), "2026-11-13", language="en").tables["campaigns"]
    board.move(MINE, board.version(MINE), "won")
    after = kat.review(kat.load(url), "2026-11-13", language="en").tables["campaigns"]
    pd.testing.assert_frame_equal(before, after)


def test_progress_owner_and_day_are_changed_and_the_progress_bears_its_date(board, url):
    board.change(MINE, 1, "negotiating", {"progress": 0.85, "owner_id": "R03", "due_on": "2026-12-31"})
    store = Store(url, "look")
    row = store.row("campaigns", MINE).values
    assert (row["progress"], row["owner_id"], row["due_on"]) == (0.85, "R03", date(2026, 12, 31))
    assert row["updated_at"] == TUESDAY
    assert not [move for move in store.rows("campaign_moves") if move.values["moved_at"] == TUESDAY]


def test_a_card_can_lose_owner_day_and_progress_and_is_then_not_judged(board):
    board.change(MINE, 1, "negotiating", {"progress": None, "owner_id": None, "due_on": None})
    card = next(card for card in lanes(board)["negotiating"]["cards"] if card["id"] == MINE)
    assert (card["progress"], card["owner"], card["stand"], card["state"]) == (
        None, "no owner", "no due date", "cannot_judge",
    )  # fmt: skip
    assert card["sign"] == "○"


def test_a_value_that_breaks_a_rule_is_refused_and_nothing_moves(board, url):
    with pytest.raises(Refusal, match="progress"):
        board.change(MINE, 1, "won", {"progress": 1.2})
    with pytest.raises(InputError, match="no such column"):
        board.move(MINE, 1, "done")
    with pytest.raises(InputError, match="no longer"):
        board.move("C99", 1, "won")
    store = Store(url, "look")
    assert store.row("campaigns", MINE).version == 1
    assert not [move for move in store.rows("campaign_moves") if move.values["moved_at"] == TUESDAY]


def test_who_moves_a_card_that_somebody_moved_first_is_told_who_when_and_what(url):
    first, second = opened(url, who="M01"), opened(url, who="M02")
    first.move(MINE, 1, "won")
    with pytest.raises(Overtaken) as said:
        second.move(MINE, 1, "lost")
    assert "高远山 changed “东港重机攻坚” first" in str(said.value) and "Negotiating → Won" in str(said.value)
    assert column_of(second, MINE) == "won" and second.version(MINE) == 2
    moves = [row.values for row in Store(url, "look").rows("campaign_moves", campaign_id=MINE)]
    assert [move["to_column"] for move in moves if move["moved_at"] == TUESDAY] == ["won"]
    second.move(MINE, 2, "lost")
    assert column_of(second, MINE) == "lost"


def test_what_others_did_is_told_once_and_stands_on_the_board(url):
    mine, theirs = opened(url, who="M01"), opened(url, who="M02")
    assert mine.look() == []
    theirs.change(MINE, 1, "won", {"progress": 1.0, "owner_id": "R02"})
    (said,) = mine.look()
    assert said.startswith("林岚 changed “东港重机攻坚”")
    assert "Negotiating → Won; progress 100%; owner 李娜" in said
    assert column_of(mine, MINE) == "won" and mine.look() == []


def test_many_changes_are_told_in_a_few_lines(url):
    mine, theirs = opened(url, who="M01"), opened(url, who="M02")
    for card in ("C01", "C02", "C03", "C04", "C05"):
        theirs.move(card, 1, "assault")
    assert len(mine.look()) == 4


def test_a_campaign_is_added_with_its_first_move_and_its_industry(board, url):
    card = board.add("<script>alert(1)</script>", "planned", {"account_id": "A001", "owner_id": "R01", "due_on": None})
    assert card == "C26"
    store = Store(url, "look")
    row = store.row("campaigns", card).values
    assert (row["industry_id"], row["progress"], row["board_column"]) == ("I01", 0.0, "planned")
    moves = store.rows("campaign_moves", campaign_id=card)
    assert [(move.values["from_column"], move.values["to_column"]) for move in moves] == [(None, "planned")]
    assert lanes(board)["planned"]["cards"][0]["name"] == "<script>alert(1)</script>"


def test_two_who_add_at_once_both_stand_on_the_board(url):
    first, second = opened(url, who="M01"), opened(url, who="M02")
    cards = [model.add(name, "planned", {"industry_id": "I01"}) for model, name in ((first, "one"), (second, "two"))]
    assert cards == ["C26", "C27"]
    names = {row.values["campaign_name"] for row in Store(url, "look").rows("campaigns", campaign_id=cards)}
    assert names == {"one", "two"}


@pytest.mark.parametrize(
    ("name", "given", "said"), [(" ", {"industry_id": "I01"}, "a name"), ("x", {}, "an account or an industry")]
)
def test_a_campaign_without_a_name_or_an_aim_is_refused(board, name, given, said):
    with pytest.raises(InputError, match=said):
        board.add(name, "planned", given)


def test_a_full_column_is_said_before_and_after_and_takes_the_card(url):
    board = opened(url)
    board.parameters = Parameters.read({"campaigns.limits": {"assault": 2}})
    assert lanes(board)["assault"]["full"] and not lanes(board)["assault"]["over"]
    board.move(MINE, 1, "assault")
    lane = lanes(board)["assault"]
    assert lane["count"] == "3/2 cards" and lane["over"] == "1 over the limit"


def test_an_overdue_card_has_a_sign_and_a_word(url):
    card = next(one for one in lanes(opened(url, datetime(2026, 12, 13)))["negotiating"]["cards"] if one["id"] == MINE)
    assert (card["sign"], card["stand"], card["state"]) == ("▲", "2 days overdue", "breach")
    assert "2 days overdue" in card["label"]


def test_a_rep_sees_and_moves_campaigns_of_own_accounts_alone(url):
    board = opened(url, rep="R01", who="R01")
    assert set(board.board.cards["campaign_id"]) == {"C01", "C06", "C13"}
    assert set(board.board.names["accounts"]) == {
        row.values["account_id"] for row in Store(url, "look").rows("accounts", owner_id="R01")
    }
    board.change(MINE, 1, "won", {"progress": 1.0, "due_on": "2026-12-01"})
    assert column_of(opened(url), MINE) == "won"
    with pytest.raises(InputError, match="not yours"):
        board.change("C01", 1, "negotiating", {"owner_id": "R02"})
    with pytest.raises(InputError, match="director or manager"):
        board.add("x", "planned", {"account_id": "A001"})
    assert told(board, "en")["owner_fixed"] and not told(board, "en")["can_add"]


@pytest.mark.parametrize("card", [THEIRS, INDUSTRY])
def test_the_store_gives_a_rep_no_other_campaign_and_takes_no_move_of_it(url, card):
    store = Store(url, "R01", rep="R01")
    assert store.row("campaigns", card) is None and store.rows("campaign_moves", campaign_id=card) == []
    move = {"move_id": "X1", "campaign_id": card, "moved_at": TUESDAY, "to_column": "won", "moved_by": "R01"}
    with pytest.raises(InputError):
        store.save("campaign_moves", move)
    theirs = Store(url, "look").row("campaigns", card).values
    with pytest.raises(InputError):
        store.save("campaigns", {**theirs, "board_column": "won"}, 1)


def test_a_rep_signs_own_moves_only(url):
    move = {"move_id": "X1", "campaign_id": MINE, "moved_at": TUESDAY, "to_column": "won", "moved_by": "R02"}
    with pytest.raises(InputError):
        Store(url, "R01", rep="R01").save("campaign_moves", move)


def test_a_folder_is_for_reading_and_says_what_to_do():
    board = opened("sample_data")
    page = told(board, "en")
    assert page["read_only"] and "kat import" in page["notes"][0] and len(board.board.cards) == 25
    with pytest.raises(InputError, match="kat import"):
        board.move(MINE, 1, "won")
    assert board.look() == []


def test_an_empty_board_says_what_to_do(tmp_path, url):
    empty = f"sqlite:///{tmp_path}/empty.db"
    Store(empty, "import", make=True).close()
    assert "Press “New campaign”" in told(opened(empty), "en")["notes"][0]
    assert "director or manager" in told(opened(empty, rep="R01"), "en")["notes"][0]


def test_both_languages_tell_the_same_board(board):
    zh, en = told(board, "zh"), told(board, "en")
    assert [[card["id"] for card in lane["cards"]] for lane in zh["lanes"]] == [
        [card["id"] for card in lane["cards"]] for lane in en["lanes"]
    ]
    assert zh["words"].keys() == en["words"].keys() and zh["lanes"][0]["name"] == "计划"


def test_finished_columns_fold_what_is_old_and_begin_with_the_newest(board):
    for card in ("C01", "C02", "C03", "C04"):
        board.move(card, 1, "won")
    lane = lanes(board)["won"]
    assert len(lane["cards"]) == 8 and lane["shown"] == 6 and lane["more"] == "2 more"
    assert [card["id"] for card in lane["cards"][:4]] == ["C01", "C02", "C03", "C04"]


class Heard(Board):
    """A board that keeps what it answers its page."""

    def __init__(self, model):
        self.answers = []
        super().__init__(model, "en")

    def send(self, content, buffers=None):
        self.answers.append(content)


def test_the_page_is_answered_whether_it_was_done_and_why_not(url):
    page, other = Heard(opened(url)), opened(url)
    page.asked({"kind": "change", "ref": "1", "id": MINE, "version": 1, "column": "won"})
    assert page.answers[-1] == {"ref": "1", "ok": True, "text": "Saved: “东港重机攻坚” is in Won"}
    page.asked({"kind": "change", "ref": "2", "id": MINE, "version": 1, "column": "lost"})
    assert page.answers[-1]["ok"] is False and "first" in page.answers[-1]["text"]
    other.move("C01", 1, "won")
    page.asked({"kind": "look", "ref": "3"})
    assert page.answers[-1]["ok"] and "天枢储能攻坚" in page.answers[-1]["text"]
    won = next(lane for lane in page.state["lanes"] if lane["code"] == "won")
    assert {"C01", MINE} <= {card["id"] for card in won["cards"]}


def test_a_database_that_is_gone_is_said_and_its_return_is_enough(url, tmp_path):
    page = Heard(opened(url))
    (tmp_path / "team.db").rename(tmp_path / "away.db")
    page.model._store._engine.dispose()
    page.asked({"kind": "look", "ref": "1"})
    assert page.answers[-1]["ok"] is False and "team.db" in page.answers[-1]["text"]
    (tmp_path / "team.db").unlink(missing_ok=True)
    (tmp_path / "away.db").rename(tmp_path / "team.db")
    page.model._store._engine.dispose()
    page.asked({"kind": "change", "ref": "2", "id": MINE, "version": 1, "column": "won"})
    assert page.answers[-1]["ok"] and column_of(page.model, MINE) == "won"


def test_a_reading_that_breaks_off_is_made_again(url, monkeypatch):
    mine, theirs = opened(url, who="M01"), opened(url, who="M02")
    theirs.move(MINE, 1, "won")
    with monkeypatch.context() as broken:

        def gone(store, table, **where):
            raise InputError("away")

        broken.setattr(Store, "rows", gone)
        with pytest.raises(InputError, match="away"):
            mine.look()
    assert column_of(mine, MINE) == "negotiating"
    assert "Negotiating → Won" in mine.look()[0] and column_of(mine, MINE) == "won"


def test_the_page_switches_its_language_in_place(url):
    page = campaign_board(url, language="zh")
    page.board.language = "en"
    assert page.board.state["language"] == "en" and page.model.language == "en"


def test_sent_twice_by_the_same_person_it_is_one_move(url):
    board = opened(url)
    board.move(MINE, 1, "won")
    row = Store(url, "look").row("campaigns", MINE).values
    store = Store(url, "D01")
    assert store.save("campaigns", row, 1).version == 2
    with pytest.raises(Changed):
        Store(url, "M01").save("campaigns", row, 1)
