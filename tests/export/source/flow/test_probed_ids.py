"""What is remembered of the ids of a flow board, and what the next export asks for less."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from agilekit.export import Progress, export
from agilekit.export.source.flow.probed_ids import ProbedIds
from agilekit.export.source.flow.reader import FlowReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow import Change, Edit, Project
from tests.export.source.flow.boards import (
    LONG_AGO,
    Hook,
    Hooked,
    add,
    client,
    finish,
    found_of,
    ids,
    one_board,
    read_one,
)
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

IDS = st.sets(st.integers(1, 60) | st.integers(1, 1 << 60))
PROJECTS = st.dictionaries(st.integers(0, 20), IDS.filter(bool))


@given(
    st.builds(
        ProbedIds, IDS, PROJECTS, PROJECTS, st.dictionaries(st.integers(0, 9), st.integers(1))
    )
)
def test_a_memory_is_read_as_it_was_written(memory: ProbedIds) -> None:
    assert ProbedIds.parse(memory.text()) == memory


@pytest.mark.parametrize(
    "text", [None, "", "[]", "{", '{"absent":7}', '{"tasks":{"x":"1"}}', "null"]
)
def test_a_text_that_was_not_written_by_it_is_read_as_no_ids(text: str | None) -> None:
    assert ProbedIds.parse(text) == ProbedIds()
    assert ProbedIds().text() is None


def test_ids_are_written_as_ranges() -> None:
    memory = ProbedIds({9, 1, 2, 3, 5}, {16: {7, 8}}, {16: {10}})
    assert memory.text() == '{"absent":"1-3,5,9","tasks":{"16":"7-8"},"deleted":{"16":"10"}}'


def far(tasks: int, last: int) -> tuple[Sandbox, Project]:
    """A board whose tasks are all done, their ids spread from 1 to the last one; the others are
    not there.
    """
    sandbox, project = one_board(tasks, done=range(1, tasks + 1))
    board, random = sandbox.flow, Random(tasks)
    chosen = sorted([1, last, *random.sample(range(2, last), tasks - 2)])
    moved = dict(zip([*project.tasks], chosen, strict=True))
    renumber(sandbox, project, moved)
    assert len(board.tasks) == tasks
    return sandbox, project


def renumber(sandbox: Sandbox, project: Project, moved: dict[int, int]) -> None:
    board = sandbox.flow
    tasks = {moved[id]: board.tasks.pop(id) for id in project.tasks}
    histories = board._history  # pyright: ignore[reportPrivateUsage]
    changes = {moved[id]: histories.pop(("task", id)) for id in project.tasks}
    for id, one in tasks.items():
        one.id = id
        board.tasks[id] = one
        histories["task", id] = [_about(change, id) for change in changes[id]]
    project.tasks[:] = [*tasks]


def _about(change: Change, id: int) -> Change:
    content = dict(change.content)
    return evolve(
        change, item_id=id, content={**content, "task_id": id} if "task_id" in content else content
    )


async def exported(
    sandbox: Sandbox, to: Path, hook: Hook | None = None, *, resume: bool = True
) -> tuple[Hooked, tuple[str, ...], list[Progress]]:
    heard: list[Progress] = []
    transport = Hooked(sandbox, hook)
    report = await export(
        [client(sandbox, transport)], to=to, on_progress=heard.append, resume=resume
    )
    (project,) = report.projects
    assert project.error is None
    return transport, project.gaps, heard


def asked(transport: Hooked) -> list[int]:
    return [int(path[6:]) for path in transport.paths if path.startswith("/task/")]


@pytest.mark.quick(2)
@pytest.mark.parametrize("to", ["x.sqlite", "x"])
async def test_a_second_export_of_a_board_asks_for_no_absent_id_again(
    to: str, tmp_path: Path
) -> None:
    last = 6000 if FULL else 700
    sandbox, project = far(70, last)
    unreadable = sorted(project.tasks)[3]
    hook = {f"/task/{unreadable}": 404}.get
    first, gaps, heard = await exported(sandbox, tmp_path / to, hook)
    assert gaps == ("columns count more tasks than were found, by 1: Done",)
    assert {*asked(first)} == {*range(1, last + 101)}
    assert max(one.rows for one in heard if one.step == "reading") > last
    second, gaps, _ = await exported(sandbox, tmp_path / to, hook)
    assert gaps == ("columns count more tasks than were found, by 1: Done",)
    assert len(second.paths) <= 300
    assert {*asked(second)} == {*project.tasks, *range(last + 1, last + 26)} - {unreadable}
    anew, _, _ = await exported(sandbox, tmp_path / to, hook, resume=False)
    assert {*asked(anew)} == {*asked(first)}


@pytest.mark.slow
async def test_two_exports_hold_the_same_rows_as_one(tmp_path: Path) -> None:
    sandbox, project = far(70, 900)
    board = sandbox.flow
    await exported(sandbox, tmp_path / "twice.sqlite")
    hidden, other, third = sorted(project.tasks)[:3]
    board.edit_task(board.tasks[hidden], Edit(text="Renamed"))
    board.edit_task(board.tasks[other], Edit(status="D"), at=LONG_AGO + timedelta(days=9))
    board.edit_task(board.tasks[third], Edit(column=board.column_of(project, "B")))
    for one in add(board, project, 3):
        finish(board, one, LONG_AGO)
    await exported(sandbox, tmp_path / "twice.sqlite")
    await exported(sandbox, tmp_path / "once.sqlite")
    assert cards(tmp_path / "twice.sqlite") == cards(tmp_path / "once.sqlite")


def cards(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return [
            row
            for table in ("cards", "changes")
            for row in database.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
        ]


async def read_with(
    sandbox: Sandbox, project: Project, budget: int, memory: str | None
) -> tuple[list[int], tuple[str, ...], list[int], str | None]:
    """The rows, the gaps, the ids that were asked for, and what is to be remembered."""
    transport = Hooked(sandbox)
    async with client(sandbox, transport) as flow:
        reader = FlowReader(flow, ReadLimiter(8))
        reader._hidden_tasks.budget = budget  # pyright: ignore[reportPrivateUsage]
        data = await reader.read(found_of(sandbox, project), ignore_read, Remembered(memory))
    return ids(data), data.gaps, asked(transport), data.reader_state


class Remembered:
    """What an export holds whose rows are damaged."""

    def __init__(self, reader_state: str | None) -> None:
        self.reader_state = reader_state

    async def rows(self, table: str) -> None:
        assert table == "cards"


@pytest.mark.slow
async def test_a_search_beyond_its_budget_goes_on_at_the_next_export() -> None:
    sandbox, project = far(60, 1000)
    memory, counts, seen = None, list[int](), set[int]()
    for _ in range(20):
        found, gaps, paths, memory = await read_with(sandbox, project, 200, memory)
        counts.append(len(found))
        fresh = {*paths} - {*found}
        assert not fresh & seen, "an id was asked for twice"
        seen |= fresh
        if not gaps:
            break
        assert gaps[0].startswith("columns count more tasks than were found, by ")
        assert gaps[1].endswith(
            "not asked for yet: the next export to the same file or folder goes on there"
        )
    assert counts == sorted(counts)
    assert counts[-1] == 60
    assert 4 <= len(counts) <= 6


async def test_a_search_ends_at_what_is_older_than_the_project() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.flow
    add(board, board.projects[1], 300)
    young = board.add_project("Young", at=LONG_AGO + timedelta(days=40))
    for number in range(60):
        at = LONG_AGO + timedelta(days=41, hours=number)
        finish(board, board.add_task(young, f"Task {number}", at=at), at)
    hook = {"/task/301": 404}.get
    for id in range(1, 301):
        board.edit_task(board.tasks[id], Edit(status="D"), at=LONG_AGO + timedelta(days=1))
    transport, data = await read_one(sandbox, young, hook)
    assert {*ids(data)} == {*range(302, 361)}
    assert min(asked(transport)) >= 300 - 16
    assert data.gaps == ("columns count more tasks than were found, by 1: Done",)


async def test_a_project_older_than_its_history_tells_is_searched_to_the_end() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    history = sandbox.flow.history("project", project.id)
    late = {
        "7": {
            "change_id": 7,
            "change_made": "2026-03-02 12:00:00",
            "change_content": {"project_id": 1},
            "item_id": 1,
        }
    }
    assert history
    _, data = await read_one(
        sandbox, project, lambda path: late if path == "/item_history/project/1" else None
    )
    assert {*ids(data)} == {*range(1, 61)}


async def test_a_deleted_task_that_is_back_in_done_is_found_by_the_next_export() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    board = sandbox.flow
    board.edit_task(board.tasks[2], Edit(status="D"), at=LONG_AGO + timedelta(days=9))
    found, gaps, _, memory = await read_with(sandbox, project, 1000, None)
    assert (2 in found, gaps) == (False, ())
    board.edit_task(board.tasks[2], Edit(status="U"), at=LONG_AGO + timedelta(days=10))
    found, gaps, _, _ = await read_with(sandbox, project, 1000, memory)
    assert (2 in found, gaps) == (True, ())


def test_deleted_tasks_are_asked_for_again_in_turn() -> None:
    memory = ProbedIds(deleted={1: {*range(1, 251)}})
    asked: list[int] = []
    for _ in range(5):
        some = memory.to_ask_again(1, 100)
        memory.again[1] = some[-1]
        asked += some
    assert asked == [*range(1, 251)] * 2


@pytest.mark.parametrize("broken", [500, b"<html>"])
async def test_a_task_that_the_server_always_fails_at_is_a_gap(
    broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None: ...

    monkeypatch.setattr("agilekit.export.source.read_limiter.anyio.sleep", at_once)
    sandbox, project = one_board(60, done=range(1, 61))
    _, data = await read_one(sandbox, project, {"/task/4": broken}.get)
    assert {*ids(data)} == {*range(1, 61)} - {4}
    assert data.gaps[0] == "columns count more tasks than were found, by 1: Done"
    assert data.gaps[1].startswith("the server fails at the task 4, which may be one of them: ")


async def test_what_one_project_has_met_of_another_is_that_ones_at_the_next_export() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.flow
    first, second = board.projects[1], board.add_project("Second", at=LONG_AGO)
    for one in add(board, second, 3):
        board.edit_task(one, Edit(status="D"), at=LONG_AGO + timedelta(days=9))
    for one in add(board, first, 60):
        finish(board, one, LONG_AGO + timedelta(hours=one.id))
    hook = {"/task/4": 404}.get
    async with client(sandbox, Hooked(sandbox, hook)) as flow:
        reader = FlowReader(flow, ReadLimiter(8))
        data = await reader.read(found_of(sandbox, first), ignore_read)
    memory = ProbedIds.parse(data.reader_state)
    assert memory.deleted == {2: {1, 2, 3}}
    assert memory.absent == {4}
    assert memory.tasks[1] >= {*range(5, 14)}


async def test_what_is_above_all_tasks_is_not_remembered_as_absent() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    _, data = await read_one(sandbox, project, {"/task/4": 404}.get)
    assert ProbedIds.parse(data.reader_state).absent == {4}
