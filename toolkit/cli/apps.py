"""`kat apps | user`: the apps in the browser, and who may use them."""

from typing import Annotated

import typer

from toolkit.base.errors import InputError
from toolkit.base.places import sample_or
from toolkit.cli.common import Data, Debug, Language, Settings, app, chosen_parameters, echo, exit_codes, help_of
from toolkit.language import say


@app.command("apps", help=help_of("apps"))
def apps_command(
    data: Data = None,
    parameters: Settings = None,
    users: Annotated[str | None, typer.Option("--users", help=help_of("users"), metavar="FILE")] = None,
    port: Annotated[int, typer.Option("--port", help=help_of("port"))] = 8866,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=help_of("browser"))] = True,
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """The apps, served by Voila on this machine."""
    with exit_codes(language, debug):
        chosen_parameters(parameters, None, language)
        source = sample_or(data, say("cli.no_data", language))
        from toolkit.apps.serve import serve

        if users:
            from toolkit.base.identity import BadUsers
            from toolkit.base.identity import users as read_users

            try:
                read_users(users)
            except BadUsers as error:
                raise InputError(say("apps.bad_users", language, file=users, why=str(error))) from None
        serve(source, port, language, browser, parameters=parameters, users=users)


@app.command("user", help=help_of("user"))
def user_command(
    name: Annotated[str, typer.Argument(help=help_of("user_name"), metavar="NAME")],
    role: Annotated[str, typer.Option("--role", help=help_of("role"), metavar="director|manager|strategy|rep")] = "rep",
    rep: Annotated[str, typer.Option("--rep", help=help_of("user_rep"), metavar="ID")] = "",
    language: Language = "zh",
    debug: Debug = False,
) -> None:
    """A new key for somebody, and the line for the file of users."""
    with exit_codes(language, debug):
        import secrets

        from toolkit.base.identity import ROLES, digest

        if role not in ROLES or (role == "rep" and not rep):
            raise InputError(say("apps.bad_role", language, roles=", ".join(ROLES)))
        key = secrets.token_urlsafe(24)
        whole = f"{{name: {name}, role: {role}, rep_id: {rep}, key_sha256: {digest(key)}}}"
        echo(say("apps.key", language, secret=key))
        echo(f"  - {whole}")
