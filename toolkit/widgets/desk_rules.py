"""The rules of this moment on a store: read once, and again where somebody wrote since."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock

import pandas as pd

from toolkit.base.keyed_draw import Salt
from toolkit.data.load import load
from toolkit.data.store import Store
from toolkit.parameters import Parameters
from toolkit.state.moment import MomentState


class DeskRules:
    """What the rules say of a store now.

    Tiers, lists and floats rest on everybody's data: all of it is read here, and whoever shows something of it asks the
    store first whether the account is the user's own.

    store  only says whether something was written; clock  says what time it is
    """

    def __init__(self, store: Store, parameters: Parameters, clock: Callable[[], datetime]) -> None:
        self._store, self._parameters, self._clock = store, parameters, clock
        self._salt = Salt.from_environment(parameters.spot_check.seed)
        self._lock = Lock()
        self._known: tuple[int, MomentState] | None = None

    def state(self) -> MomentState:
        """The state of now. Safe to call on another thread, to have it read before it is asked for."""
        with self._lock:
            now = pd.Timestamp(self._clock())
            stamp = self._store.stamp()
            if self._known is None or self._known[0] != stamp or self._known[1].at.normalize() != now.normalize():
                data = load(self._store.url, parameters=self._parameters, language=self._store.language)
                state = MomentState.at_time(data, now, self._parameters, self._salt)
                self._known = (stamp, state)
            return self._known[1].later(now)
