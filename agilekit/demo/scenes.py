"""What ``agilekit demo`` runs, in this order: each program with its clients, in its circumstances.

A scene prepares the sandbox as no client could (faults, somebody else at work, the time of day),
opens the clients, calls ``main``, and compares what the program found with what the sandbox holds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from types import ModuleType
from typing import Final, Literal

from attrs import frozen

from agilekit import InvalidInput
from agilekit.demo import (
    archive_pages,
    bulk_create,
    clock_change,
    complete_sprint,
    concurrent_edits,
    duplicate_backlog,
    export_formats,
    report_page,
    task_formats,
)
from agilekit.demo.checks import check
from agilekit.demo.stage import Stage
from agilekit.sandbox import Faults
from agilekit.services import SERVICES

__all__ = ["SCENES", "Scene"]

_EDITING_CLIENTS: Final = 4
_STAYING: Final = 700
_MOVING: Final = 12
_FIRST_ARCHIVED: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
# Half past one for the first time that night; an hour later it is half past one again.
_NIGHT: Final = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
_EVERY_METHOD: Final = frozenset({"GET", "POST", "PUT", "DELETE"})


@frozen
class Scene:
    """One program, and what happens around it."""

    program: ModuleType
    service: str
    title: str
    run: Callable[[Stage], Awaitable[None]]
    about: str = ""
    """What the sandbox does meanwhile."""
    sandbox: Literal["empty", "demo"] = "empty"
    """What the sandbox holds at the beginning, of all scenes that are played in it."""


async def _bulk_create(stage: Stage) -> None:
    async with stage.flyingdonut() as donut:
        await bulk_create.main(donut)


async def _concurrent_edits(stage: Stage) -> None:
    stage.sandbox.faults = Faults(
        latency=0.005,
        rate_limited=0.01,
        retry_after=0.05,
        bad_gateway=0.03,
        drop_before=0.03,
        seed=stage.seed,
    )
    try:
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(stage.flyingdonut())
                for _ in range(_EDITING_CLIENTS)
            ]
            stage.count(SERVICES["flyingdonut"].title).unknown += await concurrent_edits.main(
                clients
            )
    finally:
        stage.sandbox.faults = Faults()


async def _export_formats(stage: Stage) -> None:
    async with stage.flyingdonut() as donut:
        found = await export_formats.main(donut, stage.folder)
    (project,) = stage.sandbox.flyingdonut.projects.values()
    estimates = [card.estimate.value or 0 for card in project.cards.values()]
    check("cards and their sum", found, (len(estimates), sum(estimates)))


async def _archive_pages(stage: Stage) -> None:
    fake = stage.sandbox.kanbantool
    board = next(iter(fake.boards.values()))
    tasks = [
        fake.add_task(board, f"Task {n}", archived_at=_FIRST_ARCHIVED + timedelta(hours=n))
        for n in range(_STAYING + _MOVING)
    ]
    staying, moving = tasks[:_STAYING], tasks[_STAYING:]
    fake.churn.extend(task.id for task in moving)
    fake.shift_pages = True
    try:
        async with stage.kanbantool() as kanban:
            seen = await archive_pages.main(kanban, {task.id for task in staying})
    finally:
        fake.shift_pages = False
    check("whether pages miss tasks", seen < _STAYING, True)


async def _task_formats(stage: Stage) -> None:
    begin = len(stage.sandbox.requests)
    async with (
        stage.kanbantool() as in_json,
        stage.kanbantool("xml", override=True) as in_xml,
        stage.kanbantool("jsonp", override=True) as in_jsonp,
    ):
        await task_formats.main(in_json, in_xml, in_jsonp)
    sent = stage.sandbox.requests[begin:]
    third = len(sent) // 3
    for number, allowed in enumerate((_EVERY_METHOD, {"GET", "POST"}, {"GET"})):
        methods = {one.method for one in sent[number * third : (number + 1) * third]}
        check("methods that were to be overridden", sorted(methods - allowed), [])


async def _complete_sprint(stage: Stage) -> None:
    async with stage.easybacklog() as easy:
        await complete_sprint.main(easy)


async def _duplicate_backlog(stage: Stage) -> None:
    async with stage.easybacklog() as easy:
        await duplicate_backlog.main(easy)


async def _clock_change(stage: Stage) -> None:
    fake = stage.sandbox.flow
    fake.clock = lambda: _NIGHT

    async def sleep(seconds: float) -> None:
        later = fake.clock() + timedelta(seconds=seconds)
        fake.clock = lambda: later

    async with stage.flow() as flow, stage.flow("xml") as in_xml:
        task = await clock_change.main(flow, in_xml, sleep)
    # The document leaves it open; that the first is taken is the library's rule.
    check("time of creation", task.task_created, _NIGHT)
    check("time of completion", task.task_completed, _NIGHT)


async def _report_page(stage: Stage) -> None:
    async with (
        stage.flyingdonut() as donut,
        stage.kanbantool() as kanban,
        stage.easybacklog() as easy,
        stage.flow() as flow,
    ):
        try:
            await report_page.main([donut, kanban, easy, flow], stage.folder)
        except InvalidInput as error:
            if find_spec("matplotlib") is not None:
                raise
            print(f"there is no page of charts: {error}")  # matplotlib is an extra


SCENES: Final = (
    Scene(
        bulk_create,
        "Flying Donut",
        f"create {bulk_create.CARDS} cards, 10 a request",
        _bulk_create,
    ),
    Scene(
        concurrent_edits,
        "Flying Donut",
        f"{concurrent_edits.EDITORS} editors add to the estimate of one card, "
        f"{concurrent_edits.CHANGES} times each",
        _concurrent_edits,
        """\
Each request takes 5 ms; 1 % are answered 429 with Retry-After, 3 % are
answered 502, and 3 % lose their connection before anything is done. The
editors share 4 clients that know nothing of each other, so versions
conflict, too.""",
    ),
    Scene(
        export_formats,
        "Flying Donut",
        "export everything, to SQLite and to JSON Lines",
        _export_formats,
    ),
    Scene(
        archive_pages,
        "Kanban Tool",
        f"read an archive of {_STAYING} tasks while it changes",
        _archive_pages,
        f"""\
Just before each page another client moves 2 tasks of {_MOVING} more out of the
archive, or back into it.""",
    ),
    Scene(
        task_formats,
        "Kanban Tool",
        "one life of a task, in JSON, XML and JSONP",
        _task_formats,
        """\
Created, given a subtask and a comment, changed, moved, archived, unarchived,
read and deleted; in XML with PUT and DELETE sent as POST, in JSONP with
everything sent as GET.""",
    ),
    Scene(complete_sprint, "easyBacklog", "complete a sprint", _complete_sprint),
    Scene(duplicate_backlog, "easyBacklog", "duplicate a backlog", _duplicate_backlog),
    Scene(
        clock_change,
        "flow",
        "take a task to Done, in the night when the clocks go back",
        _clock_change,
        """\
20 minutes after it was created it is begun, and 40 minutes later it is done.
flow writes the time of New York, which has that hour twice, but not which of
the two; the first is taken.""",
    ),
    Scene(
        report_page,
        "All four",
        "export every project at once, and make a page of charts",
        _report_page,
        "These are the projects that `agilekit sandbox` serves.",
        sandbox="demo",
    ),
)
