"""Writes the outputs into docs/own_data.md and docs/own_data.zh-CN.md: each command as it is shown, in one folder.

A block `sh` is run line by line, and the block `text` behind it holds what it prints. `python docs/make_own_data.py`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from typer.testing import CliRunner  # noqa: E402

from toolkit.cli import app  # noqa: E402

PAGES = ("own_data.md", "own_data.zh-CN.md")
WIDTH = "110"
_BLOCK = re.compile(r"```sh\n(?P<commands>.*?)```\n\n```text\n(?P<printed>.*?)```\n", re.DOTALL)


def filled(page: str, folder: Path) -> str:
    """The page with what its commands print, run one after the other in `folder`, beside a copy of docs/examples."""
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    before = Path.cwd()
    os.chdir(folder)
    try:
        return _BLOCK.sub(_run, page)
    finally:
        os.chdir(before)


def _run(block: re.Match[str]) -> str:
    printed = "".join(_printed(line) for line in block["commands"].splitlines())
    lines = (line.rstrip() for line in printed.replace("\ufeff", "").strip("\n").splitlines())
    return f"```sh\n{block['commands']}```\n\n```text\n" + "\n".join(lines) + "\n```\n"


def _printed(line: str) -> str:
    """What one command prints; `kat` in this process, anything else by the shell."""
    words = line.partition("#")[0] if " # " in line else line
    if words.startswith("kat "):
        command, _, pipe = words.partition(" | ")
        done = CliRunner(env={"COLUMNS": WIDTH}).invoke(app, shlex.split(command)[1:])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        printed = done.stdout + (done.stderr if done.exit_code else "")
        return _shell(pipe, printed) if pipe else printed
    return _shell(words, "")


def _shell(command: str, given: str) -> str:
    done = subprocess.run(command, shell=True, input=given, capture_output=True, text=True, check=True)
    return done.stdout


def main() -> None:
    """Write both pages anew."""
    for name in PAGES:
        file = ROOT / "docs" / name
        with tempfile.TemporaryDirectory() as folder:
            file.write_text(filled(file.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    main()
