"""Who makes the reports: threads of this process, each with its own warm kernel, or the workers of a Dask cluster.

A kernel is a process of its own, which does all the computing, so a thread that feeds it is enough for each worker.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Final

from toolkit.base.errors import InputError
from toolkit.language import say
from toolkit.plan.make import make
from toolkit.plan.order import Order, Outcome
from toolkit.plan.seat import STOPPING, close_seats

PATIENCE: Final = "10s"  # with a cluster that does not answer
Maker = Callable[[Iterable[Order]], Iterator[tuple[Order, Outcome]]]


def here(workers: int, work: Callable[[Order], Outcome] = make) -> Maker:
    """On this machine, so many at a time; each outcome as soon as it is there."""

    def made(orders: Iterable[Order]) -> Iterator[tuple[Order, Outcome]]:
        with ThreadPoolExecutor(workers, thread_name_prefix="kat") as threads:
            STOPPING.clear()
            waiting = {threads.submit(work, order): order for order in orders}
            try:
                for future in as_completed(waiting):
                    yield waiting[future], future.result()
            except BaseException:  # Ctrl-C, say: kernels are put away, nobody waits for a next try
                STOPPING.set()
                raise
            finally:
                threads.shutdown(wait=False, cancel_futures=True)
                close_seats()

    return made


def on_cluster(address: str, language: str, work: Callable[[Order], Outcome] = make) -> Maker:
    """On a Dask cluster: its workers see the same folders and have the same toolkit, parameters and secret.

    Raises InputError where the extra is not installed or nobody answers at the address.
    """
    try:
        from distributed import Client
        from distributed import as_completed as as_finished
    except ImportError:
        raise InputError(say("plan.no_dask", language)) from None
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        why = str(error).splitlines()[0]
        raise InputError(say("plan.no_cluster", language, address=address, why=why)) from None

    def made(orders: Iterable[Order]) -> Iterator[tuple[Order, Outcome]]:
        asked = list(orders)
        try:
            futures = [client.submit(work, order, pure=False, retries=1) for order in asked]
            waiting = {future.key: order for future, order in zip(futures, asked, strict=True)}
            for future in as_finished(futures):
                order = waiting[future.key]
                if future.status == "finished":
                    yield order, future.result()
                else:
                    why = f"{type(future.exception()).__name__}: {future.exception()}".splitlines()[0]
                    yield order, Outcome("failed", {}, say("plan.worker_lost", order.language, why=why))
        finally:
            with contextlib.suppress(Exception):
                client.run(close_seats)
            client.close()

    return made
