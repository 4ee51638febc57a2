"""Databases for tests: SQLite files, and a PostgreSQL of the test's own."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


def _binary(name):
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    assert found, "PostgreSQL is needed: apt-get install --no-install-recommends postgresql"
    return str(found)


@contextmanager
def postgresql():
    """The address of an empty database on a server that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="kat-pg-"))
    other = {"user": "nobody"} if os.geteuid() == 0 else {}  # PostgreSQL does not run as root
    if other:
        shutil.chown(folder, "nobody")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **other}
    subprocess.run(
        [_binary("initdb"), "-D", folder / "data", "-U", "kat", "-A", "trust", "-E", "UTF8"], check=True, **quiet
    )
    options = ["-D", folder / "data", "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"]
    server = subprocess.Popen([_binary("postgres"), *options], **quiet)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(0.5)
        yield f"postgresql+psycopg://kat@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
