"""A line to every address of a plan: how each took it, in words, and no address in them."""

import pytest
from typer.testing import CliRunner

from tests.outside.robot_server import KEY, robot_server
from toolkit.cli import app

PLAN = """
language: en
tell:
  director: ["wecom://${KAT_KEY}?base=BASE", "wecom://an-old-key-12?base=BASE"]
  team: feishu://${KAT_NOT_SET}?base=BASE
reports:
  - {name: weekly, kind: weekly, data: north}
"""


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAT_KEY", KEY)
    with robot_server() as running:
        (tmp_path / "plan.yaml").write_text(PLAN.replace("BASE", running.base), "utf-8")
        yield running


def test_each_address_is_tried_and_what_is_wrong_is_said(server, tmp_path):
    done = CliRunner().invoke(app, ["report", "--plan", "plan.yaml", "--try-telling"])
    assert done.exit_code == 2
    taken, wrong, unset = done.stdout.splitlines()
    assert taken == "director 1: sent; ask whether it arrived"
    assert wrong.startswith("director 2: the robot's address is wrong or switched off")
    assert unset == "team: an environment variable is not set (KAT_NOT_SET)"
    assert "an-old-key-12" not in done.output
    assert [body["markdown"]["content"] for body in server.taken] == [
        "**A trial**\n\nReports and alerts will arrive here."
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["plan.yaml"]


def test_a_plan_that_names_nobody_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text("reports: [{name: weekly, kind: weekly, data: north}]", "utf-8")
    done = CliRunner().invoke(app, ["report", "--plan", "plan.yaml", "--try-telling", "--language", "zh"])
    assert (done.exit_code, done.stdout) == (0, "计划里没有收件人；在 tell: 下面写上名字和地址。\n")
