"""A server that answers by a script, as a transport."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TypeAlias, Unpack, cast

import anyio
import httpx
from attrs import field, frozen

from agilekit import FlyingDonut
from agilekit.session.options import Options

PROJECT = "54744060c955ca8169c61ee6"
# By what a path looks like: which id its answer has, and whether that is an object.
_NAMED = {"_id", "id", "task_id", "task", "board", "comment", "subtask", "time_tracker", "errors"}
_IDENTITIES = (
    (re.compile(r".*/projects(?:/[^/]+/(?:items|tasks|iterations))?/([^/.]+)"), "_id", True),
    (re.compile(r"/api/v10.05/task/([0-9]+)\.(?:json|xml)"), "task_id", False),
    (
        re.compile(r"/api/v1/(?!new/).*/([0-9]+)(?:/[a-z]+)?\.(?:json|xml)"),
        "id",
        False,
    ),
    (re.compile(r"/api/v1/.*(tasks|comments|time_trackers)\.(?:json|xml)"), "id", False),
    (re.compile(r"/api/(?!v1|projects|new/).*/([0-9]+)"), "id", False),
    (re.compile(r"/api/(?!v1|projects).*/(themes|[a-z-]*stories|companies|backlogs)"), "id", False),
    (
        re.compile(r"/api/(?!v1|projects).*/(snapshots|sprints|[a-z-]*criteria|duplicate)"),
        "id",
        False,
    ),
)
SECRET = "68300163a5d8b2d71d60fff19f056ab3"


class Pieces(httpx.AsyncByteStream):
    """A body that arrives piece by piece, and may end with an error."""

    def __init__(self, pieces: Iterable[bytes], error: Exception | None = None) -> None:
        self._pieces = tuple(pieces)
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error:
            raise self._error


@frozen
class Say:
    """An answer: bytes go out as they are, anything else as JSON."""

    body: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict[str, str])
    after: float = 0.0
    """Seconds."""
    cut_by: Exception | None = None

    def response(self, request: httpx.Request) -> httpx.Response:
        body = self.body if request.method == "DELETE" else self._of_entity(request.url.path)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        stream = Pieces((content,), self.cut_by)
        headers = {name: value.encode("latin-1") for name, value in self.headers.items()}
        raw = [(name.encode(), value) for name, value in headers.items()]
        return httpx.Response(self.status, headers=raw, stream=stream, request=request)

    def _of_entity(self, path: str) -> object:
        """The body, which is of the entity that was asked for unless it says of which it is."""
        body = _members(self.body)
        if body is None or not 200 <= self.status < 300 or body.keys() & _NAMED:
            return self.body
        for pattern, name, is_object in _IDENTITIES:
            if found := pattern.fullmatch(path):
                number = int(found[1]) if found[1].isdecimal() else 1
                return {name: {"$oid": found[1]} if is_object else number, **body}
        return body


def _members(body: object) -> dict[str, object] | None:
    return cast("dict[str, object]", body) if isinstance(body, dict) else None


Step: TypeAlias = Say | Exception


class Scripted(httpx.AsyncBaseTransport):
    """Takes one step for each request, and repeats the last one."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps
        self.requests: list[httpx.Request] = []
        self.times: list[float] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        step = self._steps[min(len(self.requests), len(self._steps) - 1)]
        self.requests.append(request)
        self.times.append(anyio.current_time())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await anyio.sleep(step.after if isinstance(step, Say) else 0)
        finally:
            self.in_flight -= 1
        if isinstance(step, Exception):
            raise step
        return step.response(request)

    async def aclose(self) -> None:
        self.closed = True

    @property
    def bodies(self) -> list[object]:
        """What was sent, as plain data."""
        return [json.loads(request.content) for request in self.requests if request.content]

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Method and path of each request, the path as it goes over the wire."""
        return [(request.method, request.url.raw_path.decode()) for request in self.requests]


def donut_at(server: httpx.AsyncBaseTransport, **options: Unpack[Options]) -> FlyingDonut:
    """A client of the project, through `server`."""
    options["transport"] = server
    return FlyingDonut(PROJECT, secret=SECRET, username="jane.smith", **options)
