"""Work in the background: the newest question wins, an older one stops, and what goes wrong is handed over."""

import asyncio
import threading

import pytest

from toolkit.widgets import studio_background
from toolkit.widgets.studio_background import Background


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(studio_background, "_PAUSE", 0.02)


def test_without_a_loop_the_answer_is_there_at_once():
    taken = []
    Background().ask(lambda alive: iter([1, 2]), taken.append, taken.append)
    assert taken == [1, 2]


def test_in_a_loop_the_answers_come_on_the_loops_thread():
    taken, where = [], []

    def steps(alive):
        where.append(threading.current_thread())
        yield 1
        yield 2

    async def main():
        background, done = Background(), asyncio.Event()
        background.ask(steps, lambda x: (taken.append((x, threading.current_thread())), x == 2 and done.set()), print)
        assert taken == []  # nobody waited
        await asyncio.wait_for(done.wait(), 10)

    asyncio.run(main())
    here = threading.current_thread()
    assert taken == [(1, here), (2, here)] and where[0] is not here


def test_a_newer_question_cancels_the_older():
    taken, left = [], []

    async def main():
        background, first, done = Background(), asyncio.Event(), asyncio.Event()

        def endless(alive):
            while alive():
                yield "old"
            left.append("stopped")

        def old(x):
            taken.append(x)
            first.set()

        background.ask(endless, old, print)
        await asyncio.wait_for(first.wait(), 10)
        background.ask(lambda alive: iter(["new"]), lambda x: (taken.append(x), done.set()), print)
        await asyncio.wait_for(done.wait(), 10)

    asyncio.run(main())
    assert taken[-1] == "new" and taken.count("new") == 1
    assert set(taken[:-1]) == {"old"}


def test_a_question_that_is_replaced_at_once_is_never_begun():
    begun = []

    async def main():
        background, done = Background(), asyncio.Event()

        def steps(name):
            begun.append(name)
            yield name

        for name in "abc":  # a slider that moves
            background.ask(lambda alive, name=name: steps(name), lambda x: done.set(), print)
        await asyncio.wait_for(done.wait(), 10)

    asyncio.run(main())
    assert begun == ["c"]


def test_what_goes_wrong_is_handed_over():
    wrong = []

    def fails(alive):
        yield 1
        raise ValueError("no")

    Background().ask(fails, lambda x: None, wrong.append)

    async def main():
        done = asyncio.Event()
        Background().ask(fails, lambda x: None, lambda error: (wrong.append(error), done.set()))
        await asyncio.wait_for(done.wait(), 10)

    asyncio.run(main())
    assert [str(error) for error in wrong] == ["no", "no"]


def test_cancelled_it_is_silent():
    taken = []

    async def main():
        background = Background()
        background.ask(lambda alive: iter([1]), taken.append, taken.append)
        background.cancel()
        await asyncio.sleep(0.06)

    asyncio.run(main())
    assert taken == []
