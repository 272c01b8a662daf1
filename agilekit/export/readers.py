"""The reader of each service's client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from agilekit.export.easybacklog import EasyBacklogReader
from agilekit.export.flow import FlowReader
from agilekit.export.flyingdonut import FlyingDonutReader
from agilekit.export.kanbantool import KanbanToolReader
from agilekit.export.reader import Reader, Turns
from agilekit.services import AnyClient, service_of

__all__ = ["READERS", "Exportable", "reader_of"]

Exportable: TypeAlias = AnyClient
"""The clients whose projects can be exported."""

READERS: Final[Mapping[str, Callable[[Any, Turns], Reader]]] = {
    "flyingdonut": FlyingDonutReader,
    "flow": FlowReader,
    "easybacklog": EasyBacklogReader,
    "kanbantool": KanbanToolReader,
}
"""By the names of `agilekit.services.SERVICES`."""


def reader_of(client: Exportable, turns: Turns) -> Reader:
    """What reads the projects of a client."""
    return READERS[service_of(client).name](client, turns)
