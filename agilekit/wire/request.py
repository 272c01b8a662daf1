"""An `Op` and its arguments -> a `Request`; and what proves who is calling."""

from __future__ import annotations

import ipaddress
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Final, Self, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from attrs import evolve, field, frozen

from agilekit._version import __version__
from agilekit.errors import InvalidInput
from agilekit.wire.dialect import CALLBACK, Dialect, form
from agilekit.wire.json import JSON, dump
from agilekit.wire.redaction import STARS, Redactor
from agilekit.wire.route import Method, Op

__all__ = ["Credential", "Request", "Server", "quoted_id"]

Pairs: TypeAlias = tuple[tuple[str, str], ...]

_ALWAYS: Final[Pairs] = (
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", f"agilekit/{__version__}"),
)
_JSON: Final = Dialect()
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_SECRET: Final = re.compile(r"[!-~]+")
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]")


@frozen
class Credential:
    """What proves to a server who is calling. It is shown nowhere."""

    headers: Pairs = field(repr=False)
    redactor: Redactor
    """Takes it out of messages."""
    query: Pairs = field(default=(), repr=False)
    """Takes the place of the headers, but for a write only where there are none."""

    @classmethod
    def in_header(cls, name: str, scheme: str, secret: object, *, what: str) -> Self:
        """``name: scheme secret``. Raises InvalidInput for a secret that fits in no header."""
        sound = _sound(secret, what)
        return cls(((name, f"{scheme} {sound}".lstrip()),), Redactor((sound,)))

    @classmethod
    def basic(cls, user: str, password: object, *, what: str) -> Self:
        """HTTP's Basic authentication. Raises InvalidInput as `in_header` does."""
        sound = _sound(password, what)
        pair = b64encode(f"{user}:{sound}".encode()).decode()
        return cls((("Authorization", f"Basic {pair}"),), Redactor((sound, pair)))

    def in_query(self, name: str, secret: str, *, writes: bool) -> Self:
        """The same secret as a parameter of the query; of writes only where they are named."""
        return evolve(self, query=((name, secret),), headers=() if writes else self.headers)

    @property
    def fingerprint(self) -> int:
        """Tells credentials apart without showing them."""
        return hash(self.redactor)

    def headers_of(self, request: Request) -> Pairs:
        """The headers that a request needs."""
        return self.headers if request.writes or not self.query else ()

    def signed(self, url: str, request: Request) -> str:
        """The URL of a request, with the parameters that it needs, unless it has them."""
        if not self.query or (request.writes and self.headers):
            return url
        missing = [pair for pair in self.query if pair not in parse_qsl(urlsplit(url).query)]
        if not missing:
            return url
        return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(missing)}"


@frozen
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
    writes_alone_in: str | None = field(default=None, repr=False)
    """The container into which no other request may write meanwhile."""


@frozen
class Server:
    """Where a service is: the base URL, taken apart once."""

    base_url: str
    origin: str
    """Scheme, host and port: what a credential is for."""
    path: str

    @classmethod
    def at(cls, base_url: str, *, allow_http: bool) -> Server:
        """Raises InvalidInput for what is no base URL, and for plain HTTP beyond this machine."""
        try:
            parts = urlsplit(base_url)
            host, _ = parts.hostname, parts.port
        except (ValueError, AttributeError, TypeError):
            raise InvalidInput("base_url is not a URL") from None
        if parts.scheme not in ("http", "https") or not host:
            raise InvalidInput("base_url must begin with https:// and name a host")
        if parts.username is not None or parts.password is not None:
            raise InvalidInput("base_url must not hold a user name or a password")
        if parts.query or parts.fragment:
            raise InvalidInput("base_url must not hold a query or a fragment")
        if _UNPRINTABLE.search(base_url) or not base_url.isascii() or " " in base_url:
            raise InvalidInput("base_url holds characters that no URL may hold")
        if parts.scheme == "http" and not allow_http and not is_loopback(host):
            raise InvalidInput(
                f"base_url is plain HTTP: the secret would be readable on the way to {host}. "
                "Use https://, or allow_http=True"
            )
        origin = origin_of(base_url)
        path = parts.path.rstrip("/")
        return cls(base_url=f"{origin}{path}", origin=origin, path=path)

    def request(
        self,
        op: Op[object],
        ids: Mapping[str, object],
        body: JSON | None = None,
        *,
        query: Mapping[str, JSON] | None = None,
        dialect: Dialect = _JSON,
        accept: str | None = None,
    ) -> Request:
        """Fills the template of `op`.

        body: what is written. Of a DELETE it goes into the query, since the body of one has no
        meaning (RFC 9110, 9.3.5).
        accept: the ``Accept`` header, where the answer is not to be in the client's format.

        Raises InvalidInput for an id that is none, and for what cannot be written.
        """
        dialect = dialect.of(op)
        quoted = {name: quoted_id(value, of=op.heading) for name, value in ids.items()}
        secret = None if op.secret_id is None else quoted[op.secret_id]
        shown = quoted if op.secret_id is None else {**quoted, op.secret_id: STARS}
        suffix = "" if accept else dialect.suffix
        path, shown_path = (f"{self.path}{_filled(op, names)}{suffix}" for names in (quoted, shown))
        method, query, body = _sent(op, dialect, dict(query or {}), body)
        headers, content = _content(method, dialect, body)
        url = f"{self.origin}{path}{'?' if query else ''}{form(query)}"
        accepted = ("Accept", accept or dialect.accept)
        headers = (accepted, *_ALWAYS, *_override(op, dialect), *headers)
        container = path if op.one_writer else None
        entity_id = None if op.entity_id is None else str(ids[op.entity_id])
        return Request(
            method, url, shown_path, headers, content, op.writes, entity_id, secret, container
        )


def _filled(op: Op[object], ids: Mapping[str, str]) -> str:
    return _PARAMETER.sub(lambda found: ids[found[1]], op.path)


def _sent(
    op: Op[object], dialect: Dialect, query: dict[str, JSON], body: JSON | None
) -> tuple[Method, dict[str, JSON], JSON | None]:
    """The method, the query and the body by which a call is really sent."""
    fields = body if isinstance(body, dict) else {}
    override = dialect.override
    if dialect.format == "jsonp":  # a script element can only GET
        if op.writes and override is not None:
            query[override.parameter] = op.method.lower()
        return "GET", {**query, **fields, "callback": CALLBACK}, None
    if override is not None and op.method in ("PUT", "DELETE"):
        if override.in_header:
            return "POST", query, body
        given: dict[str, JSON] = {override.parameter: op.method.lower()}
        if override.in_query:
            return "POST", {**query, **given}, body
        return "POST", query, {**given, **fields}
    if op.method == "DELETE":
        return op.method, {**query, **fields}, None
    return op.method, query, body


def _override(op: Op[object], dialect: Dialect) -> Pairs:
    """The header that says the method of a call that is sent as a POST."""
    override = dialect.override
    if override is None or not override.in_header or op.method not in ("PUT", "DELETE"):
        return ()
    return ((override.parameter, op.method),)


def _content(method: Method, dialect: Dialect, body: JSON | None) -> tuple[Pairs, bytes]:
    """The headers that the content needs, and the content."""
    headers: Pairs = ()
    content = b""
    if dialect.sends_form and isinstance(body, dict):
        content = form(body).encode()
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


def _sound(secret: object, what: str) -> str:
    if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
        raise InvalidInput(f"the {what} must be printable ASCII text without spaces")
    return secret


def quoted_id(value: object, *, of: str) -> str:
    """An id, as one segment of a path. Raises InvalidInput for one that could be more than that."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InvalidInput(f"{of}: an id is text or a number, not {type(value).__name__}")
    if not value.strip() or value.strip(".") == "":
        raise InvalidInput(f"{of}: {value!r} is no id")
    if "/" in value or "\\" in value or _UNPRINTABLE.search(value):
        raise InvalidInput(f"{of}: the id {value!r:.60} could leave its place in the path")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise InvalidInput(f"{of}: the id {value!r:.60} cannot be written in a URL") from None


def origin_of(url: str) -> str:
    """Scheme, host and port, written as always the same."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host.removesuffix(_DEFAULT_PORTS.get(parts.scheme, ' '))}"


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
