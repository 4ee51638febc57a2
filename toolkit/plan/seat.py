"""A seat: one warm kernel in which one notebook after another is run by papermill.

A kernel of its own for each report would spend two or three seconds on starting and importing. A seat's kernel is
kept, emptied after each report, and put away when anything went wrong in it or it has made enough of them. A notebook
of one's own always gets a fresh kernel, which is put away after it.
"""

import contextlib
import contextvars
import copy
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any, Final

_REPORTS_A_KERNEL: Final = 50  # what libraries keep for themselves grows slowly
_RESET: Final = "get_ipython().reset(new_session=True)"
_ARGUMENTS: Final = ("--HistoryManager.hist_file=:memory:",)
_START_SECONDS: Final = 120


class Seat:
    """One kernel, started when it is needed, and what is run in it."""

    def __init__(self) -> None:
        self._kernel: Any = None
        self._context = contextvars.Context()
        self._sockets = self._cwd = ""
        self._used = 0

    def run(self, *given: Any) -> None:
        """As `_run`, in a context of the seat's own.

        Jupyter keeps its event loop in the context. Dask gives its threads copies of one context, so that two of them
        would run one loop, which only one can.
        """
        self._context.run(self._run, *given)

    def _run(self, pages: Any, target: Path, values: dict[str, Any], cwd: str, timeout: int, after: str) -> None:
        """Run a notebook (its cells) with values into a file, then `after` in the same kernel.

        Raises papermill's PapermillExecutionError where a cell fails, AfterError where `after` does, and nbclient's
        errors for a cell that takes too long and a kernel that dies. Of each the notebook is saved, the error marked.
        """
        import papermill

        _register()
        try:
            papermill.execute_notebook(
                pages,
                str(target),
                parameters=values,
                engine_name=_ENGINE,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                start_timeout=_START_SECONDS,
                execution_timeout=timeout,
                kernel=self._started(cwd),
                after=after,
                target=target,
            )
        except BaseException:
            self.close()
            raise
        self._used += 1
        if self._used >= _REPORTS_A_KERNEL:
            self.close()

    def close(self) -> None:
        """Put the kernel away; the next report gets a fresh one."""
        kernel, self._kernel, self._used = self._kernel, None, 0
        if kernel is not None:
            from jupyter_core.utils import run_sync

            with contextlib.suppress(Exception):
                run_sync(kernel.shutdown_kernel)(now=True)
            if self._sockets:
                shutil.rmtree(self._sockets, ignore_errors=True)

    def _started(self, cwd: str) -> Any:
        if self._cwd != cwd:
            self.close()
        if self._kernel is None:
            from jupyter_client import AsyncKernelManager
            from jupyter_core.utils import run_sync

            kernel = AsyncKernelManager(kernel_name="python3")
            if os.name != "nt":  # sockets in a folder of our own: nothing of it can be reached over the network
                self._sockets = tempfile.mkdtemp(prefix="kat-")
                kernel.transport, kernel.ip = "ipc", str(Path(self._sockets) / "kernel")
            run_sync(kernel.start_kernel)(extra_arguments=list(_ARGUMENTS), cwd=cwd)
            self._kernel, self._cwd = kernel, cwd
        return self._kernel


class AfterError(RuntimeError):
    """What was to be done after the notebook failed in the kernel: the error's name, its words, its traceback."""

    def __init__(self, name: str, words: str, traceback: str) -> None:
        super().__init__(f"{name}: {words}")
        self.name, self.words, self.traceback = name, words, traceback


_ENGINE: Final = "kat"


def _register() -> None:
    """Make papermill know the engine that runs a notebook in a kernel which is there already."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import Engine, papermill_engines

    if _ENGINE in papermill_engines._engines:
        return

    class WarmEngine(Engine):
        """papermill's own client, on a kernel that outlives the notebook."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **given: Any) -> None:
            client = PapermillNotebookClient(
                nb_man,
                km=given["kernel"],
                kernel_name=kernel_name,
                timeout=given["execution_timeout"],
                startup_timeout=given["start_timeout"],
            )
            try:
                client.execute()
                failed = any(cell.metadata.get("papermill", {}).get("exception") for cell in nb_man.nb.cells)
                for line in () if failed else (given["after"], _RESET):
                    _do(client, line)
            except Exception as error:
                _save_marked(copy.deepcopy(nb_man.nb), given["target"], error)
                raise
            finally:
                if client.kc is not None:
                    client.kc.stop_channels()

    papermill_engines.register(_ENGINE, WarmEngine)


def _save_marked(pages: Any, target: Path, error: Exception) -> None:
    """Save what there is of a notebook, with the error on top as papermill marks those of its cells."""
    import nbformat
    from papermill.execute import ERROR_MARKER_TAG

    words = "\n".join(f"    {line}" for line in str(error).splitlines())
    cell = nbformat.v4.new_markdown_cell(f"**{type(error).__name__}**\n\n{words}")
    cell.metadata["tags"] = [ERROR_MARKER_TAG]
    pages.cells.insert(0, cell)
    with contextlib.suppress(OSError):  # where there is no room, the error itself is what matters
        nbformat.write(pages, target)


def _do(client: Any, line: str) -> None:
    """A line in the kernel, outside the notebook. AfterError where it fails."""
    if not line:
        return
    reply = client.wait_for_reply(client.kc.execute(line, silent=True, store_history=False))["content"]
    if reply["status"] != "ok":
        raise AfterError(reply.get("ename", ""), reply.get("evalue", ""), "\n".join(reply.get("traceback", ())))


STOPPING: Final = threading.Event()  # the run is being broken off: what fails now is not tried again
_mine = threading.local()
_all: list[Seat] = []
_lock = threading.Lock()


def seat_of_thread() -> Seat:
    """The seat of the present thread: it stays warm from one report to the next."""
    if not hasattr(_mine, "seat"):
        _mine.seat = Seat()
        with _lock:
            _all.append(_mine.seat)
    return _mine.seat


def close_seats() -> None:
    """Put away all kernels of this process."""
    with _lock:
        for seat in _all:
            seat.close()
