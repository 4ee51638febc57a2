"""Databases for tests: SQLite files, and a PostgreSQL of the test's own."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from toolkit.data.store import Store


def _binary(name):
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    assert found, "PostgreSQL is needed: apt-get install --no-install-recommends postgresql"
    return str(found)


class Server:
    """A PostgreSQL of one's own, that can be stopped and started again."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="kat-pg-"))
        other = {"user": "nobody"} if os.geteuid() == 0 else {}  # PostgreSQL does not run as root
        if other:
            shutil.chown(self.folder, "nobody")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._quiet = {"cwd": self.folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **other}
        words = ["-D", self.folder / "data", "-U", "kat", "-A", "trust", "-E", "UTF8"]
        subprocess.run([_binary("initdb"), *words], check=True, **self._quiet)
        self.address = f"postgresql+psycopg://kat@127.0.0.1:{self.port}/postgres"

    def start(self):
        """Start it, and wait until it answers."""
        words = ["-D", self.folder / "data", "-p", str(self.port), "-h", "127.0.0.1", "-k", self.folder]
        self.process = subprocess.Popen([_binary("postgres"), *words, "-c", "fsync=off"], **self._quiet)
        engine = create_engine(self.address)
        for _ in range(300):
            try:
                engine.connect().close()
                break
            except OperationalError:
                time.sleep(0.1)
        engine.dispose()

    def stop(self):
        """Stop it at once, whoever is connected."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


@contextmanager
def postgresql():
    """A server that lives as long as the block."""
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


class Sqlite:
    """SQLite files in a folder; the filled ones are copies of one."""

    def __init__(self, folder, team):
        self._folder, self._team, self._numbers, self._made = folder, team, itertools.count(), None

    def empty(self):
        """The address of a file that is not there yet."""
        return f"sqlite:///{self._folder}/team{next(self._numbers)}.db"

    def filled(self):
        """The address of a store of the team's own."""
        if self._made is None:
            self._made = self.empty()
            _take_in(self._made, self._team)
        url = self.empty()
        shutil.copy(self._made.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        return url


class Postgres:
    """Databases on a server; the filled ones are copies of one."""

    def __init__(self, address, team):
        self.address, self._team, self._numbers, self._made = address, team, itertools.count(), ""

    def empty(self, like=""):
        """The address of a new database without tables."""
        name = f"team{next(self._numbers)}"
        engine = create_engine(self.address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
        engine.dispose()
        return self.address.removesuffix("postgres") + name

    def filled(self):
        """The address of a store of the team's own."""
        if not self._made:
            self._made = self.empty()
            _take_in(self._made, self._team)
        return self.empty(like=self._made.rpartition("/")[2])


def _take_in(url, team):
    store = Store(url, "import", make=True)
    store.take_in(team)
    store.close()
