"""``agilekit connections init``: a connection in a new file, or one more in the file that is there.

`questions` finds out what the options do not say; the file is written by
`agilekit.connections.addition`.
"""

from __future__ import annotations

import shlex
from collections.abc import Container
from pathlib import Path
from typing import Final, Unpack

import click

from agilekit.cli.clients import connections_option
from agilekit.cli.connections.check import try_all
from agilekit.cli.connections.questions import SETTINGS_HELP, Answers, GivenSettings, can_ask
from agilekit.cli.options import Choice
from agilekit.cli.terminal import one_line, printable
from agilekit.connections import Connection, NoConnections, load
from agilekit.connections.addition import add_connection
from agilekit.connections.search import FILE, found_file, named_file, user_file
from agilekit.connections.table import ConnectionTable
from agilekit.errors import InvalidInput
from agilekit.services import SERVICES

__all__ = ["init"]

_PLACEHOLDERS: Final = {"base_url": "URL", "project": "ID", "user_id": "ID"}


def _settings_options(command: click.decorators.FC) -> click.decorators.FC:
    """An option for each setting that is no secret, with the services that have it."""
    for name, text in reversed(SETTINGS_HELP.items()):
        command = click.option(
            f"--{name.replace('_', '-')}", metavar=_PLACEHOLDERS.get(name, "NAME"), help=text
        )(command)
    return command


@click.command(short_help="Write a connection into a file.")
@click.option("--service", type=Choice(SERVICES), help="Which service it leads to.")
@click.option("--name", metavar="NAME", help="What to call the connection.  [default: work]")
@_settings_options
@click.option(
    "--secret-in",
    metavar="SOURCE",
    help="Where its secret is: env:NAME is a variable of the environment, file:PATH a file that "
    "holds nothing else, keyring:SERVICE/USER an entry of the keyring. With here, it is asked for, "
    "or read from standard input, and stands in the file.  [default: the variable that from_env() "
    "reads]",
)
@click.option("--allow-http", is_flag=True, help="Let the base URL be plain HTTP, unprotected.")
@connections_option("file")
@click.option("--user", is_flag=True, help="Write to the file of your settings, for all folders.")
def init(
    service: str | None,
    name: str | None,
    secret_in: str | None,
    allow_http: bool,
    file: str | None,
    user: bool,
    **settings: Unpack[GivenSettings],
) -> None:
    """Write a connection into a first file, or add it to the file that is there.

    On a terminal, it asks for what no option says. Nothing in the file is changed but for the lines
    that are added at its end, and no secret is written into it, unless you say --secret-in here.

    Without --connections, the file is the one that the other commands read, or a new agilekit.toml
    in this folder.
    """
    if user and file is not None:
        raise click.UsageError("--user and --connections exclude each other")
    path = _file(file, user=user)
    taken = _names_in(path, is_named=user or named_file(file) is not None)
    table = Answers(service, name, settings, secret_in, allow_http, taken).table()
    is_new = not path.exists()
    connection = _added(path, table)
    done = "Wrote {0}, with the connection {1}." if is_new else "Added the connection {1} to {0}."
    click.echo(one_line(done.format(path, connection.name)))
    _try(connection, table.secret, path)


def _file(named: str | None, *, user: bool) -> Path:
    if user:
        own = user_file()
        if own is None:
            raise click.UsageError("--user: nothing tells where your settings are: set HOME")
        return own
    return named_file(named) or found_file() or Path(FILE)


def _names_in(file: Path, *, is_named: bool) -> Container[str]:
    """The connections of the file. Raises InvalidInput if it cannot be read, or trusted."""
    try:
        return load(file if is_named else None)
    except NoConnections:
        return ()


def _added(file: Path, table: ConnectionTable) -> Connection:
    try:
        return add_connection(file, table)
    except InvalidInput as error:
        # What a person would write into the file is an option here.
        message = str(error).replace("allow_http = true", "--allow-http")
    raise InvalidInput(message)


def _try(connection: Connection, secret: str, file: Path) -> None:
    """Offers to try the connection if its secret is there; else tells what is missing."""
    command = ["agilekit", "connections", "check", connection.name]
    if (named_file(None) or found_file() or file).resolve() != file.resolve():
        command += ["--connections", str(file)]
    try:
        connection.client()
    except InvalidInput as error:
        *_, missing = str(error).rpartition(f"{secret}: ")
        click.echo(one_line(f"Its {secret} is not there yet: {missing}."))
    else:
        if can_ask() and click.confirm("Try it now?", default=True):
            try_all({connection.name: connection})
            return
    click.echo(printable(f"To try it: {shlex.join(command)}"))
