"""What passes between the application and the services: requests, responses, refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import parse_qs

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST_BODY: Final = 64 * 1024 * 1024
"""Bytes of a request's body; one of more is refused with 413 and not kept."""

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


@frozen
class Request:
    """One request, complete.

    ``path`` is still percent-encoded, names in ``headers`` are in lower case. ``storm`` makes
    another editor get in just before an update. ``at`` is when it is carried out, in seconds of the
    sandbox's clock, and ``came`` when it came; None means that both are the same.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    storm: bool = False
    at: float = 0.0
    came: float | None = None

    @classmethod
    def read(
        cls,
        method: str,
        path: bytes,
        query: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        body: bytes,
    ) -> Request:
        return cls(
            method=method,
            path=path.decode("latin-1"),
            query=query.decode("latin-1"),
            headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in headers},
            body=body,
        )

    @property
    def writes(self) -> bool:
        """Whether it may change anything; Kanban Tool has ``_m`` turn a GET into a write."""
        return self.method not in ("GET", "HEAD") or "_m" in parse_qs(self.query)


@frozen
class Response:
    """One response, complete. ``content-length`` is added when it is sent."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def json(cls, value: Json, status: int = 200, **headers: str) -> Response:
        extra = tuple((name.replace("_", "-"), text) for name, text in headers.items())
        body = json.dumps(value, separators=(",", ":")).encode()
        return cls(status, body, (("content-type", "application/json; charset=utf-8"), *extra))

    @classmethod
    def xml(cls, body: bytes, status: int = 200, *headers: tuple[str, str]) -> Response:
        return cls(status, body, (("content-type", "application/xml; charset=utf-8"), *headers))

    @classmethod
    def html(cls, text: str, status: int) -> Response:
        return cls(status, text.encode(), (("content-type", "text/html; charset=utf-8"),))

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        named = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in self.headers]
        return [*named, (b"content-length", str(len(self.body)).encode())]


@frozen
class Answer:
    """A response and how far it gets: whole, cut in mid-body, or not a byte of it."""

    response: Response
    delivery: Literal["whole", "cut", "dropped"] = "whole"

    def cut(self) -> bytes:
        return self.response.body[: len(self.response.body) // 2]


class Refusal(Exception):
    """A handler's way to answer with an error; each service gives it its own wire form."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers


class Dropped(Exception):
    """Raised through ASGI to make the server close the connection where it stands."""
