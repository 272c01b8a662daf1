"""An `Op` and its arguments -> a `Request`."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import quote, urlsplit

from attrs import field, frozen

from agilekit._version import __version__
from agilekit.errors import InvalidInput
from agilekit.wire.json import JSON, dump
from agilekit.wire.op import Method, Op

__all__ = ["Credential", "Request", "Server", "quoted_id"]

_ACCEPTED: Final[tuple[tuple[str, str], ...]] = (
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", f"agilekit/{__version__}"),
)
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_SHORTEST_SECRET: Final = 8
_SECRET: Final = re.compile(r"[!-~]+")
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]")


@frozen
class Credential:
    """What proves to a server who is calling. It is shown nowhere."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)
    _secret: tuple[bytes, ...] = field(repr=False)
    """As it may be written in an answer."""

    @classmethod
    def in_header(cls, name: str, scheme: str, secret: object, *, what: str) -> Credential:
        """``name: scheme secret``. Raises InvalidInput for a secret that fits in no header."""
        if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
            raise InvalidInput(f"the {what} must be printable ASCII text without spaces")
        return cls(((name, f"{scheme} {secret}".lstrip()),), _written(secret))

    @property
    def fingerprint(self) -> int:
        """Tells credentials apart without showing them."""
        return hash(self.headers)

    def redacted(self, text: bytes) -> bytes:
        """`text` without the secret. One shorter than any real one stays: it may be a mere word."""
        for secret in self._secret:
            if len(secret) >= _SHORTEST_SECRET and secret in text:
                text = text.replace(secret, b"*" * 8)
        return text


@frozen
class Request:
    """One HTTP request, ready to be sent."""

    method: Method
    url: str
    path: str
    """For messages: below the host, without the query."""
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    """Without ``Host`` and those of the credential."""
    content: bytes = field(repr=False)


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
        self, op: Op[object], ids: Mapping[str, object], body: JSON | None = None
    ) -> Request:
        """Fills the template of `op`.

        Raises InvalidInput for an id that is none, and for a body that JSON cannot hold.
        """

        def segment(found: re.Match[str]) -> str:
            return quoted_id(ids[found[1]], of=op.heading)

        path = self.path + _PARAMETER.sub(segment, op.path)
        headers = _ACCEPTED
        content = b""
        if body is not None:
            try:
                content = dump(body)
            except (ValueError, RecursionError) as error:
                raise InvalidInput(f"the values cannot be written as JSON: {error}") from None
            headers = (*_ACCEPTED, ("Content-Type", "application/json"))
        if op.method in ("POST", "PUT"):
            headers = (*headers, ("Content-Length", str(len(content))))
        return Request(op.method, f"{self.origin}{path}", path, headers, content)


def _written(secret: str) -> tuple[bytes, ...]:
    in_json = json.dumps(secret)[1:-1]
    forms = (secret, in_json, in_json.replace("/", "\\/"), quote(secret, safe=""), escape(secret))
    return tuple(dict.fromkeys(form.encode() for form in forms))


def quoted_id(value: object, *, of: str) -> str:
    """An id, as one segment of a path. Raises InvalidInput for one that could be more than that."""
    if not isinstance(value, str):
        raise InvalidInput(f"{of}: an id is text, not {type(value).__name__}")
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
