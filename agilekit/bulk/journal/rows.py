"""The row of a draft, and how it stands in the table."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from math import isfinite
from typing import Final, TypeAlias
from zlib import crc32

from attrs import frozen

from agilekit.bulk.journal.damage import damaged

__all__ = ["COLUMNS", "PUT", "Row", "State", "Values", "row_of", "values_of"]

Values: TypeAlias = tuple[object, ...]

COLUMNS: Final = (
    *("position", "hash", "state", "item_id", "draft", "result"),
    *("sent_at", "unstored", "checksum"),
)
PUT: Final = (
    f"INSERT INTO drafts ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT (position) DO UPDATE SET "
    f"{', '.join(f'{name} = excluded.{name}' for name in COLUMNS[1:])}"
)


class State(IntEnum):
    SENT = 1
    CREATED = 2
    REFUSED = 3
    UNKNOWN = 4
    UNSENT = 5
    """Not sent, for a reason that may pass."""


@frozen
class Row:
    """What the journal holds of one draft."""

    position: int
    hash: bytes
    state: State
    draft: str
    """As JSON."""
    item_id: str | None = None
    result: str | None = None
    """The item, or the error, as JSON."""
    sent_at: float | None = None
    """When it was sent last, in seconds since 1970; None if that does not matter."""
    unstored: str | None = None
    """The fields that the service does not show as they were sent, as JSON; None if all are."""


def values_of(row: Row) -> Values:
    """What stands in the columns."""
    values = (
        *(row.position, row.hash, int(row.state), row.item_id, row.draft, row.result),
        *(row.sent_at, row.unstored),
    )
    return (*values, _checksum(values))


def row_of(values: Sequence[object], path: str) -> Row:
    """Raises JournalError, with the path of the journal, for a row that is not as it was written.

    Earlier versions wrote no checksum.
    """
    *content, checksum = values
    position, digest, state, item_id, draft, result, sent_at, unstored = content
    if checksum is not None and checksum != _checksum(tuple(content)):
        raise damaged(path, "its checksum does not fit", position=position)
    try:
        return Row(
            int(str(position)),
            digest if isinstance(digest, bytes) else b"",
            State(int(str(state))),
            str(draft),
            None if item_id is None else str(item_id),
            None if result is None else str(result),
            sent_at if isinstance(sent_at, float) and isfinite(sent_at) else None,
            None if unstored is None else str(unstored),
        )
    except ValueError as error:
        raise damaged(path, error, position=position) from None


def _checksum(content: Values) -> int:
    return crc32(ascii(content).encode())
