"""A documented call as its document gives it, and the request that has to come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, Literal, TypeAlias, TypeVar
from urllib.parse import parse_qsl

import httpx
from attrs import field, frozen

C = TypeVar("C")

Format: TypeAlias = Literal["json", "xml", "jsonp"]


@frozen(kw_only=True)
class Call(Generic[C]):
    """One way to make one documented call. A heading may have several."""

    heading: str
    """As the document writes it."""
    method: str
    path: str
    """Below the base URL, with ids, without a suffix."""
    query: Mapping[str, str] = field(factory=dict[str, str])
    """The documented parameters of a read."""
    fields: Mapping[str, str] = field(factory=dict[str, str])
    """The documented form fields of a write."""
    make: Callable[[C], Awaitable[object]]
    result: object
    """What the method gives for the sample."""
    json: object = None
    """The sample. None: no body."""
    xml: str | None = None
    """The sample in XML. None: no body, or JSON alone."""
    json_only: bool = False
    status: int = 200


@frozen(kw_only=True)
class Sent:
    """A request, as far as a document determines it."""

    method: str
    path: str
    query: Mapping[str, str]
    fields: Mapping[str, str]

    @classmethod
    def of(cls, request: httpx.Request, base_path: str) -> Sent:
        return cls(
            method=request.method,
            path=request.url.raw_path.decode().partition("?")[0].removeprefix(base_path),
            query=dict(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
            fields=dict(parse_qsl(request.content.decode(), keep_blank_values=True)),
        )


@frozen(kw_only=True)
class Habits:
    """What a document says of every request."""

    suffix: bool
    override: str
    """The parameter, or the header."""
    override_in_query: bool = False
    override_in_header: bool = False

    def sent(self, call: Call[C], format: Format, *, override: bool) -> Sent:
        """What has to be sent for a call."""
        ending = ".xml" if format == "xml" and not call.json_only else ".json"
        path = call.path + (ending if self.suffix else "")
        query, fields = dict(call.query), dict(call.fields)
        verb = {self.override: call.method.lower()}
        if format == "jsonp":
            verb = {} if call.method == "GET" else verb
            return Sent(method="GET", path=path, query={**query, **fields, **verb}, fields={})
        if not override or call.method not in ("PUT", "DELETE"):
            if call.method == "DELETE":
                query, fields = {**query, **fields}, {}
            return Sent(method=call.method, path=path, query=query, fields=fields)
        if self.override_in_header:
            return Sent(method="POST", path=path, query=query, fields=fields)
        if self.override_in_query:
            return Sent(method="POST", path=path, query={**query, **verb}, fields=fields)
        return Sent(method="POST", path=path, query=query, fields={**fields, **verb})
