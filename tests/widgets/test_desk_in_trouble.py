"""The desk while its database is in trouble: said in the page, what was typed stays, and it goes on when it is over."""

import sqlite3
from contextlib import contextmanager

import ipywidgets as widgets
import pytest
from sqlalchemy import event

from tests.widgets.desk_team import NOW, store
from tests.widgets.test_threshold_view import all_of, button, html
from toolkit.data import database
from toolkit.data.store import Store
from toolkit.widgets.desk import Desk
from toolkit.widgets.desk_model import DeskModel


@pytest.fixture
def url(tmp_path):
    return store(tmp_path)


@pytest.fixture
def view(url, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    return Desk(DeskModel(url, "R1", "en", clock=lambda: NOW), "en")


@contextmanager
def busy(url):
    """Somebody else writes and does not come to an end: nothing can be written."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def gone(view):
    """Nothing can be read or written."""
    engine = view.model.store._engine

    def fail(connection):
        connection.exec_driver_sql("SELECT * FROM nowhere")

    event.listen(engine, "begin", fail)
    yield
    event.remove(engine, "begin", fail)


def filled(view, account="A1"):
    picked(view).value = account
    note = all_of(view, widgets.Textarea)[0]
    note.value = "typed in trouble"
    button(view, "No resources today, all 0").click()
    next(w for w in all_of(view, widgets.ToggleButtons) if "none" in [one for _, one in w.options]).value = "none"
    return note


def picked(view):
    return next(w for w in all_of(view, widgets.ToggleButtons) if "A1" in [one for _, one in w.options])


def sent(url):
    there = Store(url, "x")
    rows = [row.values for row in there.rows("daily_reports") if row.values["note"] == "typed in trouble"]
    there.close()
    return len(rows)


def test_a_report_that_cannot_be_written_is_said_kept_in_the_page_and_sent_when_it_can(view, url):
    with busy(url):
        note = filled(view)
        button(view, "Send the report").click()
        told = html(view)
        assert "Others are writing into" in told and "What you typed is still in this page" in told
        assert note.value == "typed in trouble" and sent(url) == 0
    button(view, "Send the report").click()
    assert "Others are writing into" not in html(view) and "Sent. SPICED" in html(view) and sent(url) == 1
    with busy(url):
        button(view, "Send the report").click()
        assert "Others are writing into" in html(view) and "Sent. SPICED" not in html(view)


def test_in_chinese_too(view, url):
    next(w for w in all_of(view, widgets.ToggleButtons) if "zh" in [one for _, one in w.options]).value = "zh"
    with busy(url):
        note = all_of(view, widgets.Textarea)[0]
        note.value = "写不进去"
        assert "别人正在往" in html(view) and "这一页里填的还在" in html(view) and note.value == "写不进去"


def test_an_account_that_cannot_be_opened_leaves_the_form_with_the_one_it_is_of(view, url):
    note = filled(view)
    with gone(view):
        picked(view).value = "A4"
        assert "cannot be used" in html(view) and "What you typed is still in this page" in html(view)
        assert picked(view).value == "A1" and note.value == "typed in trouble"
    picked(view).value = "A4"
    assert picked(view).value == "A4" and note.value != "typed in trouble"
    picked(view).value = "A1"
    assert note.value == "typed in trouble"
