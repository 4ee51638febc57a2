"""Voila as the apps need it: closed throughout, and with a home page of its own that needs no kernel.

Voila's own handlers let anybody have their scripts, styles and themes, and open the socket by which a heated kernel
learns who asks. Here every path asks for the token, or for the cookie that whoever showed it was given; the socket is
for kernels of this server, which know their own id.
"""

from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from toolkit.apps.home import home
from toolkit.apps.serve import TEMPLATES

Handlers = list[tuple[Any, ...]]


class Apps(Voila):
    """The server of the apps."""

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings; what is not asked for a token says so, and the page without one is ours."""
        settings: dict[str, Any] = super().init_settings()
        pages = settings["jinja2_env"]
        pages.loader = ChoiceLoader([FileSystemLoader(str(TEMPLATES / "voila" / "templates" / "kat")), pages.loader])
        return settings | {"allow_unauthenticated_access": False}

    def init_handlers(self) -> Handlers:
        """Voila's handlers, each closed, with our home page in the place of its list of files."""
        return [(pattern, _ours(kind), *rest) for pattern, kind, *rest in super().init_handlers()]


class Home(JupyterHandler):
    """The home page."""

    def initialize(self, **_: Any) -> None:
        """Voila's own arguments are not needed."""

    @web.authenticated
    async def get(self, path: str = "") -> None:
        """The page, for whom the address's key names."""
        asked = {name: self.get_arguments(name)[-1] for name in self.request.arguments}
        self.set_header("Cache-Control", "no-store")
        self.finish(await self._made(asked))

    async def _made(self, asked: dict[str, str]) -> str:
        """The page, off the loop: a database may take its time to answer."""
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, home, asked)


def _ours(kind: type) -> type:
    """The handler in the place of Voila's."""
    if issubclass(kind, TornadoVoilaTreeHandler):
        return Home
    if issubclass(kind, JupyterHandler) and not issubclass(kind, web.StaticFileHandler):
        return kind  # its own `prepare` asks for the token
    return type(f"Closed{kind.__name__}", (_Closed, kind), {})


class _Closed(web.RequestHandler):
    """A file or a socket, for whoever shows the token, or the cookie that the token was changed for."""

    def prepare(self) -> Any:
        """Refuse everybody else."""
        provider = self.settings["identity_provider"]
        cookie = self.get_signed_cookie(provider.get_cookie_name(self))
        if cookie or provider.get_token(self) == provider.token or self._a_kernel():
            return super().prepare()
        raise web.HTTPError(403)

    def _a_kernel(self) -> bool:
        """Whether it is a heated kernel that waits for its request: only a kernel knows its id."""
        known = self.settings["kernel_manager"]
        return isinstance(self, RequestInfoSocketHandler) and self.path_kwargs.get("kernel_id") in known


main = Apps.launch_instance

if __name__ == "__main__":
    main()
