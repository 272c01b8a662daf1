"""The hook that makes the spans and the metrics."""

from __future__ import annotations

import logging
from typing import Final

from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import TracerProvider, get_tracer

from agilekit._version import __version__
from agilekit.events import Event, EventHook
from agilekit.otel.attributes import SCHEMA_URL
from agilekit.otel.metrics import Metrics
from agilekit.otel.spans import Spans

__all__ = ["hook"]

_NAME: Final = "agilekit"
_COMPLAINTS: Final = logging.getLogger("opentelemetry.agilekit")


def hook(
    *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> EventHook:
    """A hook that makes spans and metrics of what it is told; one serves any number of clients.

    tracer_provider: where the spans go; by default, to the global one, also if it is set later.
    meter_provider: where the metrics go; likewise.

    ``traceparent``, or what the configured propagator writes instead, goes along with each request.
    What an SDK raises disturbs no call: it is logged by ``opentelemetry.agilekit``.
    """
    spans = Spans(get_tracer(_NAME, __version__, tracer_provider, SCHEMA_URL))
    metrics = Metrics(get_meter(_NAME, __version__, meter_provider, SCHEMA_URL))

    def both(event: Event) -> None:
        for part in (spans, metrics):
            # Source: OpenTelemetry Specification, "Error handling in OpenTelemetry", 1: what
            # observes a program never ends it.
            try:
                part(event)
            except Exception:  # noqa: BLE001 - as above
                _COMPLAINTS.exception("%s could not be observed", type(event).__name__)

    return both
