"""What a hook of OpenTelemetry has made, in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agilekit import EventHook, otel

__all__ = ["Collected"]


class Collected:
    """The spans that have ended, and the metrics."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracers: Final = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meters: Final = MeterProvider([self._reader])
        self.hook: Final[EventHook] = otel.hook(
            tracer_provider=self.tracers, meter_provider=self.meters
        )

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """In the order in which they ended."""
        return self._exporter.get_finished_spans()

    def named(self, beginning: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name.startswith(beginning)]

    def only(self, beginning: str) -> ReadableSpan:
        [span] = self.named(beginning)
        return span

    def parent_of(self, span: ReadableSpan) -> ReadableSpan | None:
        if span.parent is None:
            return None
        [parent] = [one for one in self.spans if _id(one) == span.parent.span_id]
        return parent

    def metrics(self) -> dict[str, list[tuple[Mapping[str, object], object]]]:
        """By name, the attributes and the value or the count of each series."""
        return {name: list(points) for name, points in self._points()}

    def text(self) -> str:
        """Everything that is sent to wherever it is sent."""
        data = self._reader.get_metrics_data()
        spans = [span.to_json() + repr(span.status.description) for span in self.spans]
        return "\n".join([*spans, "" if data is None else data.to_json()])

    def _points(self) -> Iterator[tuple[str, Iterator[tuple[Mapping[str, object], object]]]]:
        data = self._reader.get_metrics_data()
        found: Any = {"resource_metrics": []} if data is None else json.loads(data.to_json())
        for resource in found["resource_metrics"]:
            for scope in resource["scope_metrics"]:
                for metric in scope["metrics"]:
                    points = metric["data"]["data_points"]
                    yield (
                        metric["name"],
                        ((one["attributes"], one.get("value", one.get("count"))) for one in points),
                    )


def _id(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.span_id)
