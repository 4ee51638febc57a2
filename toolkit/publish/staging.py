"""An output folder is replaced whole or not at all: it is made beside its place, then takes it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from toolkit.base.errors import InputError
from toolkit.language import say

MARK: Final = "run.json"  # a folder that holds it was made here and may be replaced
_NEW, _OLD = "making", "before"


@contextmanager
def staged(target: str | Path, language: str = "zh") -> Iterator[Path]:
    """A fresh folder beside `target` that takes its place when the block ends well, and vanishes when it does not.

    What killed runs left behind is cleared first. Raises InputError where `target` is a file, or a folder that
    holds something else than an earlier run's output: that is never replaced.
    """
    place = Path(target).resolve()
    check_target(place, language)
    place.parent.mkdir(parents=True, exist_ok=True)
    _clear(place)
    fresh = _beside(place, _NEW, os.getpid())
    fresh.mkdir()
    try:
        yield fresh
        _swap(fresh, place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def check_target(target: str | Path, language: str = "zh") -> None:
    """InputError where `target` cannot or must not be replaced."""
    place = Path(target)
    if place.is_dir():
        if any(place.iterdir()) and not (place / MARK).is_file():
            raise InputError(say("cli.output_not_ours", language, folder=target))
    elif place.exists():
        raise InputError(say("cli.output_is_file", language, folder=target))


def clear_below(root: str | Path) -> None:
    """Clear what killed runs left anywhere below a folder; outputs themselves are not looked into."""
    for folder, names, files in os.walk(root):
        left = {name[1:].rpartition(f".{what}-")[0] for name in names for what in (_NEW, _OLD) if f".{what}-" in name}
        for name in left:
            _clear(Path(folder) / name)
        names[:] = [] if MARK in files else [name for name in names if not name.startswith(".")]


def _beside(place: Path, what: str, process: int) -> Path:
    return place.with_name(f".{place.name}.{what}-{process}")


def _swap(fresh: Path, place: Path) -> None:
    old = _beside(place, _OLD, os.getpid())
    if place.exists():
        os.replace(place, old)
    try:
        os.replace(fresh, place)
    except OSError:
        if old.exists():
            os.replace(old, place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _clear(place: Path) -> None:
    """Remove what killed runs left; an output that a run was killed in the act of replacing is put back."""
    for left in sorted(place.parent.glob(f".{place.name}.{_OLD}-*")):
        if not _running(left):
            if place.exists():
                shutil.rmtree(left, ignore_errors=True)
            else:
                os.replace(left, place)
    for left in place.parent.glob(f".{place.name}.{_NEW}-*"):
        if not _running(left):
            shutil.rmtree(left, ignore_errors=True)


def _running(left: Path) -> bool:
    """True where the process that made a left folder is another one that still runs (Windows cannot be asked
    without harm; there the files that it holds open stay by themselves)."""
    process = left.name.rpartition("-")[2]
    if not process.isdigit() or int(process) == os.getpid() or os.name == "nt":
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
