"""The reader of each service's client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from agilekit.export.source.easybacklog.reader import EasyBacklogReader
from agilekit.export.source.flow.reader import FlowReader
from agilekit.export.source.flyingdonut.reader import FlyingDonutReader
from agilekit.export.source.kanbantool.reader import KanbanToolReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ProjectReader
from agilekit.services import AnyClient, service_of

__all__ = ["READERS", "Exportable", "reader_of"]

Exportable: TypeAlias = AnyClient
"""The clients whose projects can be exported."""

READERS: Final = dict[str, Callable[[Any, ReadLimiter], ProjectReader]](
    flyingdonut=FlyingDonutReader,
    flow=FlowReader,
    easybacklog=EasyBacklogReader,
    kanbantool=KanbanToolReader,
)
"""By the names of `agilekit.services.SERVICES`."""


def reader_of(client: Exportable, limiter: ReadLimiter) -> ProjectReader:
    """What reads the projects of a client."""
    return READERS[service_of(client).name](client, limiter)
