"""One more connection in a file, which keeps whatever else is in it, or in a new file.

The table is appended: comments, order and line ends stay as somebody wrote them. It is read before
it is written, as part of the whole file, and once more when it stands there.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agilekit.connections.connection import Connection
from agilekit.connections.file import NoConnections, connections_in, load, may_be_plain
from agilekit.connections.table import ConnectionTable
from agilekit.errors import InvalidInput

__all__ = ["add_connection", "new_file"]

_HEAD: Final = (
    "# Connections of agilekit, each by its name. To try them: agilekit connections check\n"
)
_PLAIN: Final = "secrets_in_this_file = true  # so nobody else may read it\n"
_FOR_THE_USER: Final = 0o600
_FOR_READERS: Final = 0o644


def add_connection(file: Path, table: ConnectionTable) -> Connection:
    """Adds the connection to the file, which is made if it is not there, and reads it again.

    Raises InvalidInput if the file has a connection of this name or cannot be read, if it is not to
    hold a secret or others may read it, and for settings that cannot be right.
    """
    if not file.exists():
        new_file(file, _HEAD, [table])
    else:
        _append(file, table)
    return load(file)[table.name]


def new_file(file: Path, head: str, tables: Iterable[ConnectionTable]) -> bytes:
    """Writes a file that was not there, and gives what is in it. Raises InvalidInput.

    head: comments, on lines of their own.
    """
    tables = [*tables]
    holds_secret = any(table.source == "plain" for table in tables)
    begin = f"{head}{_PLAIN if holds_secret else ''}"
    text = "\n".join([begin, *(table.text() for table in tables)])
    for table in tables:
        _check(text, table, file)
    content = text.encode()
    with _writable(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        mode = _FOR_THE_USER if holds_secret else _FOR_READERS
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
        except OSError:  # the half of a file is none
            file.unlink()
            raise
    return content


def _append(file: Path, table: ConnectionTable) -> None:
    try:
        known = load(file)
    except NoConnections:  # it has none yet
        known = {}
    if table.name in known:
        raise InvalidInput(f"{file} has a connection {table.name} already: choose another name")
    with _writable(file):
        content = file.read_bytes()
    text = content.decode("utf-8-sig")
    if table.source == "plain":
        _check_may_hold_secret(file, text)
    line_end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if text.endswith("\n") or not text else "\n"
    added = f"{gap}\n{table.text()}".replace("\n", line_end)
    try:
        may_be_plain(text + added, file)
    except InvalidInput:
        raise InvalidInput(
            f"a table cannot follow at the end of {file}, as its connections are written: add "
            f"{table.name} to them there"
        ) from None
    _check(text + added, table, file)
    with _writable(file):
        try:
            with file.open("ab") as stream:
                stream.write(added.encode())
        except OSError:  # the half of a table would spoil the file
            os.truncate(file, len(content))
            raise


def _check(text: str, table: ConnectionTable, file: Path) -> None:
    """Raises InvalidInput if the file would not hold this connection, or with wrong settings."""
    if not table.is_text:
        raise InvalidInput(f"connection {table.name}: a setting is not text in UTF-8")
    try:
        connections_in(text, file)[table.name].without_secret()
    except InvalidInput as error:
        message = str(error)
    else:
        return
    for where in (f"connections.{table.name}: ", f"{file}: connection {table.name}: "):
        message = message.removeprefix(where)  # nothing stands there yet
    raise InvalidInput(message)


def _check_may_hold_secret(file: Path, text: str) -> None:
    if not may_be_plain(text, file):
        raise InvalidInput(
            f"{file} is not to hold secrets: it does not say secrets_in_this_file = true"
        )
    if sys.platform != "win32" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InvalidInput(f"{file} is not for secrets: others may read it. Try chmod 600 {file}")


@contextmanager
def _writable(file: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror or error}") from None
