"""The attributes of spans and metrics, by the conventions of OpenTelemetry.

Source: OpenTelemetry Semantic Conventions, docs/http/http-spans.md, "HTTP client span", and
docs/http/http-metrics.md, "Metric: http.client.request.duration"
(https://opentelemetry.io/docs/specs/semconv/http/). What is the library's own begins with
``agilekit.``.
"""

from __future__ import annotations

from typing import Final, TypeAlias
from urllib.parse import urlsplit

from agilekit.events import Attempt, AttemptStarted, EventContext

__all__ = [
    "ERROR_TYPE",
    "SCHEMA_URL",
    "Attributes",
    "of_answer",
    "of_context",
    "of_request",
    "without_none",
]

Attributes: TypeAlias = dict[str, str | int | float | tuple[str, ...] | tuple[int, ...]]

SCHEMA_URL: Final = "https://opentelemetry.io/schemas/1.29.0"
ERROR_TYPE: Final = "error.type"

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_FIRST_ERROR: Final = 400


def of_request(event: AttemptStarted) -> Attributes:
    """What spans and metrics tell of a request: nothing that differs from each to the next."""
    url = urlsplit(event.url)
    attributes: Attributes = {
        "http.request.method": event.method,
        "server.address": url.hostname or "",
        "server.port": url.port or _DEFAULT_PORTS.get(url.scheme, 0),
    }
    if event.url_template is not None:
        attributes["url.template"] = event.url_template
    return attributes


def of_answer(event: Attempt) -> Attributes:
    """What they tell of its end."""
    attributes: Attributes = {}
    if event.status is not None:
        attributes["http.response.status_code"] = event.status
    if event.status is None:
        attributes[ERROR_TYPE] = event.error_type or "_OTHER"
    elif event.status >= _FIRST_ERROR:
        attributes[ERROR_TYPE] = str(event.status)
    return attributes


def of_context(context: EventContext) -> Attributes:
    """What spans tell of every event, by which they are found in the logs."""
    return without_none(
        {
            "agilekit.service": context.service,
            "agilekit.host": context.host,
            "agilekit.route": context.route,
            "agilekit.call_id": context.call_id,
            "agilekit.edit_id": context.edit_id,
            "agilekit.job_id": context.job_id,
        }
    )


def without_none(
    values: dict[str, str | int | float | tuple[str, ...] | tuple[int, ...] | None],
) -> Attributes:
    """Attributes that have a value: there is no other way to say that there is none."""
    return {name: value for name, value in values.items() if value is not None}
