"""The file that connections are read from, and the files that it includes.

It is TOML, with a table for each connection below ``connections``, and one for each named target of
exports below ``targets``. ``include`` names more such files, by patterns that begin at its folder.
What is wrong in one of them is found when it is read, and said with the file and the name of the
connection; no value that may be a secret is repeated.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from glob import glob
from pathlib import Path
from shlex import quote
from typing import Final, TypeVar, cast

from agilekit.connections.connection import Connection
from agilekit.connections.messages import in_toml, shown
from agilekit.connections.search import (
    VARIABLE,
    check_trusted,
    found_file,
    named_file,
    searched,
)
from agilekit.connections.secrets import Secret
from agilekit.connections.target_address import TargetAddress
from agilekit.environment import optional
from agilekit.errors import InvalidInput
from agilekit.services import SERVICES
from agilekit.suggestions import did_you_mean

__all__ = [
    "NoConnections",
    "connections_in",
    "load",
    "load_targets",
    "located",
    "may_be_plain",
]

T = TypeVar("T")

_PLAIN: Final = "secrets_in_this_file"
_INCLUDE: Final = "include"
_AT_THE_TOP: Final = ("connections", _INCLUDE, "targets", _PLAIN)
_MOST_LEVELS: Final = 16  # of files that include each other
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

    Those of the files that it includes follow, in the order of its patterns and of their names.

    path: the file; by default what ``AGILEKIT_CONNECTIONS`` names, or else the first
        ``agilekit.toml`` in the working folder, in the folders above it as far as the home folder,
        and in the folder ``agilekit`` of the user's settings (``~/.config``). One that is found
        so must not belong to another user, nor be one that others may write.

    Raises InvalidInput if there is no such file, and for whatever in it cannot be right.
    """
    found = _loaded(path, _connections, "connection")
    if not found:
        raise NoConnections(
            f"{located(path)}: it has no connections. One looks like this:\n{_EXAMPLE}"
        )
    return found


def load_targets(path: str | os.PathLike[str] | None = None) -> dict[str, TargetAddress]:
    """Reads the targets of exports that a file names, in their order. No secret is looked up.

    path: as for `load`.

    Raises InvalidInput as `load` does; it may be that the file names none.
    """
    return _loaded(path, _targets, "target")


def located(path: str | os.PathLike[str] | None = None) -> Path:
    """The file that `load` reads. Raises NoConnections if none is named and none is found."""
    file = named_file(path) or found_file()
    if file is None:
        raise NoConnections(f"there is no file of connections: {searched()}. {_write_one()}")
    return file


def connections_in(text: str, file: Path) -> dict[str, Connection]:
    """Those of the file itself if this were its text. Raises InvalidInput."""
    return _connections(_parsed(text, file), file)


def may_be_plain(text: str, file: Path) -> bool:
    """Whether the file says that it holds secrets itself, if this is its text."""
    return _may_be_plain(_parsed(text, file))


def _loaded(
    path: str | os.PathLike[str] | None,
    found_in: Callable[[Mapping[str, object], Path], dict[str, T]],
    kind: str,
) -> dict[str, T]:
    """What a file has of a kind, and those that it includes."""
    is_named = named_file(path) is not None
    found: dict[str, T] = {}
    file_of: dict[str, Path] = {}
    for file, content in _all_of(located(path), (), set(), is_named=is_named):
        try:
            own = found_in(content, file)
        except NoConnections:
            raise
        except InvalidInput as error:
            raise InvalidInput(f"{file}: {error}") from None
        for name, one in own.items():
            if found.setdefault(name, one) is not one:
                raise InvalidInput(
                    f"{file}: {kind}s.{name}: {file_of[name]} has a {kind} of this name"
                )
            file_of[name] = file
    return found


def _all_of(
    file: Path, above: tuple[Path, ...], done: set[Path], *, is_named: bool
) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """The contents of a file, and of those that it includes.

    above: the files that lead to it. done: the files that were read.
    is_named: by the caller, by the variable, or by the file that includes it.
    """
    here = Path(os.path.realpath(file))  # Path.resolve raises RuntimeError for a loop of links
    if here in above:
        raise InvalidInput(f"{above[-1]}: {_INCLUDE}: {file} includes it, or is the same file")
    if len(above) == _MOST_LEVELS:
        raise InvalidInput(f"{above[-1]}: {_INCLUDE}: more than {_MOST_LEVELS} files in a row")
    if here in done:
        return
    done.add(here)
    content = _parsed(_text(file, is_named=is_named), file)
    yield file, content
    try:
        included = [*_included(content, file)]
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}") from None
    for one in included:
        yield from _all_of(one, (*above, here), done, is_named=True)


def _included(content: Mapping[str, object], file: Path) -> Iterator[Path]:
    """The files that a file includes. Raises InvalidInput for a pattern that names none."""
    patterns = content.get(_INCLUDE, [])
    if not isinstance(patterns, list) or not all(
        isinstance(one, str) and one and "\0" not in one for one in cast("list[object]", patterns)
    ):
        raise InvalidInput(
            f'{_INCLUDE} must be a list of files or patterns, such as ["teams/*.toml"]'
        )
    for pattern in cast("list[str]", patterns):
        # Not by Path.glob, which takes no absolute pattern.
        found = sorted(glob(pattern, root_dir=file.parent, recursive=True))  # noqa: PTH207
        if not found:
            raise InvalidInput(f"{_INCLUDE}: there is no file {shown(pattern)} in {file.parent}")
        yield from (file.parent / one for one in found)


def _parsed(text: str, file: Path) -> dict[str, object]:
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


def _text(file: Path, *, is_named: bool) -> str:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            if not is_named:
                check_trusted(file, stream.fileno())
            return stream.read()
    except FileNotFoundError:
        is_usual = optional(VARIABLE) == str(file)
        option = "" if is_usual else f" --connections {quote(str(file))}"
        raise NoConnections(
            f"there is no file of connections {file}. {_write_one(option)}"
        ) from None
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not text in UTF-8") from None


def _write_one(option: str = "") -> str:
    return f"`agilekit connections init{option}` writes one, such as:\n{_EXAMPLE}"


def _connections(content: Mapping[str, object], file: Path) -> dict[str, Connection]:
    plain = _may_be_plain(content)
    given = content.get("connections", {})
    if not isinstance(given, dict):
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
    if unknown := sorted(content.keys() - {*_AT_THE_TOP}):
        meant = did_you_mean(unknown[0], _AT_THE_TOP)
        raise InvalidInput(f"unknown key at the top: {', '.join(unknown)}{meant}")
    plain = content.get(_PLAIN, False)
    if not isinstance(plain, bool):
        raise InvalidInput(f"{_PLAIN} must be true or false")
    return plain
