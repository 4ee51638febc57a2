"""A timer for the drill: which phase runs and how long it still has; it ticks in the browser."""

from collections.abc import Sequence

import ipywidgets as widgets

from toolkit.language import say

Phases = Sequence[tuple[str, int]]


def standing(seconds: int, phases: Phases) -> tuple[int, int]:
    """Which phase runs after so many seconds, and the seconds that it still has; past the end (len(phases), 0).

    Examples
    --------
    >>> phases = [("read", 5), ("play", 20)]
    >>> standing(0, phases), standing(299, phases), standing(300, phases), standing(1500, phases)
    ((0, 300), (0, 1), (1, 1200), (2, 0))
    """
    left = seconds
    for place, (_, minutes) in enumerate(phases):
        if left < minutes * 60:
            return place, minutes * 60 - left
        left -= minutes * 60
    return len(phases), 0


def told(seconds: int, phases: Phases, language: str) -> str:
    """The phase and its time left, in words.

    Examples
    --------
    >>> told(61, [("Play", 20)], "en"), told(1200, [("Play", 20)], "en")
    ('Play: 18:59 left', 'Time is up')
    """
    place, left = standing(seconds, phases)
    if place == len(phases):
        return say("document.timer.over", language)
    return say("document.timer.left", language, phase=phases[place][0], time=f"{left // 60}:{left % 60:02d}")


class DrillTimer(widgets.HBox):
    """Play and stop, a bar over all phases, and the phase that runs with its time left."""

    def __init__(self, phases: Phases, language: str = "zh") -> None:
        self._phases, self._language = phases, language
        total = 60 * sum(minutes for _, minutes in phases)
        self._play = widgets.Play(min=0, max=total, interval=1000, show_repeat=False)
        self._words = widgets.Label()
        bar = widgets.IntProgress(min=0, max=total, layout=widgets.Layout(width="320px"))
        widgets.link((self._play, "value"), (bar, "value"))
        self._play.observe(lambda _: self._tell(), "value")
        super().__init__([self._play, bar, self._words])
        self._tell()

    def relabel(self, phases: Phases, language: str) -> None:
        """The same phases in another language; a timer that runs goes on."""
        self._phases, self._language = phases, language
        self._tell()

    def _tell(self) -> None:
        self._words.value = told(self._play.value, self._phases, self._language)


def drill_timer(phases: Phases, language: str = "zh") -> DrillTimer:
    """The timer of a drill's phases as a widget, for JupyterLab and Voila."""
    return DrillTimer(phases, language)
