"""What people answered, put into a proposal: `PART.TABLE.NAME[.WORD]` = value, as the questions name it."""

from decimal import Decimal, InvalidOperation

from toolkit.data.guess.proposal import ColumnGuess, Proposal, Question, Said
from toolkit.data.refusal import Refused
from toolkit.data.tables_foreign import READABLE


def columns_answered(proposal: Proposal, answers: dict[str, str]) -> None:
    """Headers that people chose for a column: `columns.TABLE.COLUMN=HEADER`, `none` for no header."""
    for key in [key for key in answers if key.startswith("columns.")]:
        _, table, column = (*key.split(".", 2), "", "")[:3]
        guess = proposal.of(table)
        if guess is None or column not in READABLE[table].names:
            raise Refused("guess_key", question=key)
        header = answers.pop(key)
        guess.notes = [note for note in guess.notes if note.arguments.get("column") != column]
        if header == "none":
            guess.columns.pop(column, None)
            continue
        if header not in guess.profiles:
            choices = ", ".join(guess.profiles)
            raise Refused("guess_answer", question=key, value=header, choices=choices)
        for other in [name for name, one in guess.columns.items() if one.header == header]:
            del guess.columns[other]
        guess.columns[column] = ColumnGuess(column, header, 1.0, [Said("answered")])


def answered(proposal: Proposal, questions: list[Question], answers: dict[str, str]) -> None:
    """Put the answers in; what is not answered stays a question."""
    for question in questions:
        value = answers.pop(question.key, None)
        if value is None:
            proposal.questions.append(question)
            continue
        if question.options and value not in question.options and not question.key.startswith(("factors.", "values.")):
            raise Refused("guess_answer", question=question.key, value=value, choices=", ".join(question.options))
        put(proposal, question.key, value)
        proposal.answered.append(question)
    for key, value in answers.items():
        put(proposal, key, value)


def put(proposal: Proposal, key: str, value: str) -> None:
    """One decision into the proposal: `PART.TABLE.NAME[.WORD]`. Refused where there is no such place."""
    part, table, name, word = (*key.split(".", 3), "", "", "", "")[:4]
    guess = proposal.of(table)
    if guess is None or not name:
        raise Refused("guess_key", question=key)
    known = READABLE[table].names
    if part == "currencies":
        guess.currencies[name] = _decimal(key, value)
    elif part == "snapshot":
        guess.snapshot[name] = value
    elif name not in known:
        raise Refused("guess_key", question=key)
    elif part == "factors":
        guess.factors[name] = _decimal(key, value)
    elif part == "values" and word:
        guess.values.setdefault(name, {})[word] = value
    elif part == "dates" and value in ("ymd", "dmy", "mdy"):
        guess.dates[name] = value
    elif part == "fridays" and value in ("following", "before"):
        guess.fridays[name] = value
    elif part == "constants":
        guess.constants[name] = value
    elif part != "columns":
        raise Refused("guess_key", question=key)


def _decimal(key: str, value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise Refused("guess_answer", question=key, value=value, choices="1, 10000, 0.01 …") from None
