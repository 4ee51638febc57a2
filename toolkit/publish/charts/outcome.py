"""How a forecast's figures are written: money, accounts, shares; levels and differences."""

from typing import Final

from toolkit.language import say
from toolkit.language.forms import form, missing, money, percent
from toolkit.publish.numbers import MINUS

_MONEY: Final = "won_amount"
_SHARE: Final = "reserve_share"


def name(figure: str, language: str) -> str:
    """What a figure is called.

    Examples
    --------
    >>> name("won_amount", "en"), name("demotions", "zh")
    ('won amount', '降级次数')
    """
    return say(f"what_if_page.figure.{figure}", language)


def written(figure: str, value: float, language: str) -> str:
    """A level of a figure: money, a share in per cent, or a count with one decimal where it is small.

    Examples
    --------
    >>> written("won_amount", 21_430_000, "en"), written("wins", 4.26, "en"), written("reserve_share", 0.031, "en")
    ('¥21.4M', '4.3', '3.1%')
    """
    if missing(value):
        return "—"
    if value == 0:
        return "0"
    if figure == _MONEY:
        return money(float(value), language)
    if figure == _SHARE:
        return percent(float(value), 1).replace(".0%", "%")
    return form(value, "brief", language)


def difference(figure: str, value: float, language: str) -> str:
    """A difference of a figure, with its sign; shares in points.

    Examples
    --------
    >>> difference("won_amount", -1_200_000, "zh"), difference("wins", 0.31, "en"), difference("wins", 0.0, "en")
    ('−120万', '+0.3', '0')
    """
    if missing(value):
        return "—"
    size = abs(float(value))
    words = say("what_if_page.points", language, x=size) if figure == _SHARE else written(figure, size, language)
    if not words.strip("¥0.元%"):
        return "0"
    return ("+" if value > 0 else MINUS) + words
