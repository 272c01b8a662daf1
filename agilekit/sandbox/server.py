"""A loopback HTTP/1.1 server for one ASGI application.

An application that raises :class:`~agilekit.sandbox.messages.Dropped` has its connection closed
at that very point: before the answer, or in the middle of its body. That is what a server made
for production never offers, and why this one exists. Any other exception of the application ends
the server and is raised from its context. If the process has no more file descriptors, new
connections wait until there is one again.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from email.utils import formatdate
from typing import TYPE_CHECKING, Final, Self, TypeAlias, cast
from urllib.parse import unquote

import anyio
import h11
from anyio.abc import SocketAttribute, SocketListener, SocketStream, TaskGroup

from agilekit.sandbox.messages import Dropped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    from agilekit.sandbox.asgi import Message, Receive, Send

    Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

_CHUNK: Final = 65_536
_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE: Final = 0.1  # seconds until a file descriptor may be free again
_GONE: Final = (anyio.EndOfStream, anyio.BrokenResourceError)


class Server:
    """Serves while its context is open; leaving it ends every connection at once.

    ``url`` is ``http://HOST:PORT``, with the port that was taken, once the context is entered.
    Entering raises :class:`OSError` if the address cannot be bound. Connections wait while the
    process has no file descriptor for them.
    """

    def __init__(self, app: Application, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host: Final = host
        self.port: int = port
        self._app = app
        self._tasks: TaskGroup

    def __repr__(self) -> str:
        return f"<Server: {self.url}>"

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def __aenter__(self) -> Self:
        listener = await anyio.create_tcp_listener(local_host=self.host, local_port=self.port)
        self.port = listener.listeners[0].extra(attribute=SocketAttribute.local_port)
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        for one in cast("Sequence[SocketListener]", listener.listeners):
            self._tasks.start_soon(self._listen, one)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        self._tasks.cancel_scope.cancel()
        if isinstance(error, Exception):  # the caller's own, to be raised as it is
            await self._tasks.__aexit__(None, None, None)
            return None
        return await self._tasks.__aexit__(kind, error, trace)

    async def _listen(self, listener: SocketListener) -> None:
        async with listener:
            while True:
                try:
                    stream = await listener.accept()
                except (OSError, anyio.BrokenResourceError) as error:
                    await _recover(error)
                else:
                    self._tasks.start_soon(self._attend, stream)

    async def _attend(self, stream: SocketStream) -> None:
        link = h11.Connection(h11.SERVER)
        with suppress(Dropped, *_GONE):
            try:
                while await _Exchange(link, stream).run(self._app):
                    link.start_next_cycle()
            except h11.RemoteProtocolError as error:
                if link.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
                    await stream.send(_bad_request(link, error))
            finally:
                with anyio.CancelScope(shield=True):  # a cancellation would hide the error
                    await stream.aclose()


async def _recover(error: Exception) -> None:
    """Wait if a connection could not be accepted for now; any other error is raised again."""
    cause = error if isinstance(error, OSError) else error.__cause__
    number = cause.errno if isinstance(cause, OSError) else None
    if number in _EXHAUSTED:
        await anyio.sleep(_PAUSE)
    elif number != errno.ECONNABORTED:
        raise error


def _bad_request(link: h11.Connection, error: h11.RemoteProtocolError) -> bytes:
    headers = [("content-length", "0"), ("connection", "close")]
    response = h11.Response(status_code=error.error_status_hint, headers=headers)
    return (link.send(response) or b"") + (link.send(h11.EndOfMessage()) or b"")


class _Exchange:
    """One request and its response, as ``receive`` and ``send`` of ASGI."""

    def __init__(self, link: h11.Connection, stream: SocketStream) -> None:
        self._link = link
        self._stream = stream
        self._start: h11.Response | None = None
        self._bodiless = False

    async def run(self, app: Application) -> bool:
        """Serve one request; whether the connection can take another."""
        request = await self._event()
        if not isinstance(request, h11.Request):
            return False
        self._bodiless = request.method == b"HEAD"
        await app(self._scope(request), self._receive, self._send)
        return self._link.our_state is self._link.their_state is h11.DONE

    def _scope(self, request: h11.Request) -> Message:
        path, _, query = request.target.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": request.http_version.decode(),
            "method": request.method.decode(),
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": list(request.headers),
        }

    async def _event(self) -> object:
        while (event := self._link.next_event()) is h11.NEED_DATA:
            if self._link.they_are_waiting_for_100_continue:
                proceed = h11.InformationalResponse(status_code=100, headers=[])
                await self._stream.send(self._link.send(proceed) or b"")
            self._link.receive_data(await self._stream.receive(_CHUNK))
        return event

    async def _receive(self) -> Message:
        if self._link.their_state is h11.DONE:
            await anyio.sleep_forever()
        try:
            event = await self._event()
        except _GONE:
            return {"type": "http.disconnect"}
        if isinstance(event, h11.Data):
            return {"type": "http.request", "body": bytes(event.data), "more_body": True}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            date = (b"date", formatdate(usegmt=True).encode())
            headers: list[tuple[bytes, bytes]] = [*message.get("headers", ()), date]
            self._start = h11.Response(status_code=message["status"], headers=headers)
            return
        events: list[h11.Event] = [self._start] if self._start else []
        self._start = None
        if (body := message.get("body", b"")) and not self._bodiless:
            events.append(h11.Data(data=body))
        if not message.get("more_body", False):
            events.append(h11.EndOfMessage())
        # In one piece: a head that waits for its body's packet costs a delayed acknowledgement.
        await self._stream.send(b"".join(self._link.send(event) or b"" for event in events))
