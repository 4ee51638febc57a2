"""A source that cannot be read at all: one clear message, in the language that is asked for."""

from typing import Any

from toolkit.base.errors import InputError
from toolkit.language import say


class Refused(InputError):
    """The sentence `refused.<code>`; `hit`, where given and not empty, adds "is … meant?" as `{meant}`.

    Examples
    --------
    >>> Refused("meant", name="accounts").told_in("en")
    Refused(' Is accounts meant?')
    """

    def __init__(self, code: str, language: str = "zh", **arguments: Any) -> None:
        hit = arguments.get("hit")
        meant = say("refused.meant", language, name=hit) if hit else ""
        super().__init__(say(f"refused.{code}", language, **arguments, meant=meant))
        self.code, self.arguments = code, arguments

    def told_in(self, language: str) -> "Refused":
        """The same refusal in `language`."""
        return Refused(self.code, language, **self.arguments)
