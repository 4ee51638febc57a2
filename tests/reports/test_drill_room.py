"""E1–E3, F6: cases, reviews and playbooks of the sample team as documents, and what is recorded of them."""

import csv
import json
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml

import toolkit as kat
from tests.publish.test_weekly_page import EVIL, Reader
from tests.reports.team import account, weekly, write
from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.data.headers import column_label
from toolkit.data.store import Store
from toolkit.method.drill_cards import persona
from toolkit.method.playbooks import KINDS
from toolkit.publish.document_page import fragment, page
from toolkit.reports import document as blocks
from toolkit.reports.document import Document
from toolkit.state.drill_room import deck, people_of

SALT = Salt.from_environment(7, {})
LANGUAGES = ("zh", "en")


@cache
def team():
    return kat.load("sample_data")


@cache
def room(language="zh", as_of="2026-11-20", account_id="A001"):
    return kat.drill_room(team(), as_of, language=language, account=account_id, salt=SALT)


@cache
def documents(language):
    return {document.kind: document for document in room(language).documents()}


@cache
def words(kind, language):
    return " ".join(Reader(page(documents(language)[kind])).words)


def contents(document, kind):
    return [block.content for chapter in document.chapters for block in chapter.blocks if block.kind == kind]


def thin(tmp_path, **tables):
    """A room on a source of one account."""
    return kat.drill_room(
        kat.load(write(tmp_path / "source", [account("A1")], weekly("A1", (0.7, 0.7, 0.7)), **tables)),
        "2026-11-20", language="en", salt=SALT,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_document_is_whole_and_says_no_nan(language):
    assert set(documents(language)) == {"drill_case", "three_prism", "loss_review", *KINDS, "white_paper", "roi_model"}
    for kind in documents(language):
        html = page(documents(language)[kind])
        assert "<script" not in html and "http" not in html.replace("http://www.w3.org", "")
        assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b|\bTrue\b|\bFalse\b", words(kind, language))
        assert html == page(documents(language)[kind])


def test_english_documents_have_no_chinese_of_ours():
    han = re.compile("[一-鿿]")
    for document in documents("en").values():
        ours = document.subtitle.split("“")[0] if not document.subtitle.startswith("For ") else document.subtitle[-12:]
        assert not han.search(ours) and not han.search(document.note)
        assert not any(han.search(chapter.heading) for chapter in document.chapters)


def test_the_case_shows_the_whole_chain_and_plays_the_economic_buyer():
    case = documents("zh")["drill_case"]
    people = people_of(room().monday.team, "A001")
    (chain, *_) = contents(case, "grid")
    assert len(chain[1]) == len(people) == 6
    economic = people[people["chain_role"] == "economic"].sort_values("influence").iloc[-1]
    assert economic["person_name"] in dict(contents(case, "facts")[1])["姓名"]


def test_the_cards_are_the_real_weak_points_of_the_account():
    dealt = deck(room().monday.team, "A001")
    # A001 has met one of six people (planted): single-threaded, with five key people not reached
    assert dealt["kind"].tolist()[:2] == ["single_threaded", "unreached_key"] and len(dealt) == 6
    assert len(contents(documents("zh")["drill_case"], "cards")[0]) == 6
    assert "只见过一个人" in words("drill_case", "zh")


def test_without_people_or_weak_points_the_case_says_so(tmp_path):
    case = thin(tmp_path).drill()
    told = " ".join(Reader(page(case)).words)
    assert "map its chain first" in told


def test_an_account_drilled_lately_is_not_drawn_and_with_none_left_the_case_says_so(tmp_path):
    held = [{"session_id": "T1", "kind": "drill", "held_at": "2026-11-16T09:00:00", "account_id": "A1"}]
    empty = thin(tmp_path, sessions=held)
    assert empty.account == "" and "Nobody can be drawn" in empty.drill().chapters[0].heading
    assert [d.kind for d in empty.documents()].count("visit_sand_table") == 0


def test_on_a_monday_the_case_is_that_mondays_as_known_on_the_friday_before():
    later = kat.drill_room(team(), "2026-11-16", language="en", salt=SALT)
    assert "16 Nov 2026" in later.drill().subtitle and later.drill().as_of == pd.Timestamp("2026-11-13")
    assert later.three_prism().subtitle == "14 Nov to 16 Nov"


def test_the_three_prisms_are_prefilled_and_leave_the_conclusions_to_people():
    review = documents("en")["three_prism"]
    assert len(review.chapters) == 3 and len(contents(review, "blanks")) == 3
    assert "took" in words("three_prism", "en") and "Last conclusion" in words("three_prism", "en")


def test_the_loss_review_takes_the_one_that_waits_and_names_nobody():
    review = documents("zh")["loss_review"]
    d = team()
    told = words("loss_review", "zh")
    assert "玉" in review.title or d.accounts.set_index("account_id").loc["A018", "account_name"] in review.title
    assert not [name for name in (*d.reps["rep_name"], *d.decision_makers["person_name"]) if name in told]
    assert not [rep for rep in d.reps["rep_id"] if re.search(rf"\b{rep}\b", told)]
    assert "没有复盘，丢单已" in told


def test_without_a_loss_there_is_nothing_to_review(tmp_path):
    assert "No lost deal" in thin(tmp_path).loss_review().chapters[0].heading


def test_the_handbook_knows_its_versions_and_what_came_of_them():
    book = documents("en")["industry_handbook"]
    table = contents(book, "grid")[-1]
    assert [row[0] for row in table[1]] == ["1", "2", "3"]
    assert "observed, not proof" in words("industry_handbook", "en")


def test_the_guide_prints_the_matrix_in_force():
    matrix = contents(documents("en")["request_guide"], "grid")[0][1]
    assert matrix[0] == ("A", "±15%", "72 hours", "a director, contact within 24 hours")
    assert matrix[2] == ("C", "0%", "forbidden", "forbidden")


def test_the_visit_asks_first_what_is_least_known(tmp_path):
    report = {
        "report_id": "D1", "report_date": "2026-11-18", "rep_id": "R1", "account_id": "A1", "stage_before": 3,
        "stage_after": 3, "spiced_situation": 3, "spiced_pain": 0, "spiced_impact": 3, "spiced_critical_event": 2,
        "spiced_decision": 1, "communications": 1, "competitor_mentions": 0, "new_key_contacts": 0,
        "technical_hours": 1, "price_concession": 0, "labour_hours": 1, "competitor": "none",
    }  # fmt: skip
    visit = thin(tmp_path, daily_reports=[report]).playbook("visit_sand_table")
    talk = contents(visit, "grid")[1][1]
    assert [row[0] for row in talk][:2] == ["Pain", "Decision"]
    assert contents(visit, "grid")[0][1][-1][0] == "26–30"


@pytest.mark.parametrize(
    "wrong", [{"kind": "x"}, {"kind": KINDS[0], "industry": "I99"}, {"kind": KINDS[1], "account": "?"}]
)
def test_a_playbook_of_what_is_not_there_is_refused(wrong):
    with pytest.raises(InputError):
        room("en").playbook(**wrong)


def test_an_account_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="A999"):
        kat.drill_room(team(), "2026-11-20", language="en", account="A999")


def test_text_is_escaped():
    chapter = blocks.chapter(
        EVIL, blocks.text(EVIL), blocks.note(EVIL), blocks.bullets([EVIL]), blocks.grid([EVIL], [[EVIL]]),
        blocks.facts([(EVIL, EVIL)]), blocks.cards([(EVIL, EVIL, EVIL)]), blocks.blanks(1, EVIL),
    )  # fmt: skip
    bad = Document("drill_case", "en", pd.Timestamp("2026-11-20"), EVIL, EVIL, (chapter,), EVIL, EVIL)
    for html in (page(bad), fragment(bad)):
        assert EVIL not in html and "<script" not in html
        assert Reader(html).words.count(EVIL) >= 13


def test_a_row_of_another_length_is_our_fault():
    with pytest.raises(ValueError, match="length"):
        blocks.grid(("a", "b"), [("1",)])


def test_what_was_held_is_recorded_and_read_back(tmp_path):
    source = tmp_path / "source"
    shutil.copytree("sample_data", source)
    before = (source / "sessions.csv").read_text("utf-8")
    here = room("en")
    for outcome in ("部分突破", "突破"):  # recorded twice: the second takes the place of the first
        kat.record_session(source, here.held_drill(outcome, (1, 3)), "en")
    kat.record_session(source, here.held_three_prism("a", "b,c", "d"), "en")
    kat.record_session(
        source, here.held_loss_review("2026-11-20 10:30", "two tactics", "a", "b", "c", loss_id="L14"), "en"
    )
    assert (source / "sessions.csv").read_text("utf-8").startswith(before.rstrip("\n"))
    data = kat.load(source)
    held = data.sessions.set_index("session_id")
    drill = held.loc["drill-2026-11-23"]
    assert (drill["account_id"], drill["outcome"], drill["held_at"]) == (
        "A001",
        "突破",
        pd.Timestamp("2026-11-23"),
    )
    cards = data.session_obstacles[data.session_obstacles["session_id"] == "drill-2026-11-23"]
    assert cards["handled"].tolist() == [True, False, True, False, False, False] and cards["rep_id"].isna().all()
    assert held.loc["three_prism-2026-11-19", "conclusion_competitor"] == "b,c"
    assert held.loc["loss_review-L14", "held_at"] == pd.Timestamp("2026-11-20 10:30")
    assert held.loc["loss_review-L14", "loss_id"] == "L14" and len(data.rejected) == len(team().rejected)
    again = kat.drill_room(data, "2026-11-27", language="en", salt=SALT)
    drawn = again.monday.team.drill_draw.set_index("account_id")
    assert bool(drawn.loc["A001", "excluded"])


def test_a_new_folder_gets_its_files_and_others_are_refused(tmp_path):
    held = room("en").held_drill("x")
    assert kat.record_session(tmp_path, held, "en") == ("sessions.csv", "session_obstacles.csv")
    with pytest.raises(InputError, match="folder"):
        kat.record_session(tmp_path / "team.xlsx", held, "en")
    (tmp_path / "sessions.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InputError, match="session_id"):
        kat.record_session(tmp_path, held, "en")
    assert (tmp_path / "sessions.csv").read_text("utf-8") == "a,b\n1,2\n"


def test_a_folder_with_chinese_headers_keeps_them(tmp_path):
    labels = [column_label("sessions", name, "zh") for name in ("session_id", "kind", "held_at", "outcome")]
    (tmp_path / "sessions.csv").write_text(",".join(labels) + "\nT1,training,2026-01-05,ok\n", "gb18030")
    assert kat.record_session(tmp_path, room("en").held_drill("突破"), "en")[0] == "sessions.csv"
    rows = list(csv.DictReader((tmp_path / "sessions.csv").read_text("gb18030").splitlines()))
    assert list(rows[0])[:4] == labels and rows[0][labels[0]] == "T1"
    assert (rows[1][labels[0]], rows[1][labels[3]], rows[1]["account_id"]) == ("drill-2026-11-23", "突破", "A001")


def test_what_was_held_is_recorded_into_a_store_and_again_takes_its_place(tmp_path):
    url = f"sqlite:///{tmp_path / 'team.db'}"
    store = Store(url, "IT", make=True)
    store.take_in(team())
    here = room("en")
    held = here.held_drill("部分突破", (1, 3))
    assert kat.record_session(url, held, "en", who="D01") == ("sessions", "session_obstacles")
    kat.record_session(url, replace(held, obstacles=held.obstacles.iloc[:4]), "en", who="D02")
    kat.record_session(url, here.held_three_prism("a", "b", "c"), "en")
    assert store.row("sessions", "drill-2026-11-23").values["outcome"] == "部分突破"
    cards = store.rows("session_obstacles", session_id="drill-2026-11-23")
    assert [row.values["handled"] for row in cards] == [True, False, True, False, None, None]
    assert {entry["who"] for entry in store.history("session_obstacles", "drill-2026-11-23", 6)} == {"D01", "D02"}
    assert store.row("sessions", "three_prism-2026-11-19").values["conclusion_competitor"] == "b"
    store.close()
    with pytest.raises(InputError):
        kat.record_session(f"sqlite:///{tmp_path / 'none.db'}", held, "en")


@pytest.mark.parametrize("when", ["soon", "", "2026-11-17 14:00"])
def test_a_review_needs_a_time_and_none_before_its_loss(when):
    with pytest.raises(InputError, match="no time for the review"):
        room("en").held_loss_review(when, "x", "a", "b", "c", loss_id="L14")


@pytest.mark.parametrize("account_id", ["A001", "A012", "A034"])
def test_no_card_speaks_of_the_person_whom_the_director_plays(account_id):
    team_state = room("en", account_id=account_id).monday.team
    played = persona(people_of(team_state, account_id))
    assert played and played not in set(deck(team_state, account_id)["subject_id"])


def test_all_documents_are_of_the_industry_and_the_loss_that_are_named():
    here = room("en")
    made = {document.kind: document.title for document in here.documents("I05", "L13")}
    names = team().industries.set_index("industry_id")["industry_name"]
    assert names["I05"] in made["industry_handbook"] and names["I05"] in made["industry_sand_table"]
    lost = team().losses.set_index("loss_id").loc["L13", "account_id"]
    assert team().accounts.set_index("account_id").loc[lost, "account_name"] in made["loss_review"]
    for wrong in ({"industry": "I99"}, {"loss_id": "L99"}):
        with pytest.raises(InputError, match="99"):
            here.documents(**wrong)


def test_a_card_that_was_not_dealt_and_two_conclusions_are_refused():
    with pytest.raises(InputError):
        room("en").held_drill("x", (7,))
    with pytest.raises(ValueError, match="three conclusions"):
        room("en").held_three_prism("a", "b")


def test_the_pages_are_written_with_what_they_were_made_from(tmp_path):
    made = kat.print_documents(documents("en").values(), tmp_path / "out", room("en").run)
    assert set(made.files) == {"run.json", "roi_model.xlsx", *(f"{kind}.html" for kind in documents("en"))}


def test_the_notebook_runs_with_the_settings_of_its_parameter_file():
    cells = json.loads(Path("notebooks/drill_room.ipynb").read_text("utf-8"))["cells"]
    given = yaml.safe_load(Path("parameters/drill_room.yaml").read_text("utf-8"))
    space: dict = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
            if "parameters" in cell["metadata"].get("tags", ()):
                assert {name for name in space if not name.startswith("__")} - {"kat"} == set(given)
    drawn = kat.review(team(), "2026-11-20").tables["drill_draw"]
    assert [space["room"].account] == drawn.loc[drawn["drawn"], "account_id"].tolist()


def test_the_timer_ticks_through_the_phases():
    from toolkit.widgets.drill_timer import drill_timer

    timer = drill_timer(room("en").phases, "en")
    play, bar, label = timer.children
    assert (play.max, label.value) == (35 * 60, "Read: 5:00 left")
    play.value = 5 * 60 + 1
    assert (bar.value, label.value) == (301, "Play: 19:59 left")
    play.value = 35 * 60
    assert label.value == "Time is up"
