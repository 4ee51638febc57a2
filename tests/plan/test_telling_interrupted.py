"""A machine that dies or a disk that fills, at every step: nothing accepted is lost, and it is told once.

Once more only where the machine dies between the service's answer and the note of it.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.outside.robot_server import KEY, robot_server
from tests.plan.told import RED, YELLOW, Transport, at, made, plan_of, tell_of
from toolkit.outside.outbox import Outbox
from toolkit.plan.telling import FOLDER

REPORT = made(alerts=[RED, YELLOW])
FIRST, LATER = at("11-20 16:05"), at("11-20 16:20")
STEPS = 18  # more than one run takes


class Killed(BaseException):
    """The process ends here: nothing catches it, nothing is tidied up."""


@pytest.fixture
def breaks(monkeypatch):
    """Make the n-th step on disk fail: before it is done (`fault` is raised), or right after."""

    def arm(nth, fault, after=False):
        count = [0]

        def wrapped(real):
            def step(*arguments, **more):
                count[0] += 1
                if count[0] == nth and not after:
                    raise fault
                out = real(*arguments, **more)
                if count[0] == nth and after:
                    raise fault
                return out

            return step

        monkeypatch.setattr(os, "fsync", wrapped(os.fsync))
        monkeypatch.setattr(os, "replace", wrapped(os.replace))
        monkeypatch.setattr(Path, "unlink", wrapped(Path.unlink))
        return count

    return arm


def told(sent):
    """How often each of the three things was told."""
    lines = sent.lines()
    return [
        sum("资源效能比" in line for line in lines),
        sum("南方管网" in line for line in lines),
        sent.titles().count("周五战情会 2026-11-20"),
    ]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_killed_at_any_step_each_thing_is_told_and_at_most_once_more(tmp_path, breaks, monkeypatch, nth, after):
    sent = Transport()
    breaks(nth, Killed(), after)
    with suppress(Killed):
        tell_of(plan_of(), tmp_path, [REPORT], FIRST, sent)
    monkeypatch.undo()
    for _ in range(2):
        assert tell_of(plan_of(), tmp_path, [REPORT], LATER, sent) == ()
    assert all(1 <= times <= 2 for times in told(sent))
    assert Outbox(tmp_path / FOLDER).waiting() == []


def test_killed_while_the_server_takes_it_nothing_is_lost(tmp_path):
    with pytest.raises(Killed):
        tell_of(plan_of(), tmp_path, [REPORT], FIRST, Transport(Killed()))
    sent = Transport()
    tell_of(plan_of(), tmp_path, [], LATER, sent)
    assert told(sent) == [1, 1, 1]


@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_a_disk_that_fills_at_any_step_repeats_nothing_and_loses_nothing(tmp_path, breaks, monkeypatch, nth):
    sent = Transport()
    breaks(nth, OSError(28, "No space left on device"))
    said = tell_of(plan_of(), tmp_path, [REPORT], FIRST, sent)
    monkeypatch.undo()
    before = told(sent)
    for _ in range(2):
        assert tell_of(plan_of(), tmp_path, [REPORT], LATER, sent) == ()
    assert said == () or "No space left on device" in said[0]
    assert all(1 <= times <= 2 for times in told(sent))
    if before == [0, 0, 0]:
        assert told(sent) == [1, 1, 1]


def test_a_line_that_a_dying_machine_cut_costs_nothing_but_itself(tmp_path):
    sent = Transport()
    tell_of(plan_of(), tmp_path, [made(alerts=[RED])], FIRST, sent)
    known = tmp_path / FOLDER / "known.jsonl"
    with known.open("ab") as file:
        file.write(b'{"to": "director", "nth": 0, "ki')
    (said,) = tell_of(plan_of(), tmp_path, [made(alerts=[RED, YELLOW])], LATER, sent)
    assert "known.jsonl" in said
    tell_of(plan_of(), tmp_path, [made(alerts=[RED, YELLOW])], LATER, sent)
    assert told(sent) == [1, 1, 1]


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from tests.plan.told import RED, at, made, plan_of, tell_of
from toolkit.outside import channels

def transport(address, message):
    refusal = channels.send(address, message)
    if sys.argv[3] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    return refusal

plan = plan_of(tell={"director": (sys.argv[2],)})
print(tell_of(plan, Path(sys.argv[1]), [made(alerts=[RED])], at("11-20 16:05"), transport))
"""


def test_killed_for_good_after_the_first_answer_all_is_told_and_that_once_more(tmp_path):
    def run(what):
        command = [sys.executable, "-c", KILLED_RUN, str(tmp_path), f"wecom://{KEY}?base={server.base}", what]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[2])

    with robot_server() as server:
        assert run("kill").returncode == -signal.SIGKILL
        assert run("go on").stdout == "()\n"
        assert run("go on").stdout == "()\n"
        said = [body["markdown"]["content"] for body in server.taken]
    assert [text.split("\n")[0] for text in said] == ["**警报 1 条**", "**警报 1 条**", "**周五战情会 2026-11-20**"]
