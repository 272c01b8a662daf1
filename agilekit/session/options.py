"""The keywords that every client takes, and the variable of the environment that sets one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict

from agilekit.environment import optional
from agilekit.events import EventHook
from agilekit.session.http_library import HttpLibrary, TransportLike, http_named

__all__ = ["Options", "with_variables"]

_HTTP: Final = "AGILEKIT_HTTP"


class Options(TypedDict, total=False):
    """The keywords that every client takes."""

    concurrency: int
    """How many requests may be in flight at once, each on a connection of its own. 16."""
    rate: float | None
    """Requests a second at most, for all clients of this credential at this host. No limit."""
    timeout: float
    """Seconds for one attempt, from its first byte to its last. 30."""
    deadline: float
    """Seconds for a call with all its attempts and waits. 120."""
    settle_after: float
    """Seconds from sending for which a server may still be at work on a request whose reply was
    lost; never less than `timeout` and 10 more. 40."""
    retries: int
    """How often an attempt may be repeated. 5."""
    largest_body: int
    """The most bytes of an answer, unpacked. 67,108,864 (64 MiB)."""
    transport: TransportLike | None
    """An `httpx.AsyncBaseTransport`, or an `httpx.AsyncClient` to borrow. Own connections."""
    http: HttpLibrary | None
    """What sends: ``"httpx"``, ``"httpx2"``, or ``"fast"``, connections of our own; whatever is
    installed besides. Not together with `transport`, which is of a library. httpx."""
    on_event: EventHook | Sequence[EventHook] | None
    """Is told what happens: calls, attempts, waits, edits, conflicts, jobs. Several are called in
    order. None."""
    allow_http: bool
    """Whether the base URL may be plain HTTP beyond this machine. False."""


def with_variables(options: Options) -> Options:
    """The options, and ``AGILEKIT_HTTP`` if they leave open what sends: a transport is of a
    library.

    Raises InvalidInput for a variable that cannot be right.
    """
    named = optional(_HTTP)
    if named is None or options.get("http") is not None or options.get("transport") is not None:
        return options
    return {**options, "http": http_named(named.strip(), of=_HTTP)}
