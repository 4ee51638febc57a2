"""The proposal as a mapping file: YAML that people can read and edit, with reasons and open questions as remarks."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from toolkit.data.guess.proposal import Proposal, Question, TableGuess
from toolkit.data.guess.told import question_line
from toolkit.data.headers import column_label, table_label
from toolkit.data.refusal import Refused
from toolkit.language import say

_MARK: Final = "# kat import --guess: "  # the first line; behind it the fingerprint of the rest


def text_of(proposal: Proposal, language: str) -> str:
    """The mapping file's text, its fingerprint in the first line."""
    body = "\n".join(_lines(proposal, language)) + "\n"
    return f"{_MARK}{_fingerprint(body)}\n{body}"


def edited(file: Path) -> bool:
    """Whether a mapping file is not as it was written here: somebody made or changed it."""
    first, _, body = file.read_text("utf-8-sig").partition("\n")
    return not (first.startswith(_MARK) and first.removeprefix(_MARK).strip() == _fingerprint(body))


def write(proposal: Proposal, file: Path, language: str, *, overwrite: bool = False) -> str:
    """Write the mapping file whole; "new", "same" or "replaced". Refused where people have edited the one there."""
    text = text_of(proposal, language)
    there = file.is_file()
    if there and file.read_text("utf-8-sig") == text:
        return "same"
    if there and edited(file) and not overwrite:
        raise Refused("mapping_edited", language=language, file=file)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return "replaced" if there else "new"


def _fingerprint(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _lines(proposal: Proposal, language: str) -> Iterator[str]:
    yield f"# {say('guess.file.head', language, file=proposal.file.name)}"
    yield f"# {say('guess.file.edit', language)}"
    for guess in proposal.tables.values():
        yield ""
        yield f"{guess.table}:  # {table_label(guess.table, language)}"
        yield from _table(guess, language)
        for question in proposal.questions:
            if question.key.split(".")[1] == guess.table:
                yield from _asked(question, language)


def _table(guess: TableGuess, language: str) -> Iterator[str]:
    for one in guess.ordered():
        label = column_label(guess.table, one.column, language)
        level = "" if one.level == "high" else f" ({say(f'guess.level.{one.level}', language)})"
        yield f"  {_scalar(one.header)}: {one.column}  # {label}{level}"
    for name, part in guess.parts().items():
        if name == "values":
            continue
        yield from _part(name, part)
    if guess.values:
        yield "  values:"
        for column, words in guess.values.items():
            yield f"    {column}: {_flow(words)}"


def _part(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {name}:"
    for key, value in part.items():
        yield f"    {_scalar(key)}: {_flow(value)}"


def _asked(question: Question, language: str) -> Iterator[str]:
    yield f"  # ? {question_line(question, language)}  [--answer {question.key}=…]"


def _scalar(value: Any) -> str:
    """One scalar as YAML writes it, on one line."""
    return _dumped(value).removesuffix("\n...\n").strip()


def _flow(value: Any) -> str:
    return _dumped(value).removesuffix("\n...\n").strip()


def _dumped(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10**6, sort_keys=False)
