"""The reader of each service's client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeGuard

from agilekit.easybacklog import EasyBacklog
from agilekit.export.easybacklog import EasyBacklogReader
from agilekit.export.flow import FlowReader
from agilekit.export.flyingdonut import FlyingDonutReader
from agilekit.export.kanbantool import KanbanToolReader
from agilekit.export.reader import Reader, Turns
from agilekit.flow import Flow
from agilekit.flyingdonut import FlyingDonut
from agilekit.kanbantool import KanbanTool

__all__ = ["Exportable", "is_exportable", "reader_of"]

Exportable: TypeAlias = FlyingDonut | Flow | EasyBacklog | KanbanTool
"""The clients whose projects can be exported."""

_READERS: Final[Mapping[type[object], Callable[..., Reader]]] = {
    EasyBacklog: EasyBacklogReader,
    Flow: FlowReader,
    FlyingDonut: FlyingDonutReader,
    KanbanTool: KanbanToolReader,
}


def is_exportable(client: object) -> TypeGuard[Exportable]:
    return isinstance(client, tuple(_READERS))


def reader_of(client: Exportable, turns: Turns) -> Reader:
    make = next(reader for kind, reader in _READERS.items() if isinstance(client, kind))
    return make(client, turns)
