"""The metrics: how long requests take, and what the library does by itself.

=============================  =========  =======================================================
``http.client.request.duration``  s       each attempt, as the conventions say
``agilekit.retries``           {attempt}  attempts that repeat another one
``agilekit.wait.duration``     s          waits, by ``agilekit.wait.reason``
``agilekit.conflicts``         {conflict}  attributes that somebody else had changed
``agilekit.unknown_outcomes``  {write}    writes that may have been made, or not
=============================  =========  =======================================================
"""

from __future__ import annotations

from typing import Final

from opentelemetry.metrics import Meter

from agilekit.events import (
    Attempt,
    AttemptStarted,
    CallEnded,
    Conflict,
    EditEnded,
    Event,
    JobEnded,
    Wait,
)
from agilekit.otel.attributes import Attributes, of_answer, of_request

__all__ = ["Metrics"]

# Source: OpenTelemetry Semantic Conventions, docs/http/http-metrics.md, "Metric:
# http.client.request.duration": the boundaries that it asks for.
_BOUNDARIES: Final = (
    *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0),
)


class Metrics:
    """Makes metrics of events."""

    def __init__(self, meter: Meter) -> None:
        self._durations = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._pauses = meter.create_histogram(
            "agilekit.wait.duration",
            "s",
            "Waits of calls and edits.",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._retries = meter.create_counter(
            "agilekit.retries", "{attempt}", "Attempts that repeat another one."
        )
        self._conflicts = meter.create_counter(
            "agilekit.conflicts", "{conflict}", "Attributes that somebody else had changed."
        )
        self._unknown = meter.create_counter(
            "agilekit.unknown_outcomes", "{write}", "Writes that may have been made, or not."
        )
        self._requests: dict[str | None, Attributes] = {}
        """By call, what the metrics tell of the request that is under way."""

    def __call__(self, event: Event) -> None:
        own: Attributes = {"agilekit.service": event.service}
        match event:
            case AttemptStarted():
                self._requests[event.call_id] = of_request(event)
                if event.number > 1:
                    self._retries.add(1, own)
            case Attempt():
                request = self._requests.pop(event.call_id, None)
                if request is not None:
                    self._durations.record(event.seconds, request | of_answer(event))
            case Wait():
                reason: Attributes = {"agilekit.wait.reason": event.reason}
                self._pauses.record(event.seconds, own | reason)
            case Conflict():
                self._conflicts.add(1, own)
            case CallEnded() | EditEnded() | JobEnded():
                if number := _unknown(event):
                    self._unknown.add(number, own)
            case _:
                pass


def _unknown(event: CallEnded | EditEnded | JobEnded) -> int:
    """How many writes are in doubt for good."""
    if isinstance(event, JobEnded):
        return event.unknown
    is_part = isinstance(event, CallEnded) and (event.edit_id or event.job_id)
    return 0 if is_part else event.is_unknown
