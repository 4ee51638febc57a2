"""Ready lines that wake `kat report --plan` by itself: for systemd, cron and Windows' Task Scheduler.

One wake-up a quarter of an hour is enough for any plan: the command knows itself what is due, by the working calendar,
and makes up for what a machine that slept has missed. So there are no weekdays in these lines: a make-up Saturday is
worked. Secrets stand in a file of their own (on Windows: in the user's environment), never in a line that `ps` shows.

Quoting: systemd takes C escapes between double quotes, and doubles % and $; cron hands the line to the shell, which
takes single quotes, but reads % as a line end unless a backslash stands before it; Windows takes its command line as
`CommandLineToArgvW` does, in XML.
"""

import hashlib
import re
import shlex
import subprocess
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import VARIABLE as SALT
from toolkit.base.settings import nearest
from toolkit.language import say
from toolkit.plan.model import Plan

SYSTEMS: Final = ("systemd", "cron", "windows")
_ENVIRONMENT: Final = ".config/kat/kat.env"  # below the home folder
_NAMES: Final = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Place:
    """Where the command runs: the interpreter, the working folder, the plan's file; absolute paths."""

    python: str
    folder: str
    plan: str

    @property
    def command(self) -> list[str]:
        """The command, in words."""
        return [self.python, "-m", "toolkit.cli", "report", "--plan", self.plan]

    @property
    def unit(self) -> str:
        """A name for it that any system takes: of the plan's file, told apart by its path where letters are lost."""
        stem = re.split(r"[/\\]", self.plan)[-1].rpartition(".")[0] or "plan"
        plain = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()
        lost = "" if plain == stem.lower() else hashlib.sha256(self.plan.encode()).hexdigest()[:6]
        return "-".join(part for part in ("kat-report", plain, lost) if part)


def lines_for(system: str, plan: Plan, place: Place, zone: str) -> str:
    """What to give to a system's scheduler, with how to do so in comments.

    `zone`: of the plan's hours, "" where there are several. Raises InputError for another system, and for a path with
    signs that no such line can hold (a line end, say).

    Examples
    --------
    >>> from toolkit.plan.model import Entry
    >>> plan = Plan(language="en", reports=(Entry(name="weekly", kind="weekly", data="north"),))
    >>> place = Place("/opt/kat/bin/python", "/srv/kat", "/srv/kat/parameters/plan.yaml")
    >>> [line for line in lines_for("cron", plan, place, "Asia/Shanghai").splitlines() if line.startswith("*")][0][:40]
    '*/15 * * * * cd /srv/kat && { [ ! -r "$H'
    """
    if system not in SYSTEMS:
        near = ", ".join(nearest(system, SYSTEMS) or SYSTEMS)
        raise InputError(say("install.no_system", plan.language, system=system, near=near))
    for path in (place.python, place.folder, place.plan):
        if not path.isprintable():
            raise InputError(say("install.odd_path", plan.language, path=repr(path)))
    if system == "systemd":
        return _systemd(plan, place, zone)
    return _cron(plan, place) if system == "cron" else _windows(plan, place)


def variables(plan: Plan) -> tuple[str, ...]:
    """The variables of the environment that a plan reads: the secret of the draws, and those of its addresses."""
    named = (name for addresses in plan.tell.values() for text in addresses for name in _NAMES.findall(text))
    return tuple(dict.fromkeys((SALT, *named)))


def first_hour(plan: Plan) -> int:
    """The hour of the first wake-up of a day: nothing of the plan is due before it; 0 where nothing has an hour."""
    hours = [entry.when.at.hour for entry in plan.reports if entry.when]
    if plan.quiet:
        hours.append(plan.quiet.end.hour)
    return min(hours, default=0)


def _systemd(plan: Plan, place: Place, zone: str) -> str:
    unit, folder = place.unit, "~/.config/systemd/user"
    service = [
        "[Unit]",
        f"Description=kat report {_specifiers(place.plan)}",
        "",
        "[Service]",
        "Type=oneshot",
        f"WorkingDirectory={_specifiers(place.folder)}",
        f"EnvironmentFile=-%h/{_ENVIRONMENT}",
        "ExecStart=" + " ".join(_systemd_word(word) for word in place.command),
    ]
    timer = [
        "[Unit]",
        f"Description=kat report {_specifiers(place.plan)}",
        "",
        "[Timer]",
        f"OnCalendar=*-*-* {first_hour(plan) if zone else 0:02d}..23:00/15:00 {zone}".rstrip(),
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    lines = [
        *_comments(plan, "systemd", "# ", place),
        f"mkdir -p {folder}",
        f"cat > {folder}/{unit}.service <<'END_OF_UNIT'",
        *service,
        "END_OF_UNIT",
        f"cat > {folder}/{unit}.timer <<'END_OF_UNIT'",
        *timer,
        "END_OF_UNIT",
        *_environment(plan),
        "systemctl --user daemon-reload",
        f"systemctl --user enable --now {unit}.timer",
        "loginctl enable-linger",
    ]
    return "\n".join(lines) + "\n"


def _cron(plan: Plan, place: Place) -> str:
    command = " ".join(shlex.quote(word) for word in place.command)
    secrets = f'{{ [ ! -r "$HOME/{_ENVIRONMENT}" ] || {{ set -a; . "$HOME/{_ENVIRONMENT}"; set +a; }}; }}'
    line = f"cd {shlex.quote(place.folder)} && {secrets} && {command} > /dev/null"
    return "\n".join(
        [
            *_comments(plan, "cron", "# ", place),
            _about_secrets(plan),
            "*/15 * * * * " + line.replace("%", r"\%"),
            "",
        ]
    )


def _windows(plan: Plan, place: Place) -> str:
    command, *arguments = place.command
    notes = _comments(plan, "windows", "     ", place)
    notes.append("     " + say("install.setx", plan.language, names=", ".join(variables(plan))))
    comment = "\n".join(notes).replace("--", "- -")
    line = escape(subprocess.list2cmdline(arguments))
    return f"""<!--
{comment}
-->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>kat report {escape(place.plan)}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Repetition>
        <Interval>PT15M</Interval>
        <Duration>P1D</Duration>
      </Repetition>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT12H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(command)}</Command>
      <Arguments>{line}</Arguments>
      <WorkingDirectory>{escape(place.folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def _comments(plan: Plan, system: str, mark: str, place: Place) -> list[str]:
    """How to use the lines, and why they are as they are."""
    path = subprocess.list2cmdline([place.plan]) if system == "windows" else shlex.quote(place.plan)
    how = say(f"install.how.{system}", plan.language, plan=path, unit=place.unit)
    return [mark + line for line in (*how.split("\n"), say("install.why", plan.language))]


def _environment(plan: Plan) -> list[str]:
    """Shell lines that make the file of secrets, readable by its owner alone, where there is none yet."""
    file = f"~/{_ENVIRONMENT}"
    return [
        _about_secrets(plan),
        f"mkdir -p {file.rpartition('/')[0]}",
        f"[ -e {file} ] || ( umask 077; printf '%s\\n' {' '.join(f'{name}=' for name in variables(plan))} > {file} )",
    ]


def _about_secrets(plan: Plan) -> str:
    names = ", ".join(variables(plan))
    return "# " + say("install.environment", plan.language, file=f"~/{_ENVIRONMENT}", names=names)


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _systemd_word(word: str) -> str:
    """One word of ExecStart.

    Examples
    --------
    >>> _systemd_word("/srv/kat/100% plan.yaml"), _systemd_word("--plan")
    ('"/srv/kat/100%% plan.yaml"', '--plan')
    """
    text = _specifiers(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return text if re.fullmatch(r"[\w./:=@,+%-]+", text) else f'"{text}"'
