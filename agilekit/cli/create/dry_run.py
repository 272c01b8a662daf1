"""``--dry-run``: the job is done as it would be, against nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, cast
from urllib.parse import parse_qsl

from agilekit import Conflicted, Refused
from agilekit.bulk import Outcome
from agilekit.cli.text import printable
from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Answer, Request, Response

__all__ = ["Nobody", "is_sound"]

_SHOWN_REQUESTS: Final = 3
_SHOWN_ELEMENTS: Final = 2


def is_sound(outcome: Outcome[object]) -> bool:
    """Whether a draft got as far as a request."""
    return not isinstance(outcome, Refused) or isinstance(outcome.error, Conflicted)


class Nobody(Sandbox):
    """In the place of a server: has nothing, refuses everything, and keeps the first requests."""

    def __init__(self) -> None:
        super().__init__("empty")
        self.asked: list[Request] = []

    def handle(self, request: Request) -> Answer:
        if request.method == "GET":
            return Answer(Response.json([]))
        if len(self.asked) < _SHOWN_REQUESTS:
            self.asked.append(request)
        # A refusal that blames neither the draft, which would be sent alone, nor the whole job.
        return Answer(Response.json({"error": "a dry run sends nothing"}, 409))

    def lines(self) -> Iterator[str]:
        """The first requests, without their headers: one of these holds the secret."""
        for request in self.asked:
            query = f"?{request.query}" if request.query else ""
            yield printable(f"{request.method} {request.path}{query}")
            yield from (printable(f"  {line}") for line in _body(request))
            yield ""


def _body(request: Request) -> Iterator[str]:
    text = request.body.decode()
    if "json" not in request.headers.get("content-type", ""):
        yield from (f"{name} = {value}" for name, value in parse_qsl(text, keep_blank_values=True))
        return
    data: object = json.loads(text)
    if not isinstance(data, list):
        yield from json.dumps(data, ensure_ascii=False, indent=2).splitlines()
        return
    elements = cast("list[object]", data)
    for element in elements[:_SHOWN_ELEMENTS]:
        yield from json.dumps(element, ensure_ascii=False, indent=2).splitlines()
    if len(elements) > _SHOWN_ELEMENTS:
        yield f"… and {len(elements) - _SHOWN_ELEMENTS} more in the same array"
