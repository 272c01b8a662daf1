"""``--dry-run``: the job runs as it would, against a server that refuses everything.

So every draft is checked by the very code that would send it, and the requests that are shown are
those that would be sent. Only a container that is given by its name is looked up before.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Final, cast
from urllib.parse import parse_qsl

import click

from agilekit import Conflicted, Options, Refused
from agilekit.bulk import Outcome
from agilekit.cli.create.container import Container
from agilekit.cli.create.job import SOME_FAILED, Job
from agilekit.cli.create.output import Tally
from agilekit.cli.event_loop import run
from agilekit.cli.terminal import printable
from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Answer, Request, Response

__all__ = ["show_requests"]

_SHOWN_REQUESTS: Final = 3
_SHOWN_ELEMENTS: Final = 2


def show_requests(
    job: Job, options: Options, tally: Tally, container: Container, *, quiet: bool
) -> None:
    """Prints the first requests, and the drafts that cannot be sent."""
    server = _RefusingServer()
    options["transport"] = server.transport()
    options["concurrency"] = 1  # so that the first requests are those of the first drafts
    report = run(lambda: job(options, {}))
    if not quiet:
        for line in server.lines():
            click.echo(line)
    tally.print_failures(one for one in report if not _is_sent(one))
    if not quiet:
        total = len(tally.drafts)
        looked_up = "Nothing was created: only --into was looked up"
        nothing = looked_up if container.shown else "Nothing was sent"
        click.echo(f"{nothing}. {total - tally.failed} of {total} drafts can be sent.")
    if tally.failed:
        sys.exit(SOME_FAILED)


def _is_sent(outcome: Outcome[object]) -> bool:
    """Whether a draft got as far as a request, which the server then refused with 409."""
    return not isinstance(outcome, Refused) or isinstance(outcome.error, Conflicted)


class _RefusingServer(Sandbox):
    """Holds nothing, refuses every write, and keeps the first requests."""

    def __init__(self) -> None:
        super().__init__("empty")
        self.writes: list[Request] = []

    def handle(self, request: Request) -> Answer:
        if request.method == "GET":
            return Answer(Response.json([]))
        if len(self.writes) < _SHOWN_REQUESTS:
            self.writes.append(request)
        # A refusal that blames neither the draft, which would be sent alone, nor the whole job.
        return Answer(Response.json({"error": "a dry run sends nothing"}, 409))

    def lines(self) -> Iterator[str]:
        """The first requests, without their headers: one of these holds the secret."""
        for request in self.writes:
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
