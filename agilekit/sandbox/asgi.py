"""How the sandbox speaks ASGI 3: its types, reading a body, sending an answer or a part of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

from agilekit.sandbox import messages
from agilekit.sandbox.messages import Dropped

if TYPE_CHECKING:
    from agilekit.sandbox.messages import Answer

# The ASGI specification gives messages no closer type than this.
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


async def live(receive: Receive, send: Send) -> None:
    """Answer a server's start and shutdown, of which the sandbox needs neither."""
    while True:
        event = (await receive())["type"]
        await send({"type": f"{event}.complete"})
        if event == "lifespan.shutdown":
            return


async def read_body(receive: Receive) -> bytes | None:
    """The body, or None for one that is too large.

    Of that, as much again is read and dropped, so that its client comes to read the answer.
    """
    parts: list[bytes] = []
    size = 0
    while size <= 2 * messages.LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Dropped
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > messages.LARGEST_BODY:
            parts.clear()
        else:
            parts.append(part)
        if not message.get("more_body", False):
            break
    return None if size > messages.LARGEST_BODY else b"".join(parts)


async def deliver(answer: Answer, send: Send) -> None:
    """Send an answer as far as it gets. Raises :class:`Dropped` to close the connection there."""
    if answer.delivery == "dropped":
        raise Dropped
    response = answer.response
    start = {"type": "http.response.start", "status": response.status}
    await send({**start, "headers": response.raw_headers()})
    if answer.delivery == "cut":
        await send({"type": "http.response.body", "body": answer.cut(), "more_body": True})
        raise Dropped
    await send({"type": "http.response.body", "body": response.body})
