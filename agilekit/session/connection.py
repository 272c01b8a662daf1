"""What a connection does, and how it fails: all that the rest of the session knows of HTTP.

`Unsent` and `Lost` are what matters to a write: the first may be sent again, of the second nothing
tells whether it was made.
"""

from __future__ import annotations

from typing import Protocol

from agilekit.wire.credential import Pairs
from agilekit.wire.request import Request
from agilekit.wire.response import Response

__all__ = ["Connection", "Lost", "Sink", "TooLarge", "Unsent"]


class Unsent(Exception):
    """The request certainly did not reach the server."""


class Lost(Exception):
    """The request may have reached the server, and no complete answer came."""


class TooLarge(Exception):
    """The answer is larger than allowed."""


class Sink(Protocol):
    """Takes the body of a successful answer piece by piece, however large it is."""

    async def begin(self) -> None:
        """Forgets what an attempt before this one brought."""
        ...

    async def write(self, piece: bytes) -> None: ...


class Connection(Protocol):
    """What carries requests, one at a time."""

    @property
    def maybe_received(self) -> bool:
        """Whether the server may have the request of an exchange that was cut off."""
        ...

    async def exchange(
        self, request: Request, *, added: Pairs = (), sink: Sink | None = None
    ) -> Response:
        """Sends one request and reads its answer, or gives it to `sink` if it is a success.

        added: further headers, for the origin of the base URL and for no other.

        It takes as long as it takes: a cancel scope around it cuts it off. Raises Unsent, Lost or
        TooLarge.
        """
        ...

    async def aclose(self) -> None:
        """Ends the connection, if it is our own."""
        ...
