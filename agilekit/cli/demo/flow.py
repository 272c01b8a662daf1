"""Act 6: a task goes to Done, through the hour that clocks have twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from agilekit import Flow
from agilekit.cli.demo.witness import Witness
from agilekit.flow import Task, TaskMetrics
from agilekit.sandbox import Sandbox

__all__ = ["play"]

# Half past one for the first time that night; an hour later it is half past one again.
_CREATED: Final = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
_BEGUN: Final = timedelta(minutes=20)
_DONE: Final = timedelta(minutes=60)


async def play(sandbox: Sandbox, url: str, witness: Witness) -> None:
    fake = sandbox.flow
    base_url = f"{url}{fake.base_path}"
    witness.say("\n6. flow: follow a task to Done, in the night when the clocks go back")
    async with (
        Flow(
            fake.board_name,
            key=fake.key,
            user_id=fake.user_id,
            base_url=base_url,
            on_event=witness.see,
        ) as flow,
        Flow(
            fake.board_name, key=fake.key, base_url=base_url, format="xml", on_event=witness.see
        ) as in_xml,
    ):
        project = (await flow.projects.all())[0]
        columns = {column.col_title: column for column in await flow.columns.all(project)}
        kind = (await flow.task_types.all(project))[0]
        fake.clock = lambda: _CREATED
        id = await flow.tasks.create(project, task_text="Put the clocks back", task_type_id=kind)
        fake.clock = lambda: _CREATED + _BEGUN
        await flow.tasks.update(id, col_id=columns["In-progress"])
        fake.clock = lambda: _CREATED + _DONE
        await flow.tasks.update(id, col_id=columns["Done"])
        task, same = await flow.tasks.get(id), await in_xml.tasks.get(id)
        changes = await flow.history.of("task", id)
    titles = {column.col_id: title for title, column in columns.items()}
    witness.check("column of the task", titles.get(task.col_id or 0), "Done")
    _tell_times(task, witness)
    _tell_metrics(task, titles, witness)
    if witness.check("the task in XML", same, task):
        witness.say(f"   In XML it reads the same. Its history has {len(changes)} changes.")
    witness.check("changes in its history", len(changes), 3)


def _tell_times(task: Task, witness: Witness) -> None:
    created, completed = task.raw.get("task_created"), task.raw.get("task_completed")
    witness.say(
        f"   Created at {created}, done an hour later at {completed}:\n"
        "   flow writes the time of New York, which has this hour twice, but not which\n"
        "   of the two."
    )
    # The document leaves it open; that the first is taken is the library's rule.
    right = witness.check("time of creation", task.task_created, _CREATED)
    if witness.check("time of completion", task.task_completed, _CREATED) and right:
        witness.say(f"   Both are read as {_CREATED:%H:%M} UTC, the first that they can mean.")


def _tell_metrics(task: Task, titles: Mapping[int, str], witness: Witness) -> None:
    """The metrics count seconds, so they know of the second hour."""
    metrics = task.task_metrics or TaskMetrics()
    phases = {titles[id]: seconds for id, seconds in metrics.phase_times.items()}
    told = " + ".join(f"{seconds // 60} min in {title}" for title, seconds in phases.items())
    witness.say(f"   The metrics know it: {told} = {(metrics.cycle_time or 0) // 60} min")
    begun, done = _BEGUN.seconds, _DONE.seconds
    witness.check("phase times", phases, {"Backlog": begun, "In-progress": done - begun})
    witness.check("cycle time", metrics.cycle_time, done)
