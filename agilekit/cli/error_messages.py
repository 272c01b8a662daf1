"""Errors of the library in the words of the command line: options and variables, not arguments.

| the library says | the command says |
|---|---|
| ``settle_after must be …``, of an option of the command | ``--settle-after must be …`` |
| ``allow_http=True``, of an option of the command | ``--allow-http`` |
| ``allow_http=True``, of anything else | ``allow_http = true`` in the file of connections |
| ``FlyingDonut(…, username='jane.smith')`` | the variable, and the key in the file |
| ``board must …``, of a client that variables make | ``AGILEKIT_FLOW_BOARD: board must …`` |
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import click

from agilekit.cli.terminal import one_line, printable
from agilekit.connections import NoConnections
from agilekit.connections.messages import in_toml
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.lookup import Unresolved
from agilekit.services import SERVICES

__all__ = ["in_options", "message_of", "variables_named"]

_FIRST: Final = re.compile(r"[a-z_]+(?![.\w/\\-])")
_TRUE: Final = re.compile(r"\b([a-z_]+)=True\b")
_CLIENT: Final = re.compile(r"\b([A-Z]\w+)\(…, ([a-z_]+)=[^)]*\)")
_IN_THE_FILE: Final = "{} in the file of connections"
_WITHOUT_A_FILE: Final = """\

Without a file, name a service in the place of a connection, and set its variables:
AGILEKIT_KANBANTOOL_ACCOUNT and AGILEKIT_KANBANTOOL_TOKEN are those of kanbantool."""
_SETTING_OF_ARGUMENT: Final = {"project_id": "project"}


def message_of(error: AgilekitError, command: click.Command | None) -> str:
    """An error as the command prints it: on one line, unless it shows a file."""
    if isinstance(error, NoConnections):
        # `agilekit connections` is about the file, and takes no name of a service.
        is_about_it = command is not None and command.name == "connections"
        text = str(error) if is_about_it else f"{error}\n{_WITHOUT_A_FILE}"
        return "\n".join(map(printable, text.split("\n")))
    if not isinstance(error, InvalidInput) or isinstance(error, Unresolved):
        return one_line(str(error))  # it may hold the words of a server, which stay as they are
    options = _options(command)

    def flag(found: re.Match[str]) -> str:
        return options.get(found[1]) or _IN_THE_FILE.format(in_toml(found[0]))

    message = _CLIENT.sub(_setting, _TRUE.sub(flag, str(error)))
    return one_line(in_options(message, command))


def in_options(message: str, command: click.Command | None) -> str:
    """A message that begins with an argument, with the command's option in its place."""
    options, first = _options(command), _FIRST.match(message)
    if first is None or first[0] not in options:
        return message
    return f"{options[first[0]]}{message[first.end() :]}"


@contextmanager
def variables_named(service: str) -> Generator[None]:
    """A client is made inside from variables; what is wrong with one is said of the variable."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(_of_variables(service, str(error))) from None


def _of_variables(service: str, message: str) -> str:
    first = _FIRST.match(message)
    if first is None:
        return message
    try:
        setting = _SETTING_OF_ARGUMENT.get(first[0], first[0])
        return f"{SERVICES[service].settings.variable(setting)}: {message}"
    except KeyError:  # the message begins with another word
        return message


def _setting(found: re.Match[str]) -> str:
    variable = f"AGILEKIT_{found[1].upper()}_{found[2].upper()}"
    return f"set {variable}, or {found[2]} in the file of connections"


def _options(command: click.Command | None) -> dict[str, str]:
    """The options of a command, or of all that a group has, by the arguments that they set."""
    if command is None:
        return {}
    if isinstance(command, click.Group):
        parts = map(_options, command.commands.values())
        return {name: option for part in parts for name, option in part.items()}
    found = [one for one in command.params if isinstance(one, click.Option)]
    return {one.name: one.opts[0] for one in found if one.name}
