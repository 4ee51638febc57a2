"""Lines for systemd, cron and Windows: read by what reads them, a shell, an ini and an XML parser."""

import configparser
import re
import shlex
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from tests.plan.told import ENTRY, plan_of
from toolkit.base.errors import InputError
from toolkit.cli import app
from toolkit.plan.install import SYSTEMS, Place, first_hour, lines_for, variables

TELL = {"director": ("wecom://${KAT_WECOM_KEY}",), "team": ("feishu://${KAT_FEISHU}?secret=${KAT_SECRET}",)}
WHEN = {"when": {"every": "weekly", "at": "16:00"}}
ODD = '客户 经营/it\'s 100% $HOME "plan".yaml'


def plan(**more):
    return plan_of(
        tell=TELL, entries=[ENTRY | WHEN, ENTRY | {"name": "d", "when": {"every": "daily", "at": "08:30"}}], **more
    )


def stub(folder):
    """A stand-in for the interpreter that writes down its folder, its words and one variable."""
    python = folder / "py thon"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$KAT_WECOM_KEY" "$@" > "$0.said"\n', "utf-8")
    python.chmod(0o755)
    return python


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "工作 目录 100%"
    file = folder / ODD
    file.parent.mkdir(parents=True)
    return Place(str(stub(tmp_path)), str(folder), str(file))


def run(script, home):
    """Run a shell script in a home folder of its own, with stand-ins for what it must not touch."""
    for name in ("systemctl", "loginctl"):
        tool = home / "bin" / name
        tool.parent.mkdir(parents=True, exist_ok=True)
        tool.write_text(f'#!/bin/sh\necho {name} "$@" >> "$HOME/calls"\n', "utf-8")
        tool.chmod(0o755)
    environment = {"HOME": str(home), "PATH": f"{home}/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(
        ["/bin/sh", "-eu", "-c", script], env=environment, check=True, timeout=60, capture_output=True
    )


def unit(path):
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read_string(path.read_text("utf-8"))
    return parser


def words_of(command):
    """An ExecStart line as systemd splits it: C escapes between double quotes, %% and $$ are single signs."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(command)]


def test_systemds_script_makes_two_units_and_a_file_of_secrets(tmp_path, place):
    home = tmp_path / "home"
    run(lines_for("systemd", plan(), place, "Asia/Shanghai"), home)
    files = sorted((home / ".config/systemd/user").iterdir())
    service, timer = unit(files[0]), unit(files[1])
    assert [file.suffix for file in files] == [".service", ".timer"]
    assert files[0].stem == files[1].stem == place.unit
    assert words_of(service["Service"]["ExecStart"]) == place.command
    assert service["Service"]["WorkingDirectory"].replace("%%", "%") == place.folder
    assert service["Service"]["EnvironmentFile"] == "-%h/.config/kat/kat.env"
    assert service["Service"]["Type"] == "oneshot"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Timer"]["OnCalendar"] == "*-*-* 08..23:00/15:00 Asia/Shanghai"
    secrets = home / ".config/kat/kat.env"
    assert secrets.read_text("utf-8") == "KAT_DRAW_SALT=\nKAT_WECOM_KEY=\nKAT_FEISHU=\nKAT_SECRET=\n"
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert (home / "calls").read_text("utf-8").splitlines() == [
        "systemctl --user daemon-reload",
        f"systemctl --user enable --now {place.unit}.timer",
        "loginctl enable-linger",
    ]


def test_systemds_script_leaves_secrets_that_are_there(tmp_path, place):
    home = tmp_path / "home"
    (home / ".config/kat").mkdir(parents=True)
    (home / ".config/kat/kat.env").write_text("KAT_WECOM_KEY='abc'\n", "utf-8")
    run(lines_for("systemd", plan(), place, "Asia/Shanghai"), home)
    assert (home / ".config/kat/kat.env").read_text("utf-8") == "KAT_WECOM_KEY='abc'\n"


def test_crons_line_runs_the_command_in_its_folder_with_the_secrets(tmp_path, place):
    home = tmp_path / "home"
    (home / ".config/kat").mkdir(parents=True)
    (home / ".config/kat/kat.env").write_text("KAT_WECOM_KEY='a $b c'\n", "utf-8")
    lines = [
        line for line in lines_for("cron", plan(), place, "Asia/Shanghai").splitlines() if not line.startswith("#")
    ]
    assert len(lines) == 1
    fields = lines[0].split(" ", 5)
    assert fields[:5] == ["*/15", "*", "*", "*", "*"]
    assert not re.search(r"(?<!\\)%", fields[5])  # a bare % would end the line
    run(fields[5].replace(r"\%", "%"), home)
    said = (tmp_path / "py thon.said").read_text("utf-8").splitlines()
    assert said == [place.folder, "a $b c", *place.command[1:]]


def test_crons_line_runs_without_a_file_of_secrets_too(tmp_path, place):
    line = lines_for("cron", plan(), place, "Asia/Shanghai").splitlines()[-1].split(" ", 5)[5].replace(r"\%", "%")
    run("KAT_WECOM_KEY=; " + line, tmp_path / "home")
    assert (tmp_path / "py thon.said").exists()


def test_windows_task_starts_when_it_was_missed_and_never_twice_at_once():
    place = Place("C:\\kat & co\\python.exe", "C:\\客户 经营", "C:\\客户 经营\\计划 100%<1>.yaml")
    text = lines_for("windows", plan(), place, "Asia/Shanghai")
    task = ElementTree.fromstring(text)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}

    def found(path):
        return task.findtext("/".join(f"t:{part}" for part in path.split("/")), namespaces=space)

    assert found("Settings/StartWhenAvailable") == "true"
    assert found("Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert found("Triggers/CalendarTrigger/Repetition/Interval") == "PT15M"
    assert found("Actions/Exec/Command") == "C:\\kat & co\\python.exe"
    assert found("Actions/Exec/WorkingDirectory") == "C:\\客户 经营"
    arguments = '-m toolkit.cli report --plan "C:\\客户 经营\\计划 100%<1>.yaml"'
    assert found("Actions/Exec/Arguments") == arguments
    assert "Register-ScheduledTask" in text


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_holds_a_secret_and_every_variable_is_named(system, language, place):
    mine = plan(language=language).model_copy(update={"tell": TELL | {"boss": ("wecom://plain-secret-key",)}})
    text = lines_for(system, mine, place, "Asia/Shanghai")
    assert "plain-secret-key" not in text
    assert all(name in text for name in variables(mine))
    assert variables(mine) == ("KAT_DRAW_SALT", "KAT_WECOM_KEY", "KAT_FEISHU", "KAT_SECRET")


def test_the_first_hour_is_that_of_the_first_report_or_of_the_end_of_quiet_hours():
    assert first_hour(plan()) == 8
    assert first_hour(plan(quiet={"start": "21:00", "end": "07:30"})) == 7
    assert first_hour(plan_of(entries=[ENTRY])) == 0


def test_units_of_two_plans_have_names_of_their_own_that_systemd_takes():
    names = [
        Place("p", "/", path).unit
        for path in ("/a/plan.yaml", "/a/north.yaml", "/a/华东 计划.yaml", "/a/华北 计划.yaml", "C:\\a\\plan.yaml")
    ]
    assert names[:2] == ["kat-report-plan", "kat-report-north"]
    assert len(set(names[:4])) == 4
    assert names[4] == "kat-report-plan"
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_path_with_a_line_end_is_refused(system):
    with pytest.raises(InputError, match="路径"):
        lines_for(system, plan(), Place("/p", "/w", "/w/plan\nrm -rf ~.yaml"), "Asia/Shanghai")


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """A working folder with a small plan."""
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


PLAN = """
language: en
tell: {director: "wecom://${KAT_WECOM_KEY}"}
reports:
  - {name: weekly, kind: weekly, data: north, when: {every: weekly, at: "16:00"}, tell: director}
"""


def kat(*words):
    return CliRunner().invoke(app, ["report", "--plan", "plan.yaml", *words])


def test_the_command_prints_the_lines_and_makes_nothing(in_folder):
    done = kat("--install", "cron")
    assert done.exit_code == 0, done.output
    line = done.stdout.splitlines()[-1]
    assert f"cd {in_folder}" in line
    assert f"{sys.executable} -m toolkit.cli report --plan {in_folder}/plan.yaml" in line
    assert [path.name for path in in_folder.iterdir()] == ["plan.yaml"]


def test_the_command_knows_the_plans_hours(in_folder):
    assert "OnCalendar=*-*-* 16..23:00/15:00 Asia/Shanghai" in kat("--install", "systemd").stdout


def test_hours_of_several_zones_are_every_hour(place):
    assert "OnCalendar=*-*-* 00..23:00/15:00\n" in lines_for("systemd", plan(), place, "")


def test_an_unknown_system_is_refused_with_the_nearest(in_folder):
    done = kat("--install", "crontab")
    assert done.exit_code == 2
    assert "use cron" in done.stderr
