"""Voila on this machine: the apps for whoever holds the token, nothing from anywhere else."""

import os
import secrets
import subprocess
import sys
import webbrowser
from importlib.util import find_spec
from threading import Timer
from typing import Final

from toolkit.base.errors import InputError
from toolkit.base.places import notebooks
from toolkit.language import say

IDLE_SECONDS: Final = 1200  # a kernel that nobody has used for so long ends


def command(port: int, token: str) -> list[str]:
    """The command line of Voila: loopback only, a token, kernels that end, no extension but the widgets'."""
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebooks() / "apps"),
        "--Voila.ip=127.0.0.1",
        f"--port={port}",
        "--no-browser",
        f"--token={token}",
        "--Voila.tornado_settings={'disable_check_xsrf': True}",
        f"--MappingKernelManager.cull_idle_timeout={IDLE_SECONDS}",
        "--MappingKernelManager.cull_interval=60",
        "--VoilaConfiguration.extension_allowlist=['@jupyter-widgets/jupyterlab-manager']",
    ]


def serve(source: str, port: int, language: str, browser: bool) -> None:
    """Serve the apps on `source` until Ctrl+C. Raises InputError where Voila is not installed."""
    if find_spec("voila") is None:
        raise InputError(say("cli.no_voila", language))
    token = secrets.token_urlsafe(16)
    address = f"http://127.0.0.1:{port}/?token={token}"
    print(say("cli.serving", language, address=address), file=sys.stderr, flush=True)
    if browser:
        Timer(3, webbrowser.open, [address]).start()
    environment = {**os.environ, "KAT_DATA": os.path.abspath(source), "KAT_LANGUAGE": language}
    try:
        subprocess.run(command(port, token), env=environment, check=False)
    except KeyboardInterrupt:
        return
