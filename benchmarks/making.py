"""Importing agilekit and making one client, in a fresh interpreter: each service by itself, beside
importing the libraries that agilekit stands on.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from benchmarks.importing import BASE, cost
from benchmarks.table import Opening, Round, Row, Sample, Size, at_most

CLIENTS: Final = {
    "FlyingDonut": "FlyingDonut('project', secret='of-nobody')",
    "Flow": "Flow('board', key='of-nobody')",
    "EasyBacklog": "EasyBacklog('https://localhost/api', token='of-nobody')",
    "KanbanTool": "KanbanTool('company', token='of-nobody')",
}


def beside_libraries(client: str) -> Opening:
    statement = f"from agilekit import {client}; {CLIENTS[client]}"

    @contextmanager
    def opened(_: Size) -> Generator[Round]:
        yield lambda: Sample(cost(statement) * 1000, cost(BASE) * 1000)

    return opened


ROWS: Final = tuple(
    Row(f"import and one {client}", at_most(1.4), beside_libraries(client), unit="ms")
    for client in CLIENTS
)
