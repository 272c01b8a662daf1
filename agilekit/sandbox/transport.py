"""The sandbox in process, as a transport of httpx, with faults as the exceptions of httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import anyio
import httpx

from agilekit.sandbox.messages import Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from agilekit.sandbox.messages import Answer


class Application(Protocol):
    """What the transport needs of a :class:`~agilekit.sandbox.Sandbox`."""

    def came(self, request: Request) -> Request: ...

    def latency(self, method: str) -> float: ...

    def handle(self, request: Request) -> Answer: ...


class SandboxTransport(httpx.AsyncBaseTransport):
    """Hands every request to a :class:`~agilekit.sandbox.Sandbox`; nothing leaves the process.

    Raises :class:`httpx.RemoteProtocolError` for a dropped connection and for a body that is cut,
    as a real connection does, and :class:`httpx.ReadTimeout` if the latency is longer than the
    read timeout; the sandbox handles such a request all the same.
    """

    def __init__(self, sandbox: Application) -> None:
        self._sandbox = sandbox

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sandbox!r})"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.partition(b"?")
        body = await request.aread()
        arrived = self._sandbox.came(
            Request.read(request.method, path, query, request.headers.raw, body)
        )
        timeouts = cast("Mapping[str, float | None]", request.extensions.get("timeout", {}))
        with anyio.move_on_after(timeouts.get("read")) as patience:
            await anyio.sleep(self._sandbox.latency(arrived.method))
        # Handled even after the timeout: the client has given up, but the request is on its way.
        answer = self._sandbox.handle(arrived)
        if patience.cancelled_caught:
            raise httpx.ReadTimeout("The answer did not come in time", request=request)
        if answer.delivery == "dropped":
            reason = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(reason, request=request)
        response = answer.response
        stream = _CutBody(answer.cut()) if answer.delivery == "cut" else None
        return httpx.Response(
            response.status,
            headers=response.raw_headers(),
            stream=stream or httpx.ByteStream(response.body),
            request=request,
        )


class _CutBody(httpx.AsyncByteStream):
    """The first half of a body, and then the end of the connection."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._received
        raise httpx.RemoteProtocolError("peer closed connection without sending complete body")
