"""The sockets of the default carrier: what httpcore reads and writes, below httpx.

httpcore's own open a cancel scope for each read and each write, and look up their socket anew
whenever they are asked whether it has something to read. Here no method has a timeout, because each
attempt is in one cancel scope (session/call.py), and a stream knows its socket.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Final

import anyio
import httpcore
import httpx
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

from agilekit.session.sockets import has_input

__all__ = ["Network", "connection_of"]

_BROKEN: Final = (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)
_FAILED_TLS: Final = (*_BROKEN, anyio.EndOfStream, ssl.SSLError)


def connection_of(ssl_context: ssl.SSLContext, *, kept_idle: float) -> httpx.AsyncHTTPTransport:
    """A transport of httpx with one connection.

    kept_idle: the seconds for which it is used again.
    """
    transport = httpx.AsyncHTTPTransport(verify=ssl_context)
    # httpx hands no network on to httpcore, so that its pool is replaced. Under another name it
    # would only be slower.
    vars(transport)["_pool"] = httpcore.AsyncConnectionPool(
        ssl_context=ssl_context,
        max_connections=1,
        max_keepalive_connections=1,
        keepalive_expiry=kept_idle,
        network_backend=Network(),
    )
    return transport


class Network(httpcore.AsyncNetworkBackend):
    """Opens connections, on either event loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - see above
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            stream = await anyio.connect_tcp(host, port, local_host=local_address)
        except _BROKEN as error:
            raise httpcore.ConnectError(str(error)) from error
        for option in socket_options or ():
            stream.extra(SocketAttribute.raw_socket).setsockopt(*option)
        return _Stream(stream)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._socket = stream.extra(SocketAttribute.raw_socket)

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> bytes:
        try:
            return await self._stream.receive(max_bytes)
        except anyio.EndOfStream:
            return b""
        except _BROKEN as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> None:
        if not buffer:
            return
        try:
            await self._stream.send(buffer)
        except _BROKEN as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> httpcore.AsyncNetworkStream:
        try:
            stream = await TLSStream.wrap(
                self._stream,
                hostname=server_hostname,
                ssl_context=ssl_context,
                server_side=False,
                standard_compatible=False,
            )
        except BaseException as error:  # whatever ends it, the socket is closed
            await anyio.aclose_forcefully(self._stream)
            if isinstance(error, _FAILED_TLS):
                raise httpcore.ConnectError(str(error)) from error
            raise
        return _Stream(stream)

    def get_extra_info(self, info: str) -> object:
        match info:
            case "is_readable":
                return has_input(self._socket)
            case "socket":
                return self._socket
            case "ssl_object":
                return self._stream.extra(TLSAttribute.ssl_object, None)
            case "client_addr":
                return self._stream.extra(SocketAttribute.local_address, None)
            case "server_addr":
                return self._stream.extra(SocketAttribute.remote_address, None)
            case _:
                return None
