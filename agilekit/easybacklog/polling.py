"""Copies that the service fills after it has answered: duplicates and snapshots.

Source: easyBacklog API documentation, "Duplicate a Backlog" and "Create a Snapshot".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import anyio

from agilekit.easybacklog.models import Backlog, Snapshot
from agilekit.errors import CallError, DeadlineExceeded
from agilekit.session.session import Session
from agilekit.wire.route import Route

__all__ = ["until_ready"]

C = TypeVar("C", Backlog, Snapshot)

_FIRST_PAUSE: Final = 0.25  # seconds; doubled with each look
_LONGEST_PAUSE: Final = 2.0


async def until_ready(
    session: Session, read: Route[C], ids: Mapping[str, object], what: str, *, deadline: float
) -> C:
    """Reads a copy that was made, until it is whole.

    what: names the copy. An error must not hide that it was made, lest it be made twice.

    Raises DeadlineExceeded if it is not whole by `deadline`, and the errors of a read.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            copy = await session.call(read, ids, deadline=deadline)
        except DeadlineExceeded as error:
            raise DeadlineExceeded(
                f"{what} was made, and is not ready yet",
                method=error.method,
                path=error.path,
                attempts=error.attempts,
            ) from None
        except CallError as error:  # it stays the error that it is
            error.add_note(f"{what} was made, and nothing tells whether it is ready")
            raise
        if copy.ready:
            return copy
        await anyio.sleep(min(pause, max(0.0, deadline - anyio.current_time())))
        pause = min(2 * pause, _LONGEST_PAUSE)
