"""Takes a task to Done in the night in which the clocks go back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from agilekit import Flow
from agilekit.demo.checks import check
from agilekit.flow import Task, TaskMetrics

UNTIL_BEGUN = 20 * 60  # seconds
UNTIL_DONE = 40 * 60


async def main(
    flow: Flow, in_xml: Flow, sleep: Callable[[float], Awaitable[object]] = anyio.sleep
) -> Task:
    """Returns the task.

    in_xml: a client of the same board, with ``format="xml"``.
    """
    project, *_ = await flow.projects.all()
    columns = {column.col_title: column for column in await flow.columns.all(project)}
    task_type, *_ = await flow.task_types.all(project)
    task_text = "Put the clocks back"

    id = await flow.tasks.create(project, task_text=task_text, task_type_id=task_type)
    await sleep(UNTIL_BEGUN)
    await flow.tasks.update(id, col_id=columns["In-progress"])
    await sleep(UNTIL_DONE)
    await flow.tasks.update(id, col_id=columns["Done"])

    task = await flow.tasks.get(id)
    check("column of the task", task.col_id, columns["Done"].col_id)
    print(f"created at {task.raw['task_created']}, read as {task.task_created}")
    print(f"done at    {task.raw['task_completed']}, read as {task.task_completed}")

    # flow writes the time of New York, which has one hour of that night twice, but not which of
    # the two it is. The metrics count seconds, so they know.
    metrics = task.task_metrics or TaskMetrics()
    titles = {column.col_id: title for title, column in columns.items()}
    phases = {titles[id]: seconds for id, seconds in metrics.phase_times.items()}
    expected = {"Backlog": UNTIL_BEGUN, "In-progress": UNTIL_DONE}
    check("cycle time", metrics.cycle_time, UNTIL_BEGUN + UNTIL_DONE)
    check("seconds in each column", phases, expected)
    told = " and ".join(f"{seconds // 60} min in {title}" for title, seconds in phases.items())
    print(f"by its metrics: {told}")

    check("the task in XML", await in_xml.tasks.get(id), task)
    changes = await flow.history.of("task", id)
    check("changes in its history", len(changes), 3)
    print(f"read in XML it is the same; its history has {len(changes)} changes")
    return task
