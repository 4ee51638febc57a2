"""The addresses of a plan: what each is called in a sentence, why it did not take something, and whether it takes
anything at all."""

from collections.abc import Callable, Iterator

from toolkit.language import say
from toolkit.outside.channels import send
from toolkit.outside.message import Line, Message
from toolkit.outside.outbox import Reader
from toolkit.outside.wire import Refusal
from toolkit.plan.model import Plan

Send = Callable[[str, Message], Refusal | None]


def called(reader: Reader, plan: Plan) -> str:
    """The name of a reader; with a number where the name has several addresses. Never the address itself.

    Examples
    --------
    >>> from toolkit.plan.model import Entry
    >>> plan = Plan(reports=(Entry(name="weekly"),), tell={"director": ("a://1", "a://2"), "team": ("a://3",)})
    >>> called(("director", 1), plan), called(("team", 0), plan)
    ('director 2', 'team')
    """
    name, place = reader
    return name if len(plan.tell.get(name, ())) < 2 else f"{name} {place + 1}"


def why(refusal: Refusal, language: str) -> str:
    """What kind of refusal it was and what to do, with the service's code and words where it gave any.

    Examples
    --------
    >>> why(Refusal("silent", words="ConnectTimeout"), "en")
    'no answer (ConnectTimeout)'
    """
    kind = say(f"tell.refused.{refusal.kind}", language)
    detail = " ".join(part for part in (refusal.code, refusal.words) if part)
    return say("tell.with_detail", language, why=kind, detail=detail) if detail else kind


def try_all(plan: Plan, transport: Send = send) -> Iterator[tuple[str, str]]:
    """Send a line to every address of a plan: what it is called, and "" or why it was not taken."""
    language = plan.language
    message = Message(say("tell.test.title", language), (Line(say("tell.test.line", language)),), language)
    for name, addresses in plan.tell.items():
        for place, address in enumerate(addresses):
            refusal = transport(address, message)
            yield called((name, place), plan), why(refusal, language) if refusal else ""
