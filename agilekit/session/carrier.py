"""What sends a message and brings what it is answered with: the part of a connection that differs.

The rest is one for all: signing and redirects, and how a body is read (session/exchange.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Final, Protocol

from agilekit.wire.credential import Pairs
from agilekit.wire.request import Request

__all__ = ["KEPT_IDLE", "Carrier", "Incoming", "described"]

KEPT_IDLE: Final = 5.0
"""Seconds: servers close idle connections soon, and a write must not meet one that is closed."""


class Incoming(Protocol):
    """An answer of which the head is here. Its body comes by ``async for``, which raises Lost."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, in lower case."""
        ...

    @property
    def encoding(self) -> str:
        """As the answer names it, in lower case; empty if it names none, or if the body is unpacked
        already."""
        ...

    @property
    def body(self) -> bytes | None:
        """The body, if it is here already, in its encoding."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None:
        """The body is read, or not wanted any more."""
        ...


class Carrier(Protocol):
    """Sends one message at a time."""

    @property
    def maybe_received(self) -> bool:
        """Whether the server may have the message that was sent last."""
        ...

    async def send(self, request: Request, url: str, headers: Pairs) -> Incoming:
        """
        url: that of the request, signed, or where a redirect leads.
        headers: those that the request itself lacks.

        Raises Unsent or Lost.
        """
        ...

    def takes(self, url: str) -> bool:
        """Whether it can send to a URL."""
        ...

    async def aclose(self) -> None:
        """Ends the connection, if it is our own."""
        ...


def described(error: BaseException) -> str:
    """For messages."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")
