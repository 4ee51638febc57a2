"""One scheduler at a time on an output folder. The system lets go of the lock when its holder ends, however it ends."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from toolkit.base.errors import InputError
from toolkit.language import say
from toolkit.plan.ledger import FILE

_LOCK: Final = ".lock"
_HOLDER: Final = ".lock.json"


@contextmanager
def only_one(root: Path, now: datetime, language: str) -> Iterator[None]:
    """Hold the folder's lock. InputError, saying who holds it since when, where another does; and where the folder
    holds other things than reports of a plan.
    """
    if root.exists() and not root.is_dir():
        raise InputError(say("cli.output_is_file", language, folder=root))
    foreign = root.is_dir() and any(not path.name.startswith(".") for path in root.iterdir())
    if foreign and not (root / FILE).is_file():
        raise InputError(say("cli.output_not_ours", language, folder=root))
    root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(_held(root, language)) from None
    try:
        holder = {"process": os.getpid(), "machine": socket.gethostname(), "since": now.isoformat(timespec="seconds")}
        with contextlib.suppress(
            OSError
        ):  # on a full disk the lock holds all the same, only nobody can read whose it is
            (root / _HOLDER).write_text(json.dumps(holder), "utf-8")
        yield
    finally:
        (root / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _held(root: Path, language: str) -> str:
    try:
        holder = json.loads((root / _HOLDER).read_text("utf-8"))
        since = datetime.fromisoformat(holder["since"]).strftime("%Y-%m-%d %H:%M:%S")
        facts = {"process": holder["process"], "machine": holder["machine"], "since": since}
    except (OSError, ValueError, KeyError):
        facts = {"process": "?", "machine": "?", "since": "?"}
    return say("plan.held", language, folder=root, **facts)
