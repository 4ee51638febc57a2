"""Work in steps on a thread of its own: the newest question only, so that whoever moves a slider does not wait."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

_PAUSE: Final = 0.25  # seconds: a slider that still moves asks again before it is over
_END: Final = object()

Alive = Callable[[], bool]


class Background:
    """One question at a time; a newer one cancels the older.

    Inside a running event loop (JupyterLab, Voila) the steps run on a thread, and what they yield is handed over in the
    loop, where widgets may be changed. Without one, as in a script, the question is answered before `ask` returns.
    """

    def __init__(self) -> None:
        self._number = 0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="kat-studio")
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(
        self,
        steps: Callable[[Alive], Iterator[Any]],
        take: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Start a question. `steps(alive)` yields answers, better and better, and looks at `alive()` in between; `take`
        is given each of them, `failed` what went wrong.
        """
        self._number += 1
        number = self._number
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            try:
                for found in steps(lambda: True):
                    take(found)
            except Exception as error:
                failed(error)
            return
        task = loop.create_task(self._run(number, steps, take, failed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Want no answer any more; the step that runs is the last one."""
        self._number += 1

    async def _run(
        self,
        number: int,
        steps: Callable[[Alive], Iterator[Any]],
        take: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        await asyncio.sleep(_PAUSE)
        answers = steps(lambda: number == self._number)
        try:
            while number == self._number:
                found = await asyncio.get_running_loop().run_in_executor(self._pool, next, answers, _END)
                if found is _END:
                    return
                if number == self._number:
                    take(found)
        except Exception as error:
            if number == self._number:
                failed(error)
