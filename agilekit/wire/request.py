"""A `Route` and its arguments -> a `Request`, ready to be sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from agilekit._version import __version__
from agilekit.errors import InvalidInput
from agilekit.events import EventContext
from agilekit.wire.credential import Pairs
from agilekit.wire.dialect import Dialect
from agilekit.wire.form import urlencoded
from agilekit.wire.json import JSON, dump
from agilekit.wire.jsonp import CALLBACK
from agilekit.wire.redaction import STARS
from agilekit.wire.route import Method, Route
from agilekit.wire.urls import UNPRINTABLE, is_loopback, origin_of, quoted_id

__all__ = ["Request", "RequestTemplate", "Server", "is_field"]

_ALWAYS: Final[Pairs] = (
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", f"agilekit/{__version__}"),
)
_JSON: Final = Dialect()
# Source: RFC 9110, 5.6.2, "Tokens", and 5.5, "Field Values".
_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE: Final = re.compile(r"[!-~]([ \t!-~]*[!-~])?|")
_OF_THE_MESSAGE: Final = frozenset(
    {"connection", "content-length", "content-type", "expect", "host", "keep-alive", "te"}
    | {"trailer", "transfer-encoding", "upgrade"}
)
"""Fields that say where a message goes, where it ends, and what comes after it."""


@frozen(eq=False)
class Request:
    """One HTTP request, ready to be sent."""

    method: Method
    url: str = field(repr=False)
    path: str
    """For messages: below the host, without the query."""
    headers: Pairs = field(repr=False)
    """Without ``Host`` and those of the credential."""
    content: bytes = field(repr=False)
    writes: bool
    """Whether the call changes anything, whatever its method."""
    entity_id: str | None = field(default=None, repr=False)
    """The id of the entity that the answer has to show."""
    secret: str | None = field(default=None, repr=False)
    """An id that must not show."""
    locks: str | None = field(default=None, repr=False)
    """The path of the container that no other request may write into meanwhile."""

    def check_added(self, headers: Mapping[str, object], credential: Pairs) -> Pairs:
        """Headers that a hook adds. credential: those of the credential.

        Raises InvalidInput for one that the request has already, that is there twice, or that
        cannot be sent.
        """
        if not headers:
            return ()
        taken = {name.lower() for name, _ in (*self.headers, *credential)} | _OF_THE_MESSAGE
        added: dict[str, tuple[str, str]] = {}
        for name, value in headers.items():
            if not is_field(name, value):
                raise InvalidInput(f"on_event added the header {name!r:.60}, which cannot be sent")
            if name.lower() in taken:
                raise InvalidInput(
                    f"on_event added the header {name}, which is the library's own to set"
                )
            if name.lower() in added:
                raise InvalidInput(f"on_event added the header {name} twice")
            added[name.lower()] = (name, str(value))
        return tuple(added.values())


@frozen
class Server:
    """Where a service is: the base URL, taken apart once."""

    base_url: str
    origin: str
    """Scheme, host and port: what a credential is for."""
    path: str
    service: str = ""
    """Whose it is: the name of the service."""

    @classmethod
    def at(cls, base_url: str, *, allow_http: bool, service: str = "") -> Server:
        """Raises InvalidInput for no base URL, and for plain HTTP beyond this machine."""
        try:
            parts = urlsplit(base_url)
            host, port = parts.hostname, parts.port
        except (ValueError, AttributeError, TypeError):
            raise InvalidInput("base_url is not a URL") from None
        if parts.scheme not in ("http", "https") or not host:
            raise InvalidInput("base_url must begin with https:// and name a host")
        if port == 0:  # which the HTTP libraries take for no port
            raise InvalidInput("base_url names port 0, at which no server can be")
        if parts.username is not None or parts.password is not None:
            raise InvalidInput("base_url must not hold a user name or a password")
        if parts.query or parts.fragment:
            raise InvalidInput("base_url must not hold a query or a fragment")
        if UNPRINTABLE.search(base_url) or not base_url.isascii() or " " in base_url:
            raise InvalidInput("base_url holds characters that no URL may hold")
        if parts.scheme == "http" and not allow_http and not is_loopback(host):
            raise InvalidInput(
                f"base_url is plain HTTP: the secret would be readable on the way to {host}. "
                "Use https://, or allow_http=True"
            )
        origin = origin_of(base_url)
        path = parts.path.rstrip("/")
        return cls(base_url=f"{origin}{path}", origin=origin, path=path, service=service)

    def context(self, route: Route[object]) -> EventContext:
        """Of what the events of a route are."""
        path = route.path if route.is_documented else None
        return EventContext(self.service, self.origin.partition("://")[2], path)

    def request(
        self,
        route: Route[object],
        ids: Mapping[str, object],
        body: JSON | None = None,
        *,
        query: Mapping[str, JSON] | None = None,
        dialect: Dialect = _JSON,
        accept: str | None = None,
    ) -> Request:
        """A request that is made once. Arguments and errors are those of `RequestTemplate` and its
        `fill`.
        """
        return RequestTemplate(self, route, dialect, accept).fill(ids, body, query)


class RequestTemplate:
    """What all requests of one route have in common, made once."""

    def __init__(
        self, server: Server, route: Route[object], dialect: Dialect, accept: str | None = None
    ) -> None:
        """
        accept: the ``Accept`` header, if the answer is not to be in the client's format.
        """
        self.route: Route[object] = route
        self._dialect = dialect = dialect.for_route(route)
        self._origin = server.origin
        accepted = ("Accept", accept or dialect.accept)
        self._headers: Pairs = (accepted, *_ALWAYS, *_override_header(route, dialect))
        suffix = "" if accept else dialect.suffix
        self._path = f"{_literal(server.path)}{route.path}{_literal(suffix)}"
        self.context: EventContext = server.context(route)
        self.url_template: str | None = (
            f"{server.path}{route.path}{suffix}" if route.is_documented else None
        )
        # A read without parameters is sent as it stands there.
        self._is_plain = not route.writes and dialect.format != "jsonp"

    def fill(
        self,
        ids: Mapping[str, object],
        body: JSON | None = None,
        query: Mapping[str, JSON] | None = None,
    ) -> Request:
        """
        body: what is written; that of a DELETE goes into the query.

        Raises InvalidInput for what is not a valid id, and for what cannot be written.
        """
        route = self.route
        quoted = {name: quoted_id(value, of=route.heading) for name, value in ids.items()}
        path = shown = self._path.format_map(quoted)
        secret = None
        if route.secret_id is not None:
            secret = quoted[route.secret_id]
            shown = self._path.format_map({**quoted, route.secret_id: STARS})
        url, method = f"{self._origin}{path}", route.method
        headers, content = self._headers, b""
        if query or body is not None or not self._is_plain:
            method, parameters, body = _as_sent(route, self._dialect, dict(query or {}), body)
            content_headers, content = _content(method, self._dialect, body)
            headers = (*headers, *content_headers)
            if parameters:
                url = f"{url}?{urlencoded(parameters)}"
        entity_id = None if route.entity_id is None else str(ids[route.entity_id])
        return Request(
            method,
            url,
            shown,
            headers,
            content,
            route.writes,
            entity_id,
            secret,
            path if route.one_writer else None,
        )


def is_field(name: object, value: object) -> bool:
    """Whether this can be sent as a header."""
    if not (isinstance(name, str) and isinstance(value, str)):
        return False
    return bool(_FIELD_NAME.fullmatch(name) and _FIELD_VALUE.fullmatch(value))


def _literal(text: str) -> str:
    """As it stands in a text that is to be formatted."""
    return text.replace("{", "{{").replace("}", "}}")


def _as_sent(
    route: Route[object], dialect: Dialect, query: dict[str, JSON], body: JSON | None
) -> tuple[Method, dict[str, JSON], JSON | None]:
    """The method, the query and the body by which a call is really sent."""
    fields = body if isinstance(body, dict) else {}
    override = dialect.override
    if dialect.format == "jsonp":  # a script element can only GET
        if route.writes and override is not None:
            query[override.parameter] = route.method.lower()
        return "GET", {**query, **fields, "callback": CALLBACK}, None
    if override is not None and route.method in ("PUT", "DELETE"):
        if override.in_header:  # which `_override_header` adds
            return "POST", query, body
        given: dict[str, JSON] = {override.parameter: route.method.lower()}
        if override.in_query:
            return "POST", {**query, **given}, body
        return "POST", query, {**given, **fields}
    if route.method == "DELETE":  # Source: RFC 9110, 9.3.5: the body of one has no meaning
        return route.method, {**query, **fields}, None
    return route.method, query, body


def _override_header(route: Route[object], dialect: Dialect) -> Pairs:
    """The header that says the method of a call that is sent as a POST."""
    override = dialect.override
    if override is None or not override.in_header or route.method not in ("PUT", "DELETE"):
        return ()
    return ((override.parameter, route.method),)


def _content(method: Method, dialect: Dialect, body: JSON | None) -> tuple[Pairs, bytes]:
    """The headers that the content needs, and the content."""
    headers: Pairs = ()
    content = b""
    if dialect.sends_form and isinstance(body, dict):
        content = urlencoded(body).encode()
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    elif body is not None:
        try:
            content = dump(body)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"the values cannot be written as JSON: {error}") from None
        headers = (("Content-Type", "application/json"),)
    if method in ("POST", "PUT"):
        headers = (*headers, ("Content-Length", str(len(content))))
    return headers, content
