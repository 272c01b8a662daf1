"""Faults on demand: what goes wrong, how often, and the answer that comes of it.

A change is made before the fault (``error_after``, ``drop_after``, ``cut_body``, ``garbage``), not
at all (``rate_limited``, ``bad_gateway``, ``error_before``, ``drop_before``), or long after it
(``commit_late``); these nine exclude each other within one request. The choice is drawn from a
seeded generator, once for each request, so that the same requests in the same order meet the same
faults. What only one fault needs is drawn from a generator of its own.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from random import Random
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from attrs import Attribute, evolve, field, frozen

from agilekit.sandbox.messages import Answer, Response
from agilekit.sandbox.options import check_choice, options_repr, probability

if TYPE_CHECKING:
    from collections.abc import Callable

Exclusive: TypeAlias = Literal[
    "rate_limited",
    "bad_gateway",
    "error_before",
    "drop_before",
    "error_after",
    "drop_after",
    "cut_body",
    "garbage",
    "commit_late",
]
Fault: TypeAlias = Exclusive | Literal["conflict_storm"]

EXCLUSIVE: Final[tuple[Exclusive, ...]] = get_args(Exclusive)


def _seconds(_: object, attribute: Attribute[float], value: float) -> None:
    if not 0 <= value < math.inf:
        raise ValueError(f"{attribute.name} is in seconds, 0 or more, not {value!r}")


def _span(_: object, attribute: Attribute[tuple[float, float]], value: tuple[float, float]) -> None:
    first, last = value
    if not 0 <= first <= last < math.inf:
        raise ValueError(f"{attribute.name} is from 0 or more seconds to no fewer, not {value!r}")


@frozen(kw_only=True, repr=False)
class Faults:
    """What goes wrong, as probabilities from 0 to 1 per request.

    Raises :class:`ValueError` for a value out of range, and if the probabilities that exclude
    each other (all but ``conflict_storm``) sum to more than 1.
    """

    latency: float = field(default=0.0, validator=_seconds)
    """Seconds that every request waits before it is handled."""
    rate_limited: float = field(default=0.0, validator=probability)
    """429 with ``Retry-After``, nothing applied."""
    retry_after: float = field(default=1.0, validator=_seconds)
    """Seconds; a fraction is sent as one, in the date form it is rounded up."""
    retry_after_form: Literal["seconds", "date"] = "seconds"
    bad_gateway: float = field(default=0.0, validator=probability)
    """502 with an HTML body, nothing applied."""
    error_before: float = field(default=0.0, validator=probability)
    """500, nothing applied."""
    error_after: float = field(default=0.0, validator=probability)
    """500, although the change is made."""
    drop_before: float = field(default=0.0, validator=probability)
    """The connection is closed without an answer, nothing applied."""
    drop_after: float = field(default=0.0, validator=probability)
    """The connection is closed without an answer, although the change is made."""
    cut_body: float = field(default=0.0, validator=probability)
    """The change is made and the connection is closed in the middle of the answer's body."""
    garbage: float = field(default=0.0, validator=probability)
    """The change is made and the answer is 200 with a body that is not JSON."""
    commit_late: float = field(default=0.0, validator=probability)
    """The client is told nothing, and the change is made later, judged by what is there by then.

    Only requests that may change anything meet it. The change is made before the sandbox handles
    any request that comes at that time or after; see :meth:`Sandbox.commit_due`.
    """
    commit_after: tuple[float, float] = field(default=(0.3, 35.0), validator=_span)
    """How many seconds later that is: between these two, by the clock of the event loop."""
    commit_status: Literal[502, 503, 504] | None = None
    """None closes the connection without an answer at once, a status is that of a gateway that
    gave up."""
    conflict_storm: float = field(default=0.0, validator=probability)
    """Just before an update is judged, another editor changes each attribute that it names."""
    seed: int = 0
    methods: frozenset[str] | None = None
    """The HTTP methods that the faults, latency included, apply to; None is all of them."""

    def __attrs_post_init__(self) -> None:
        check_choice("retry_after_form", self.retry_after_form, ("seconds", "date"))
        if self.commit_status not in (None, 502, 503, 504):
            raise ValueError(f"commit_status is None, 502, 503 or 504, not {self.commit_status!r}")
        total = math.fsum(self.odds())
        if total > 1 + 1e-9:
            raise ValueError(f"The faults that exclude each other sum to {total:g}, more than 1")

    def __repr__(self) -> str:
        return options_repr(self)

    def odds(self) -> tuple[float, ...]:
        """The probabilities of the faults that exclude each other, in the order of EXCLUSIVE."""
        return tuple(getattr(self, name) for name in EXCLUSIVE)

    def concern(self, method: str) -> bool:
        """Whether the faults apply to an HTTP method."""
        return self.methods is None or method in self.methods


@frozen
class Decision:
    """What happens to one request."""

    fault: Exclusive | None = None
    storm: bool = False


class FaultSequence:
    """The decisions for a sequence of requests, repeatable from the seed of the faults."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._random = Random(faults.seed)  # noqa: S311 - repeatable, not secret
        self._delays = Random(f"commit_late {faults.seed}")  # noqa: S311

    def decide(self, method: str, *, writes: bool) -> Decision:
        decision = self._decide(method)
        if decision.fault == "commit_late" and not writes:
            return evolve(decision, fault=None)
        return decision

    def commit_delay(self) -> float:
        """Seconds until a late commit."""
        return self._delays.uniform(*self.faults.commit_after)

    def _decide(self, method: str) -> Decision:
        if not self.faults.concern(method):
            return Decision()
        # Both are drawn for every request: a change of one probability leaves the other draws.
        point, storm = self._random.random(), self._random.random()
        for name, odds in zip(EXCLUSIVE, self.faults.odds(), strict=True):
            if point < odds:
                return Decision(name, storm < self.faults.conflict_storm)
            point -= odds
        return Decision(None, storm < self.faults.conflict_storm)


def answer(faults: Faults, fault: Exclusive | None, serve: Callable[[], Response]) -> Answer:
    """The answer to one request; ``serve`` makes the change, at most once, or is not called."""
    match fault:
        case None:
            return Answer(serve())
        case "rate_limited":
            reason = {"error": "Too many requests"}
            return Answer(Response.json({**reason}, 429, retry_after=_retry_after(faults)))
        case "bad_gateway":
            return Answer(_gateway_error(502))
        case "error_before":
            return Answer(_server_error())
        case "drop_before":
            return Answer(_server_error(), "dropped")
        case "commit_late":
            dropped = faults.commit_status is None
            return Answer(
                _gateway_error(faults.commit_status or 504), "dropped" if dropped else "whole"
            )
        case "error_after":
            serve()
            return Answer(_server_error())
        case "drop_after":
            return Answer(serve(), "dropped")
        case "cut_body":
            return Answer(serve(), "cut")
        case "garbage":
            serve()
            return Answer(Response.html("<html><h1>Down for maintenance</h1></html>", 200))


def _gateway_error(status: Literal[502, 503, 504]) -> Response:
    return Response.html(f"<html><h1>{status} {HTTPStatus(status).phrase}</h1></html>", status)


def _server_error() -> Response:
    return Response.json({"error": "Internal server error"}, 500)


def _retry_after(faults: Faults) -> str:
    if faults.retry_after_form == "seconds":
        return f"{faults.retry_after:.3f}".rstrip("0").rstrip(".")
    # RFC 9110, 5.6.7: an HTTP-date has whole seconds; round up so that it is never too early.
    moment = (datetime.now(UTC) + timedelta(seconds=faults.retry_after)).timestamp()
    return format_datetime(datetime.fromtimestamp(math.ceil(moment), UTC), usegmt=True)
