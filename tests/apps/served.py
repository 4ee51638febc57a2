"""The apps served by Voila, and what a test does in a tab."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from toolkit.apps.serve import HERE, address, arguments, environment

TOKEN = "for-this-test"
STUDIO = "studio.ipynb"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SOON = 120_000  # ms; the longest wait on a machine that is busy


class Server:
    """A Voila of the apps in a process of its own."""

    def __init__(self, data, folder, idle_seconds=600, heated=(STUDIO,), users=None):
        with socket.socket() as free:
            free.bind((HERE, 0))
            self.port = free.getsockname()[1]
        given = arguments(self.port, idle_seconds=idle_seconds, heated=heated or ())
        command = [sys.executable, "-m", "toolkit.apps.server", *given]
        known = environment(str(data), "zh", TOKEN, users=users) | {"KAT_FOLDER": str(folder)}
        self.process = subprocess.Popen(command, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://{HERE}:{self.port}"
        deadline = time.monotonic() + 240  # a machine that is busy
        while self.status("/voila/static/nothing") is None and time.monotonic() < deadline:
            time.sleep(0.2)

    def status(self, path):
        """The status of a request; None where nobody answers."""
        try:
            return urllib.request.urlopen(self.base + path, timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def page(self, language="zh", app=STUDIO):
        return address(self.port, TOKEN, language=language, app=app)

    def kernels(self):
        """How many kernels run: processes whose parent is the server."""
        return len(self.kernel_pids())

    def kernel_pids(self):
        """The kernels' process ids."""
        ps = ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)]
        lines = subprocess.run(ps, capture_output=True, text=True).stdout.splitlines()
        return [int(line.split()[0]) for line in lines if "ipykernel" in line]

    def settled(self, kernels=1, soon=60):
        """Wait until so many kernels run: by default, the one that is heated for whoever comes next."""
        deadline = time.monotonic() + soon
        while self.kernels() != kernels and time.monotonic() < deadline:
            time.sleep(0.3)
        return self.kernels()

    def end(self):
        """End it, and its kernels with it."""
        self.process.terminate()
        self.process.wait(30)


def says(tab, words, where=".verdict h2"):
    """Wait until the headline holds the words."""
    tab.locator(where, has_text=words).first.wait_for(timeout=SOON)


def stands(tab, name, value):
    """Wait until a slider stands at a value."""
    tab.locator(f'[role="slider"][aria-label="{name}"][aria-valuenow="{value}"]').wait_for(timeout=SOON)


def move(tab, name, key, times):
    """Move a slider with the keyboard."""
    tab.get_by_role("slider", name=name).focus()
    for _ in range(times):
        tab.keyboard.press(key)
