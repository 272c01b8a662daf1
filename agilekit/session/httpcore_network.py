"""The sockets of the HTTP libraries: what httpcore, which is below httpx, reads and writes.

httpcore's own open a cancel scope for each read and each write, and look up their socket anew
whenever they are asked whether it has something to read. Here no method has a timeout, because each
attempt is in one cancel scope (session/call.py), and a stream knows its socket.

It also knows what cannot be an answer: what came before its request was sent, which httpcore takes
for the answer to the next one.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, Final

import anyio
import httpcore
import httpx
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute

from agilekit.session.carrier import KEPT_IDLE
from agilekit.session.http_library import Library
from agilekit.session.sockets import (
    NO_CONNECTION,
    READ_AT_ONCE,
    DirectStream,
    has_input,
    start_tls,
    was_cut_off,
)

__all__ = ["Network", "use_network"]

_CORES: Final[Mapping[str, str]] = {"httpx": "httpcore", "httpx2": "httpcore2"}
_BROKEN: Final = (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)
_FAILED_TLS: Final = (*_BROKEN, anyio.EndOfStream, ssl.SSLError)


def use_network(transport: httpx.AsyncHTTPTransport, library: Library) -> None:
    """Lets a transport of the library send over one connection of this network."""
    core: Any  # the classes of both have the same names
    try:
        core = import_module(_CORES[library.name])
    except ModuleNotFoundError:
        return  # a later version that stands on something else, which may do as well
    # httpx hands no network on to httpcore, so that its pool is replaced.
    vars(transport)["_pool"] = core.AsyncConnectionPool(
        ssl_context=library.ssl_context(),
        max_connections=1,
        max_keepalive_connections=1,
        keepalive_expiry=KEPT_IDLE,
        network_backend=Network(core),
    )


class Network(httpcore.AsyncNetworkBackend):
    """Opens connections, on either event loop."""

    def __init__(self, core: Any = httpcore) -> None:
        """core: the module whose errors are raised."""
        self._core = core

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - see above
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - none is set
    ) -> httpcore.AsyncNetworkStream:
        try:
            stream = DirectStream(await anyio.connect_tcp(host, port, local_host=local_address))
        except (*_BROKEN, *NO_CONNECTION) as error:
            raise self._core.ConnectError(str(error)) from error
        return _Stream(stream, self._core)


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: ByteStream, core: Any) -> None:
        self._stream = stream
        self._core = core
        self._socket = stream.extra(SocketAttribute.raw_socket)
        self._tls = stream.extra(TLSAttribute.ssl_object, None)
        self.has_read: bool = False
        """Whether anything was read since the last write."""

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> bytes:
        self.has_read = True
        try:
            return await self._stream.receive(max(max_bytes, READ_AT_ONCE))
        except anyio.EndOfStream:
            if was_cut_off(self._tls):  # h11 would take it for the end of a body without a length
                raise self._core.ReadError("the connection was cut") from None
            return b""
        except _BROKEN as error:
            raise self._core.ReadError(str(error)) from error

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> None:
        if not buffer:
            return
        self.has_read = False
        try:
            await self._stream.send(buffer)
        except _BROKEN as error:
            raise self._core.WriteError(str(error)) from error

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> httpcore.AsyncNetworkStream:
        assert isinstance(self._stream, DirectStream)  # noqa: S101 - of a proxy, it is httpcore's own
        try:
            stream = await start_tls(self._stream, server_hostname, ssl_context)
        except _FAILED_TLS as error:
            raise self._core.ConnectError(str(error)) from error
        return _Stream(stream, self._core)

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "is_readable":
                return has_input(self._socket, self._tls)
            case "socket":
                return self._socket
            case "ssl_object":
                return self._tls
            case _:
                return None
