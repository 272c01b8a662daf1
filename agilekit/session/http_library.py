"""What can send requests, by name, and what each HTTP library calls its parts.

What is installed decides nothing: httpx sends unless the caller names httpx2, its continuation, or
"fast", connections of our own (session/fast_carrier.py). Neither is looked for before. What the
caller passes as a transport is of its own library.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache, partial
from importlib import import_module
from types import ModuleType
from typing import Final, Literal, TypeAlias, cast, get_args

import anyio
import httpx
from attrs import frozen

from agilekit.checks import alternatives
from agilekit.errors import InvalidInput

__all__ = [
    "HttpLibrary",
    "Library",
    "RequestBody",
    "TransportLike",
    "http_named",
    "library",
    "library_of",
]

HttpLibrary: TypeAlias = Literal["httpx", "httpx2", "fast"]
TransportLike: TypeAlias = httpx.AsyncBaseTransport | httpx.AsyncClient

_NAMES: Final[tuple[HttpLibrary, ...]] = get_args(HttpLibrary)
_LIBRARIES: Final[tuple[HttpLibrary, ...]] = ("httpx", "httpx2")
_NEEDS: Final[Mapping[HttpLibrary, tuple[str, ...]]] = {
    "httpx2": ("httpx2",),
    "fast": ("httptools", "msgspec"),
}


class RequestBody(httpx.AsyncByteStream):
    """The content of a request, which notes that it was asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = content
        self.begun: bool = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._left = self._content
        return self

    async def __anext__(self) -> bytes:
        self.begun = True
        part, self._left = self._left, b""
        if not part:
            raise StopAsyncIteration
        return part


@frozen(eq=False, repr=False)
class Library:
    """One of them. Its classes have the names and the shapes of those of httpx."""

    name: HttpLibrary
    request: type[httpx.Request]
    body: type[RequestBody]
    """A stream that its connections take."""
    stream: type[httpx.AsyncByteStream]
    held: type[httpx.ByteStream]
    """A stream that can be read again."""
    transport: type[httpx.AsyncBaseTransport]
    client: type[httpx.AsyncClient]
    connection: type[httpx.AsyncHTTPTransport]
    limits: type[httpx.Limits]
    url: type[httpx.URL]
    invalid_url: type[Exception]
    not_sent: tuple[type[Exception], ...]
    """Errors after which the request certainly did not reach the server."""
    maybe_sent: tuple[type[Exception], ...]
    """Every other error of a request."""
    ssl_context: Callable[[], ssl.SSLContext]
    """One context for all connections: building one costs more than a request."""

    def takes(self, url: str) -> bool:
        """Whether it can send to a URL."""
        try:
            self.url(url)
        except (ValueError, self.invalid_url):
            return False
        return True


def http_named(name: object, *, of: str = "http") -> HttpLibrary:
    """What sends, by its name. Raises InvalidInput for another name, and if it is not installed.

    of: what names it, for messages.
    """
    for known in _NAMES:
        if name == known:
            _require(known, of)
            return known
    raise InvalidInput(f"{of} must be {alternatives(_NAMES)}, not {name!r:.60}")


def _require(name: HttpLibrary, of: str) -> None:
    needs = _NEEDS.get(name, ())
    try:
        for module in needs:
            import_module(module)
    except ModuleNotFoundError:
        are = "is" if len(needs) == 1 else "are"
        raise InvalidInput(
            f"{of}: {name!r} needs {' and '.join(needs)}, which {are} not installed: "
            f"pip install 'agilekit[{name}]'"
        ) from None


def library(name: HttpLibrary) -> Library:
    """The library of a name that `http_named` has passed. Beside "fast", httpx does the rest."""
    found: HttpLibrary = name if name in _LIBRARIES else "httpx"
    return _library(found, import_module(found))


@cache
def _library(name: HttpLibrary, module: ModuleType) -> Library:
    stream = cast("type[httpx.AsyncByteStream]", module.AsyncByteStream)
    own = issubclass(RequestBody, stream)
    return Library(
        name,
        request=module.Request,
        body=RequestBody if own else type("RequestBody", (RequestBody, stream), {}),
        stream=stream,
        held=module.ByteStream,
        transport=module.AsyncBaseTransport,
        client=module.AsyncClient,
        connection=module.AsyncHTTPTransport,
        limits=module.Limits,
        url=module.URL,
        invalid_url=module.InvalidURL,
        not_sent=(
            module.ConnectError,
            module.ConnectTimeout,
            module.InvalidURL,
            module.LocalProtocolError,
            module.PoolTimeout,
            module.ProxyError,
            module.UnsupportedProtocol,
            ConnectionRefusedError,
            UnicodeError,  # of a host that no name can be
        ),
        maybe_sent=(
            module.RequestError,
            module.StreamError,
            OSError,
            anyio.BrokenResourceError,
            anyio.ClosedResourceError,
            anyio.EndOfStream,
        ),
        ssl_context=cache(partial(_ssl_context, module)),
    )


def _ssl_context(module: ModuleType) -> ssl.SSLContext:
    """Raises InvalidInput if the environment names certificates that cannot be read."""
    try:
        context = cast("ssl.SSLContext", module.create_ssl_context())
    except OSError as error:  # as those of ssl are
        raise InvalidInput(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: {error}"
        ) from None
    context.set_alpn_protocols(["http/1.1"])
    return context


def library_of(given: object) -> Library:
    """The library of a transport or a client. Raises InvalidInput for anything else."""
    for name in _LIBRARIES:
        module = sys.modules.get(name)  # what is not loaded has made nothing
        if module is not None:
            found = _library(name, module)
            if isinstance(given, found.transport | found.client):
                return found
    raise InvalidInput("transport must be an httpx.AsyncBaseTransport or an httpx.AsyncClient")
