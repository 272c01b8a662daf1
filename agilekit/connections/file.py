"""The file that connections are read from.

It is TOML, with a table for each connection below ``connections``, and one for each named target of
exports below ``targets``. What is wrong in it is found
when it is read, and said with the file and the name of the connection; no value that may be a
secret is repeated.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, cast

from agilekit.connections.connection import Connection
from agilekit.connections.messages import in_toml
from agilekit.connections.secrets import Secret
from agilekit.connections.target_address import TargetAddress
from agilekit.environment import optional
from agilekit.errors import InvalidInput
from agilekit.services import SERVICES
from agilekit.suggestions import did_you_mean

__all__ = ["NoConnections", "load", "load_targets"]

T = TypeVar("T")

_FILE: Final = "agilekit.toml"
_VARIABLE: Final = "AGILEKIT_CONNECTIONS"
_PLAIN: Final = "secrets_in_this_file"
_TOP: Final = ("connections", "targets", _PLAIN)
_MOST_DOTS: Final = 5000  # of a line: no connection needs more than a few
_EXAMPLE: Final = """
[connections.work]
service = "kanbantool"
account = "mycompany"
token = { env = "AGILEKIT_KANBANTOOL_TOKEN" }"""


class NoConnections(InvalidInput):
    """There is no file of connections, or none in it. Its message, on several lines, shows one."""


def load(path: str | os.PathLike[str] | None = None) -> dict[str, Connection]:
    """Reads the connections of a file, by name, in their order. No secret is looked up.

    path: the file; by default what ``AGILEKIT_CONNECTIONS`` names, or else ``agilekit.toml`` in the
        current folder.

    Raises InvalidInput if there is no such file, and for whatever in it cannot be right.
    """
    return _loaded(path, _connections)


def load_targets(path: str | os.PathLike[str] | None = None) -> dict[str, TargetAddress]:
    """Reads the targets of exports that a file names, in their order. No secret is looked up.

    path: as for `load`.

    Raises InvalidInput as `load` does; it may be that the file names none.
    """
    return _loaded(path, _targets)


def _loaded(
    path: str | os.PathLike[str] | None,
    found_in: Callable[[Mapping[str, object], Path], dict[str, T]],
) -> dict[str, T]:
    file = Path(path or optional(_VARIABLE) or _FILE)
    content = _read(file)
    try:
        return found_in(content, file)
    except NoConnections:
        raise
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}") from None


def _read(file: Path) -> dict[str, object]:
    text = _text(file)
    # What TOML's reader keeps of a key grows with the square of its parts.
    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise InvalidInput(f"{file} is nested too deep to be read")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file} is not TOML: {in_toml(str(error))}") from None
    except RecursionError:
        raise InvalidInput(f"{file} is nested too deep to be read") from None
    except ValueError:
        # What TOML's reader leaves to Python: dates that are none, and very long numbers.
        raise InvalidInput(f"{file} holds a number or a date that is out of range") from None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise NoConnections(
            f"there is no file of connections {file}. It looks like this:\n{_EXAMPLE}"
        ) from None
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not text in UTF-8") from None


def _connections(content: Mapping[str, object], file: Path) -> dict[str, Connection]:
    plain = _may_be_plain(content)
    given = content.get("connections")
    if not isinstance(given, dict) or not given:
        raise NoConnections(f"{file}: it has no connections. One looks like this:\n{_EXAMPLE}")
    # The command line takes a service's name for its variables.
    if taken := SERVICES.keys() & given.keys():
        raise InvalidInput(f"a connection cannot be called {min(taken)}, the name of a service")
    tables = cast("dict[str, object]", given)
    return _each("connections", tables, partial(Connection.read, file=str(file)), file, plain)


def _targets(content: Mapping[str, object], file: Path) -> dict[str, TargetAddress]:
    plain = _may_be_plain(content)
    given = content.get("targets", {})
    if not isinstance(given, dict):
        raise InvalidInput("targets must be a table")
    tables = cast("dict[str, object]", given)
    return _each("targets", tables, partial(TargetAddress.read, file=str(file)), file, plain)


def _each(
    kind: str,
    given: Mapping[str, object],
    read: Callable[[str, Mapping[str, object], Callable[[str, object], Secret]], T],
    file: Path,
    may_be_plain: bool,
) -> dict[str, T]:
    secret_of = partial(Secret.read, folder=file.parent, may_be_plain=may_be_plain)
    found: dict[str, T] = {}
    for name, table in given.items():
        if not isinstance(table, dict):
            raise InvalidInput(f"{kind}.{name} must be a table")
        try:
            found[name] = read(name, cast("dict[str, object]", table), secret_of)
        except InvalidInput as error:
            raise InvalidInput(f"{kind}.{name}: {error}") from None
    return found


def _may_be_plain(content: Mapping[str, object]) -> bool:
    """Whether the file says that it holds secrets itself. Raises InvalidInput for unknown keys."""
    if unknown := sorted(content.keys() - {*_TOP}):
        meant = did_you_mean(unknown[0], _TOP)
        raise InvalidInput(f"unknown key at the top: {', '.join(unknown)}{meant}")
    plain = content.get(_PLAIN, False)
    if not isinstance(plain, bool):
        raise InvalidInput(f"{_PLAIN} must be true or false")
    return plain
