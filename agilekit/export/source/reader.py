"""What reads the projects of one client, one reader for each service.

A project's part is made by `Reader.read` alone, from a client and a `Found`: so it can be made in
any process that has the connection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

import anyio
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from agilekit.errors import DecodeError, ServerError
from agilekit.export.tables import Found, Part, Row
from agilekit.session.concurrently import Job, run_all
from agilekit.session.in_flight import Places

__all__ = ["Known", "Reader", "Tell", "Turns", "checked_id", "host_of", "unheard"]

T = TypeVar("T")
Id = TypeVar("Id", int, str)

_ERROR: Final = 500
_ATTEMPTS: Final = 10
_FIRST_WAIT: Final = 0.05  # seconds, at most; doubled each time
_LONGEST_WAIT: Final = 2.0  # seconds

Tell: TypeAlias = Callable[[str | None, int], object]
"""Is told the project's title, once it is known, and how many entities were read so far."""


class Known(Protocol):
    """What an export holds of a project."""

    @property
    def memory(self) -> str | None:
        """What `Part.memory` was."""
        ...

    async def rows(self, table: str) -> list[Row] | None:
        """Its rows, sorted by key; None where they are not those that the manifest promises.

        Raises ExportError.
        """
        ...


class Reader(Protocol):
    """The projects of one open client. Raises every kind of `CallError` of a read."""

    @property
    def nothing(self) -> Found:
        """The connection, without a project; of Flying Donut, the project that it is made for."""
        ...

    async def projects(self) -> list[Found]:
        """Every project that the client leads to, archived ones too, in the service's order."""
        ...

    async def watermark(self, project: Found) -> str | None:
        """What `read` would give a project of now as its watermark. It may ask the service."""
        ...

    async def read(self, project: Found, tell: Tell, known: Known | None = None, /) -> Part:
        """Everything that the documents let one read of a project.

        known: what a run before has written of it; None where nothing is to be relied upon.
        """
        ...


class Turns:
    """How many reads of one client may be under way at once, and requests of all in flight."""

    def __init__(self, at_once: int, places: Places | None = None) -> None:
        """
        at_once: how many reads may be under way, those that wait for their pace among them.
        places: what is shared with other clients; by default there are `at_once` of its own.
        """
        self.at_once: Final[int] = at_once
        self._limiter: Final = anyio.CapacityLimiter(at_once)
        self._places: Final = places or Places(at_once)

    async def one(self, read: Callable[[], Awaitable[T]]) -> T:
        """One call or listing, in its turn. It must not wait for another turn.

        It is made again where the server answered with 500, so it must do no harm twice. A single
        call is not, since nothing says that it would help; but here a whole project depends on it.
        """
        patience = AsyncRetrying(
            retry=retry_if_exception(_is_500),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT),
            sleep=anyio.sleep,
            reraise=True,
        )

        async def attempt() -> T:
            return await read()

        async with self._limiter:
            with self._places.shared():
                return await patience(attempt)

    async def all(self, jobs: Iterable[Job]) -> None:
        """All jobs, each in its turn. The first error cancels the others."""
        await run_all((partial(self.one, job) for job in jobs), at_once=self.at_once)

    async def beside(self, jobs: Iterable[Job]) -> None:
        """All jobs at once, in no turn: each call that they make waits for its own. The first error
        cancels the others.
        """
        waiting = [*jobs]
        await run_all(waiting, at_once=min(len(waiting), self.at_once))


def unheard(_title: str | None, _entities: int) -> None:
    """A `Tell` that tells nobody."""


def checked_id(id: Id, what: str) -> Id:
    """Raises DecodeError for 0 or ``""``, which stand where an answer holds no id."""
    if not id:
        raise DecodeError(f"a {what} without an id cannot be exported")
    return id


def _is_500(error: BaseException) -> bool:
    return isinstance(error, ServerError) and error.status == _ERROR


def host_of(base_url: str) -> str:
    """The host of a base URL, and its port where it has one."""
    return urlsplit(base_url).netloc.rpartition("@")[2].lower()
