"""What is to be told, on disk until it is: one JSON file an item and address, and a list of what was ever put there.

    FOLDER/waiting/<id>.json   one item for one address: what it says, tries, when next, the last refusal
    FOLDER/known.jsonl         a line for each item that was ever accepted: whom it is for, and its key

An address stands there by its name in the plan and its place under it, never as it is.

An item with a key that is known for its reader is not accepted again. Its file is written first and whole (then it is
accepted, whatever happens next), and is removed when the service has taken it. So nothing accepted is lost, and each is
told once; once more only where the machine dies between the service's answer and the removal. One process at a time may
write here: the plan's lock sees to that.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from toolkit.outside.message import Message
from toolkit.outside.wire import Refusal

WAITING: Final = "waiting"
KNOWN: Final = "known.jsonl"
_FIRST_WAIT: Final = timedelta(minutes=10)
_LONGEST_WAIT: Final = timedelta(hours=6)

Reader = tuple[str, int]  # a name under the plan's `tell:`, and which of its addresses


@dataclass(frozen=True)
class Item:
    """One thing for one address.

    kind     report | alert | ended | failed
    key      what it is; a reader hears of each key once
    urgent   quiet hours do not hold it
    about    facts that whoever reads `known` needs again; no sentence about a person
    """

    to: str
    nth: int
    kind: str
    key: str
    message: Message
    created: str
    urgent: bool = False
    about: tuple[tuple[str, str], ...] = ()
    tries: int = 0
    next_try: str = ""
    refusal: Refusal | None = None

    @property
    def reader(self) -> Reader:
        """Whom it is for."""
        return (self.to, self.nth)

    @property
    def id(self) -> str:
        """The name of its file."""
        return hashlib.sha256(f"{self.to}\n{self.nth}\n{self.key}".encode()).hexdigest()[:24]

    def due(self, now: datetime) -> bool:
        """True where it may be tried now."""
        return not self.next_try or datetime.fromisoformat(self.next_try) <= now

    def refused(self, refusal: Refusal, now: datetime) -> "Item":
        """The item after a refusal: tried again after 10 minutes, then 20, 40 … at most 6 hours."""
        wait = min(_FIRST_WAIT * 2 ** min(self.tries, 10), _LONGEST_WAIT)
        return replace(self, tries=self.tries + 1, next_try=(now + wait).isoformat(), refusal=refusal)


@dataclass(frozen=True)
class Known:
    """One line of what was ever accepted."""

    to: str
    nth: int
    kind: str
    key: str
    about: tuple[tuple[str, str], ...] = ()


class Outbox:
    """The items that wait and the keys that are known, in a folder. Raises OSError where the disk does not take it.

    What cannot be read (a line that a dying machine cut, a file that somebody spoiled) is named in `spoiled` and left.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spoiled: list[str] = []
        self._known = {(k.to, k.nth, k.key): k for k in self._lines()}
        self._waiting = {item.id: item for item in self._files()}

    def known(self) -> list[Known]:
        """Everything that was ever accepted, in order."""
        return list(self._known.values())

    def waiting(self) -> list[Item]:
        """The items that wait, oldest first."""
        return sorted(self._waiting.values(), key=lambda item: (item.created, item.kind, item.key))

    def accept(self, items: Iterable[Item]) -> list[Item]:
        """Take items in; those that their reader knows already are left out. What was taken in."""
        orphans = [i for i in self.waiting() if (*i.reader, i.key) not in self._known]  # a run died before the note
        self._note(orphans)
        taken: list[Item] = []
        try:
            for item in items:
                if (*item.reader, item.key) not in self._known and item.id not in self._waiting:
                    taken.append(item)
                    self._write(item)
            self._note(taken)
        except OSError:
            for item in taken:
                self.told(item)  # not accepted after all: it comes again with the next run
            raise
        return taken

    def told(self, item: Item) -> None:
        """An item was taken by the service."""
        self._path(item).unlink(missing_ok=True)
        self._waiting.pop(item.id, None)

    def keep(self, item: Item) -> None:
        """An item was refused, and waits on."""
        self._write(item)

    def _note(self, items: list[Item]) -> None:
        """Add items to what is known: all of them or none."""
        lines = [Known(i.to, i.nth, i.kind, i.key, i.about) for i in items]
        if not lines:
            return
        text = "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)
        path = self.folder / KNOWN
        size = path.stat().st_size if path.exists() else 0
        try:
            with path.open("ab") as file:
                file.write(("" if _ends_well(path, size) else "\n").encode() + text.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            if path.exists():
                os.truncate(path, size)
            raise
        self._known |= {(k.to, k.nth, k.key): k for k in lines}

    def _write(self, item: Item) -> None:
        path = self._path(item)
        path.parent.mkdir(parents=True, exist_ok=True)
        given = asdict(item) | {"message": item.message.as_dict(), "about": dict(item.about)}
        written(path, json.dumps(given, ensure_ascii=False, indent=1) + "\n")
        self._waiting[item.id] = item

    def _path(self, item: Item) -> Path:
        return self.folder / WAITING / f"{item.id}.json"

    def _files(self) -> Iterable[Item]:
        for path in sorted((self.folder / WAITING).glob("*.json")):
            item = self._read(path, lambda text: _item(json.loads(text)))
            if item is not None:
                yield item

    def _lines(self) -> Iterable[Known]:
        path = self.folder / KNOWN
        if not path.exists():
            return
        for text in path.read_bytes().splitlines():
            try:
                given = json.loads(text)
                about = tuple((str(k), str(v)) for k, v in given["about"])
                yield Known(str(given["to"]), int(given["nth"]), str(given["kind"]), str(given["key"]), about)
            except (ValueError, KeyError, TypeError):
                self.spoiled.append(path.name)

    def _read(self, path: Path, made: Callable[[str], Item]) -> Item | None:
        try:
            return made(path.read_text("utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            self.spoiled.append(path.name)
            return None


def written(path: Path, text: str) -> None:
    """Write a file whole or not at all, and so that it outlives a power cut."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        if os.name == "posix":  # the new name too
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _ends_well(path: Path, size: int) -> bool:
    """False where the last line was cut, by a machine that died."""
    if not size:
        return True
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _item(given: dict[str, Any]) -> Item:
    about = tuple((str(k), str(v)) for k, v in given.pop("about").items())
    refusal = Refusal(**given["refusal"]) if given["refusal"] else None
    return Item(**given | {"message": Message.from_dict(given["message"]), "about": about, "refusal": refusal})
