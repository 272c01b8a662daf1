"""Creating a million notes with a journal; and things over connections, with one and without."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeAlias

import anyio

from agilekit import BulkReport, EasyBacklog, FlyingDonut, KanbanTool
from agilekit.bulk.journal import Journal, Row, State
from agilekit.easybacklog.params import StoryDraft
from agilekit.flyingdonut.params import CardDraft
from agilekit.kanbantool.params import TaskDraft
from agilekit.sandbox import Sandbox

NOTES: Final = 1_000_000
DRAFTS: Final = 500
ROUNDS: Final = 5
LATENCY: Final = 0.02

Create: TypeAlias = Callable[[str, Path | None], Awaitable[BulkReport[Any]]]
"""Creates at the server of a URL, with a journal or without."""


@contextmanager
def serving() -> Generator[str]:
    """A sandbox in a process of its own. Gives its URL."""
    program = [sys.executable, "-m", "agilekit", "sandbox", "--port", "0"]
    with subprocess.Popen(
        [*program, "--latency", str(LATENCY)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            found = (re.search(r"http://[\d.]+:\d+", line) for line in process.stdout)
            yield next(url[0] for url in found if url)
        finally:
            process.terminate()


async def cards(url: str, journal: Path | None) -> BulkReport[Any]:
    async with FlyingDonut(**Sandbox().flyingdonut.arguments(url)) as donut:
        bucket, *_ = await donut.buckets.all()
        return await donut.cards.create_many(
            bucket, (CardDraft(title=f"Card {number}") for number in range(DRAFTS)), journal=journal
        )


async def tasks(url: str, journal: Path | None) -> BulkReport[Any]:
    async with KanbanTool(**Sandbox().kanbantool.arguments(url)) as kanban:
        board, *_ = await kanban.boards.all()
        return await kanban.tasks.create_many(
            board, (TaskDraft(name=f"Task {number}") for number in range(DRAFTS)), journal=journal
        )


async def stories(url: str, journal: Path | None) -> BulkReport[Any]:
    service = Sandbox().easybacklog
    async with EasyBacklog(**service.arguments(url), concurrency=1) as easy:
        theme = next(iter(service.themes))
        return await easy.stories.create_many(
            theme, (StoryDraft(as_a=f"User {number}") for number in range(DRAFTS)), journal=journal
        )


WAYS: Final[dict[str, Create]] = {
    "cards of Flying Donut, 50 in a request": cards,
    "tasks of Kanban Tool, one in a request, 16 at once": tasks,
    "stories of easyBacklog, one after the other": stories,
}


def cost(create: Create, journal: Path | None) -> float:
    """Microseconds of this process's CPU time a draft."""
    with serving() as url:

        async def measured() -> float:
            gc.collect()
            began = time.process_time()
            report = await create(url, journal)
            spent = time.process_time() - began
            assert str(report).startswith(f"{DRAFTS} created")
            return spent / DRAFTS * 1e6

        return anyio.run(measured)


async def commits(journal: Path) -> float:
    """Microseconds of CPU time for a commit of one row: what one draft after the other cannot save.

    The synchronisation of the disk, and the way to a thread and back.
    """
    opened = await Journal.open(journal, {})
    began = time.process_time()
    for position in range(DRAFTS):
        await opened.put([Row(position, b"", State.SENT, "{}")])
    spent = time.process_time() - began
    await opened.aclose()
    return spent / DRAFTS * 1e6


def compare(folder: Path) -> None:
    """What a journal costs, both sides in turn."""
    print(f"{DRAFTS:,} drafts, {LATENCY * 1000:.0f} ms away, µs of CPU a draft without a journal")
    print("and with one, and of a commit of one row:")
    for what, create in WAYS.items():
        without: list[float] = []
        kept: list[float] = []
        for number in range(ROUNDS):
            without.append(cost(create, None))
            kept.append(cost(create, folder / f"{create.__name__}-{number}"))
        ratio = median(a / b for a, b in zip(kept, without, strict=True))
        floor = median(
            anyio.run(commits, folder / f"{create.__name__}-{n}-floor") for n in range(ROUNDS)
        )
        print(
            f"  {what:50} {median(without):5.0f} {median(kept):5.0f}  ratio {ratio:.2f}, "
            f"a commit {floor:.0f}"
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder))
        program = [sys.executable, "-m", "tests.bulk.large_job", f"{folder}/notes", str(NOTES)]
        taken = json.loads(subprocess.run(program, check=True, capture_output=True).stdout)
        size = Path(folder, "notes").stat().st_size / 1e6
        print(
            f"{NOTES:,} notes in batches of 50, without a server: {taken['seconds']:.0f} s, "
            f"{taken['megabytes']:.0f} MB of memory, a journal of {size:.0f} MB"
        )


if __name__ == "__main__":
    main()
