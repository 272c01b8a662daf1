"""The reader of each service's client."""

from __future__ import annotations

from typing import Final, TypeAlias, TypeGuard

from agilekit.easybacklog import EasyBacklog
from agilekit.export.source.easybacklog.reader import EasyBacklogReader
from agilekit.export.source.flow.reader import FlowReader
from agilekit.export.source.flyingdonut.reader import FlyingDonutReader
from agilekit.export.source.kanbantool.reader import KanbanToolReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ProjectReader
from agilekit.flow import Flow
from agilekit.flyingdonut import FlyingDonut
from agilekit.kanbantool import KanbanTool

__all__ = ["Exportable", "is_exportable", "reader_of"]

Exportable: TypeAlias = FlyingDonut | Flow | EasyBacklog | KanbanTool
"""The clients whose projects can be exported."""

_CLIENTS: Final = (FlyingDonut, Flow, EasyBacklog, KanbanTool)


def is_exportable(client: object) -> TypeGuard[Exportable]:
    return isinstance(client, _CLIENTS)


def reader_of(client: Exportable, limiter: ReadLimiter) -> ProjectReader:
    match client:
        case FlyingDonut():
            return FlyingDonutReader(client, limiter)
        case Flow():
            return FlowReader(client, limiter)
        case EasyBacklog():
            return EasyBacklogReader(client, limiter)
        case KanbanTool():
            return KanbanToolReader(client, limiter)
