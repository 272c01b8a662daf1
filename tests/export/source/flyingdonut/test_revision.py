"""`changed_only` of Flying Donut gives what a full export gives, after every documented write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import anyio
import httpx
import pytest
from attrs import evolve

from agilekit import FlyingDonut
from agilekit.export import export
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import BurndownItem, Project
from agilekit.versioned import Force
from tests.export.backups import SQLiteBackup, everything
from tests.export.clients import client, seeded
from tests.export.source.flyingdonut.test_card_lists import Tampered, uncounted, without_counters
from tests.sizes import FULL
from tests.virtual_time import in_virtual_time

Write: TypeAlias = Callable[[FlyingDonut, Project], Awaitable[object]]


def in_bucket(project: Project) -> str:
    """A card that is in no sprint, and has tasks."""
    cards = [one for one in project.cards.values() if not one.iteration.value]
    return next((one.id for one in cards if one.tasks), cards[0].id)


def task_in_bucket(project: Project) -> str:
    return project.cards[in_bucket(project)].tasks[0]


def task_in_sprint(project: Project) -> str:
    cards = [one for one in project.cards.values() if one.iteration.value and one.tasks]
    return cards[0].tasks[0]


def bucket(project: Project) -> str:
    return next(iter(project.buckets))


WRITES: Final[Mapping[str, Write]] = {
    "create card": lambda d, p: d.cards.create(bucket(p), title="New"),
    "create cards": lambda d, p: d.cards.create_many(bucket(p), [{"title": "A"}, {"title": "B"}]),
    "title of card": lambda d, p: d.cards.update(in_bucket(p), title="Changed"),
    "summary of card": lambda d, p: d.cards.update(in_bucket(p), summary="Changed"),
    "estimate of card": lambda d, p: d.cards.update(in_bucket(p), estimate=77),
    "forced title": lambda d, p: d.cards.update(in_bucket(p), title="x", on_conflict=Force()),
    "card into a sprint": lambda d, p: _move(d, p),
    "create task": lambda d, p: d.tasks.create(in_bucket(p), title="New"),
    "create tasks": lambda d, p: d.tasks.create_many(in_bucket(p), [{"title": "A"}]),
    "state of task": lambda d, p: d.tasks.update(task_in_bucket(p), state="done"),
    "estimate of task": lambda d, p: d.tasks.update(task_in_bucket(p), estimate=77),
    "title of task in a sprint": lambda d, p: d.tasks.update(task_in_sprint(p), title="Changed"),
    "summary of task in a sprint": lambda d, p: d.tasks.update(task_in_sprint(p), summary="x"),
}
ASSUMED: Final[Mapping[str, Write]] = {
    "title of task": lambda d, p: d.tasks.update(task_in_bucket(p), title="Changed"),
    "summary of task": lambda d, p: d.tasks.update(task_in_bucket(p), summary="Changed"),
}
"""What only the counters of the project tell of."""


async def _move(donut: FlyingDonut, project: Project) -> None:
    card = await donut.cards.get(in_bucket(project))
    await donut.cards.move(card, to=await donut.sprints.get(next(iter(project.sprints))))


def prepared(sandbox: Sandbox) -> Project:
    project = seeded(sandbox)
    card = project.cards[in_bucket(project)]
    project.add_task(card, "Of a card in a bucket", estimate=3)
    return project


def bound(write: Write, project: Project) -> Callable[[FlyingDonut], Awaitable[object]]:
    return lambda donut: write(donut, project)


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


async def compared(
    sandbox: Sandbox,
    folder: Path,
    write: Callable[[FlyingDonut], Awaitable[object]],
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    apart: float = 0,
) -> bool:
    """Whether an export of what changed gives what a full export gives."""
    backups = SQLiteBackup(made(folder / "changed")), SQLiteBackup(made(folder / "full"))
    project = seeded(sandbox)

    def fresh() -> FlyingDonut:
        return client(sandbox, transport=transport or sandbox.transport(), username=project.owner)

    await export([fresh()], to=backups[0].path)
    await anyio.sleep(apart)
    async with fresh() as donut:
        await write(donut)
    await anyio.sleep(apart)
    report = await export([fresh()], to=backups[0].path, changed_only=True)
    assert not report.failed
    await export([fresh()], to=backups[1].path)
    changed, full = (everything(backup, project.id) for backup in backups)
    return changed == full


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "apart"),
    [("asyncio", 0), ("trio", 1)]
    if not FULL
    else [(backend, apart) for backend in ("asyncio", "trio") for apart in (0, 0.4, 1)],
)
def test_every_documented_write_is_seen(backend: str, apart: float, tmp_path: Path) -> None:
    async def main() -> list[str]:
        missed: list[str] = []
        for name, write in {**WRITES, **ASSUMED}.items():
            sandbox = Sandbox()
            project = prepared(sandbox)
            same = await compared(sandbox, tmp_path / name, bound(write, project), apart=apart)
            missed += [] if same else [name]
        return missed

    assert in_virtual_time(backend, main) == []


def test_while_the_counters_stand_still_only_what_no_list_shows_is_missed(tmp_path: Path) -> None:
    async def main() -> set[str]:
        missed = set[str]()
        every = WRITES if FULL else {"card": WRITES["card into a sprint"]}
        for name, write in {**every, **ASSUMED}.items():
            sandbox = Sandbox()
            project = prepared(sandbox)
            transport = Tampered(sandbox, lambda _: None, uncounted)
            same = await compared(sandbox, tmp_path / name, bound(write, project), transport)
            missed |= set() if same else {name}
        return missed

    assert in_virtual_time("asyncio", main) == {*ASSUMED}


def test_a_project_without_counters_is_always_read(tmp_path: Path) -> None:
    async def main() -> list[str]:
        missed: list[str] = []
        for name, write in ASSUMED.items():
            sandbox = Sandbox()
            project = prepared(sandbox)
            transport = Tampered(sandbox, lambda _: None, without_counters)
            same = await compared(sandbox, tmp_path / name, bound(write, project), transport)
            missed += [] if same else [name]
        return missed

    assert in_virtual_time("asyncio", main) == []


def a_sprint_begins(project: Project) -> None:
    next(iter(project.sprints.values())).phase = "past"


def a_day_burns_down(project: Project) -> None:
    sprint = next(iter(project.sprints.values()))
    project.add_burndown(sprint, [BurndownItem(1, "", 5, (5, 3, 1))])


@pytest.mark.parametrize("pass_by", [a_sprint_begins, a_day_burns_down])
def test_what_changes_by_the_passing_of_a_day_is_seen(
    pass_by: Callable[[Project], None], tmp_path: Path
) -> None:
    async def main() -> bool:
        sandbox = Sandbox()

        async def night(_donut: FlyingDonut) -> None:
            pass_by(seeded(sandbox))

        return await compared(sandbox, tmp_path / "x", night, apart=86_400)

    assert in_virtual_time("asyncio", main)


def test_a_chart_that_was_only_drawn_again_is_not_a_change(tmp_path: Path) -> None:
    async def main() -> list[str | None]:
        sandbox = Sandbox()
        project, to = seeded(sandbox), tmp_path / "x.sqlite"
        sprint = next(iter(project.sprints.values()))
        chart = project.add_burndown(sprint, [BurndownItem(1, "", 5, (5, 3))])
        await export([client(sandbox)], to=to)
        project.burndowns[sprint.id] = evolve(chart, when=project.end.value)
        report = await export([client(sandbox)], to=to, changed_only=True)
        return [one.skipped for one in report.projects]

    (skipped,) = in_virtual_time("asyncio", main)
    assert str(skipped).startswith("unchanged: version ")
