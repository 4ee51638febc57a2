"""The apps' server: Voila on this machine only, for whoever holds the token, nothing from anywhere else.

Five of Voila's defaults are not ours. Its template links fonts from a CDN: ours does not. Its kernels stay when a tab
is closed, since the farewell lacks a cross-site token: that check is off, our token stands for it, and idle kernels
end. It asks for no token: we always do. It loads every extension of JupyterLab: only the widgets' here. And it may
show source code in errors: it never does here.

For the apps of every day and the studio a kernel each runs before anybody asks for it, up to the cell that needs the
address; then the next one is started.
"""

import os
import secrets
import socket
import sys
import webbrowser
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Final

from toolkit.base.errors import InputError
from toolkit.base.places import PACKAGE, notebooks
from toolkit.language import check_language, say

HERE: Final = "127.0.0.1"
IDLE_SECONDS: Final = 1200  # a kernel that nobody has used for so long ends
TEMPLATES: Final = Path(__file__).resolve().parent / "jupyter"
_HEAT_AFTER: Final = 8  # seconds after a page was asked for: the next kernel must not slow that page down
HEATED: Final = (
    "war_room.ipynb",
    "desk.ipynb",
    "studio.ipynb",
)  # each waits in a kernel of its own, which takes memory
_WIDGETS: Final = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
)  # Voila's part of the widgets is an extension of its own


def arguments(
    port: int, *, host: str = HERE, idle_seconds: int = IDLE_SECONDS, heated: Collection[str] = HEATED
) -> list[str]:
    """What Voila is started with. The token is not here: it goes by the environment, which others cannot read.

    heated: the notebooks for which a kernel runs before anybody asks.

    Examples
    --------
    >>> "--Voila.ip=127.0.0.1" in arguments(8866)
    True
    """
    return [
        str(notebooks() / "apps"),
        f"--Voila.ip={host}",
        f"--port={port}",
        "--Voila.port_retries=0",
        "--no-browser",
        "--template=kat",
        "--classic_tree=True",
        "--Voila.log_level=40",
        "--Voila.auto_token=True",
        "--Voila.tornado_settings=disable_check_xsrf=True",
        "--show_tracebacks=False",
        "--VoilaConfiguration.allow_template_override=NO",
        "--VoilaConfiguration.allow_theme_override=NO",
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in _WIDGETS),
        "--VoilaConfiguration.file_allowlist=$^",
        f"--MappingKernelManager.cull_idle_timeout={idle_seconds}",
        f"--MappingKernelManager.cull_interval={min(60, idle_seconds)}",
        *(_heating(heated) if heated else ()),
        "--TagRemovePreprocessor.remove_cell_tags=lab-only",
    ]


def _heating(heated: Collection[str]) -> list[str]:
    cold = sorted(file.name for file in (notebooks() / "apps").glob("*.ipynb") if file.name not in heated)
    return [
        "--preheat_kernel=True",
        "--pool_size=1",
        f"--VoilaKernelManager.fill_delay={_HEAT_AFTER}",
        *(f"--VoilaKernelManager.preheat_denylist={name}" for name in cold),
    ]


def environment(
    source: str,
    language: str,
    token: str,
    parameters: str | None = None,
    base: Mapping[str, str] | None = None,
    users: str | None = None,
) -> dict[str, str]:
    """The environment of the server: where the data lie, the working folder, the language, the token, our template's
    folder.

    base: what it is added to; default: this process's own. users: a file of who may use what (base.identity).
    """
    known = dict(os.environ if base is None else base)
    jupyter, python = (filter(None, [known.get(name)]) for name in ("JUPYTER_PATH", "PYTHONPATH"))
    known |= {
        "KAT_DATA": source if "://" in source else os.path.abspath(source),
        "KAT_LANGUAGE": check_language(language),
        "KAT_FOLDER": os.getcwd(),
        "JUPYTER_TOKEN": token,
        "JUPYTER_PATH": os.pathsep.join([str(TEMPLATES), *jupyter]),
        "PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), *python]),  # a checkout need not be installed
    }
    if parameters:
        known["KAT_PARAMETERS"] = os.path.abspath(parameters)
    if users:
        known["KAT_USERS"] = os.path.abspath(users)
    return known


def address(port: int, token: str, *, host: str = HERE, language: str = "zh", app: str = "") -> str:
    """Where an app is, with its token; default: the home page.

    Examples
    --------
    >>> address(8866, "secret")
    'http://127.0.0.1:8866/voila/tree?language=zh&token=secret'
    >>> address(8866, "secret", app="desk.ipynb")
    'http://127.0.0.1:8866/voila/render/desk.ipynb?language=zh&token=secret'
    """
    place = f"render/{app}" if app else "tree"
    return f"http://{host}:{port}/voila/{place}?language={language}&token={token}"


def serve(
    source: str,
    port: int = 8866,
    language: str = "zh",
    browser: bool = True,
    *,
    host: str = HERE,
    token: str | None = None,
    parameters: str | None = None,
    users: str | None = None,
) -> None:
    """Serve the apps on `source`, in this process, until Ctrl+C.

    token: default a new one; it is part of the address that is printed and opened. parameters: a file of those in
    force. Raises InputError where Voila is not installed or the port is taken.
    """
    if find_spec("voila") is None:
        raise InputError(say("cli.no_voila", language))
    _check_free(host, port, language)
    token = token or secrets.token_urlsafe(16)
    where = address(port, token, host=host, language=language)
    print(say("cli.serving", language, address=where), file=sys.stderr, flush=True)
    if browser:
        opening = Timer(3, webbrowser.open, [where])
        opening.daemon = True
        opening.start()
    os.environ.update(environment(source, language, token, parameters, users=users))
    from toolkit.apps.server import Apps

    Apps.launch_instance(argv=arguments(port, host=host))


def _check_free(host: str, port: int, language: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise InputError(say("apps.port_taken", language, port=port)) from None
