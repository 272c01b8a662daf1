"""Creating in bulk with a journal: how many drafts a second of the client's CPU time is enough for.

The other side's cost is that second, so that the ratio is the number of drafts. It says what the
library does, whatever else the machine is busy with; by the clock on the wall there also is the
disk, which takes the journal before a request leaves.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import anyio

from agilekit import BulkReport, Flow, FlyingDonut, InvalidInput, KanbanTool
from agilekit.flow.params import TaskDraft as FlowDraft
from agilekit.flyingdonut.params import CardDraft
from agilekit.kanbantool.params import TaskDraft
from benchmarks.serving import Server, serving
from benchmarks.table import NotMeasured, Opening, Round, Row, Sample, Size, at_least

Create: TypeAlias = Callable[[str, int, Path, dict[str, Any]], Awaitable[BulkReport[Any]]]
"""Creates so many at the server of a URL, with a journal and options of the client."""

_SECOND: Final = 1e6  # µs


async def kanban_tasks(
    url: str, drafts: int, journal: Path, options: dict[str, Any]
) -> BulkReport[Any]:
    async with KanbanTool(token="of-nobody", base_url=url, **options) as kanban:
        tasks = (TaskDraft(name=f"Task {number}") for number in range(drafts))
        return await kanban.tasks.create_many(1, tasks, journal=journal)


async def flow_tasks(
    url: str, drafts: int, journal: Path, options: dict[str, Any]
) -> BulkReport[Any]:
    async with Flow("board", key="of-nobody", user_id=1, base_url=url, **options) as flow:
        tasks = (FlowDraft(task_text=f"Task {number}", task_type_id=1) for number in range(drafts))
        return await flow.tasks.create_many(1, tasks, journal=journal)


async def cards(url: str, drafts: int, journal: Path, options: dict[str, Any]) -> BulkReport[Any]:
    async with FlyingDonut(
        "project", secret="of-nobody", username="jane.smith", base_url=url, **options
    ) as donut:
        titles = (CardDraft(title=f"Card {number}") for number in range(drafts))
        return await donut.cards.create_many("bucket", titles, journal=journal)


def creating(create: Create, http: str | None = None, *, times: int = 1) -> Opening:
    """times: how many times as many drafts are made as of others."""
    options: dict[str, Any] = {} if http is None else {"http": http}

    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        with serving("creating_server") as server:
            yield lambda: _one_round(create, server, size.drafts * times, options)

    return opened


def _one_round(create: Create, server: Server, drafts: int, options: dict[str, Any]) -> Sample:
    with tempfile.TemporaryDirectory() as folder:
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            report = anyio.run(create, server.url, drafts, Path(folder, "journal"), options)
        except InvalidInput as error:
            raise NotMeasured(str(error)) from None
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert str(report).startswith(f"{drafts} created, 0 refused, 0 of unknown"), str(report)
    return Sample(cpu / drafts * 1e6, _SECOND, by_the_wall=drafts / wall)


ROWS: Final = (
    Row("drafts a second, tasks of Kanban Tool", at_least(1000), creating(kanban_tasks)),
    Row("drafts a second, tasks of flow", at_least(1000), creating(flow_tasks)),
    Row(
        'drafts a second, tasks of Kanban Tool, http="fast"',
        at_least(1500),
        creating(kanban_tasks, "fast"),
    ),
    Row(
        'drafts a second, tasks of flow, http="fast"', at_least(1500), creating(flow_tasks, "fast")
    ),
    Row(
        "drafts a second, cards of Flying Donut, 50 a request",
        at_least(6500),
        creating(cards, times=5),
    ),
)
