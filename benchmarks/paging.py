"""Reading an archive of 1,000 tasks: page after page, ahead, stably, and in XML."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import anyio
from attrs import frozen

from agilekit import Attempt, Event, KanbanTool
from agilekit.wire.dialect import Format
from benchmarks.archive import LATENCY, TASKS

ROUNDS = 7


@frozen
class Way:
    """A way to read the archive."""

    name: str
    prefetch: int = 0
    stable: bool = False
    format: Format = "json"


SERIALLY = Way("page after page")
WAYS = (
    SERIALLY,
    Way("4 pages ahead", prefetch=4),
    Way("stable", stable=True),
    Way("stable, 4 pages ahead", stable=True, prefetch=4),
    Way("in XML", format="xml"),
)


async def measured(url: str, token: str, board: int, way: Way) -> tuple[float, int]:
    """Seconds and requests."""
    requests = 0

    def count(event: Event) -> None:
        nonlocal requests
        requests += isinstance(event, Attempt)

    async with KanbanTool(token=token, base_url=url, format=way.format, on_event=count) as kanban:
        await kanban.boards.all()  # a connection is there
        requests = 0
        began = time.perf_counter()
        listing = kanban.tasks.archived(board, stable=way.stable)
        async with listing.pages(prefetch=way.prefetch) as pages:
            read = sum([len(page) async for page in pages])
        seconds = time.perf_counter() - began
    assert read == TASKS
    return seconds, requests


def main() -> None:
    program = Path(__file__).with_name("archive.py")
    with subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            url, token, board = process.stdout.readline().split()
            rounds = [
                {way: anyio.run(measured, url, token, int(board), way) for way in WAYS}
                for _ in range(ROUNDS)
            ]
        finally:
            process.terminate()
    print(f"an archive of {TASKS} tasks, {LATENCY * 1000:.0f} ms away:")
    for way in WAYS:
        faster = median(one[SERIALLY][0] / one[way][0] for one in rounds)
        seconds = median(one[way][0] for one in rounds)
        requests = max(one[way][1] for one in rounds)
        print(f"  {way.name:22} {seconds * 1000:5.0f} ms {requests:3} requests  {faster:.2f} x")


if __name__ == "__main__":
    main()
