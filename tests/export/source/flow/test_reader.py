"""What is read of a flow board."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal

import pytest

from agilekit import DecodeError, NotFound, ServerError
from agilekit.export import export
from agilekit.export.source.flow.hidden_tasks import HiddenTaskSearch, SearchRequest
from agilekit.export.source.flow.reader import FlowReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.flow import ItemType
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow import Edit
from agilekit.sandbox.flow.renderer import XmlMaps
from tests.export.source.flow.boards import (
    LONG_AGO,
    Hooked,
    add,
    client,
    fill,
    finish,
    found_of,
    held,
    ids,
    one_board,
    read_all,
    read_one,
    rows,
)
from tests.export.source.flow.expected import expected

pytestmark = pytest.mark.anyio

every_format = pytest.mark.parametrize("format", ["json", "xml"])
ALL = {*range(1, 61)}


async def read_in(
    sandbox: Sandbox, format: Literal["json", "xml"]
) -> dict[int, dict[str, list[dict[str, object]]]]:
    async with client(sandbox, format=format) as flow:
        reader = FlowReader(flow, ReadLimiter(16))
        found = await reader.projects()
        return {int(one.project_id): held(await reader.read(one, ignore_read)) for one in found}


@every_format
async def test_the_demo_is_read_row_by_row(format: Literal["json", "xml"]) -> None:
    sandbox = Sandbox()
    board = sandbox.flow
    projects = await read_in(sandbox, format)
    assert projects == {id: expected(board, project) for id, project in board.projects.items()}


@pytest.mark.slow
@every_format
async def test_a_large_board_is_read_row_by_row(format: Literal["json", "xml"]) -> None:
    sandbox = Sandbox("empty")
    board = sandbox.flow
    fill(board)
    projects = await read_in(sandbox, format)
    assert projects == {id: expected(board, project) for id, project in board.projects.items()}
    shown = [len(data["cards"]) for data in projects.values()]
    assert sum(shown) == 800


@pytest.mark.quick(2)
@pytest.mark.parametrize("xml_maps", ["repeated", "id", "underscore", "numbered"])
async def test_every_form_of_maps_and_ids_gives_the_same_rows(xml_maps: XmlMaps) -> None:
    sandbox = Sandbox()
    plain = await read_in(sandbox, "json")
    sandbox.flow.xml_maps = xml_maps
    assert await read_in(sandbox, "xml") == plain
    sandbox.flow.ids_as_text = True
    assert await read_in(sandbox, "json") == plain


@pytest.mark.slow
async def test_raw_holds_what_every_single_call_answers() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.flow
    fill(board)
    _, exported = await read_all(sandbox)
    async with client(sandbox) as flow:
        projects = {one.project_id: one.raw for one in await flow.projects.all()}
        members = {one.user_id: one.raw for one in await flow.members.all()}
        for project, data in exported.items():
            raws = {
                table: {
                    str(row.get("id")): json.loads(str(row["raw"])) for row in rows(data, table)
                }
                for table in ("projects", "people", "columns", "extras", "cards", "changes")
            }
            assert [*raws["projects"].values()] == [projects[project]]
            assert raws["people"] == {str(id): raw for id, raw in members.items()}
            columns = await flow.columns.all(project)
            assert raws["columns"] == {str(one.col_id): one.raw for one in columns}
            kinds = await flow.task_types.all(project)
            assert raws["extras"] == {str(one.task_type_id): one.raw for one in kinds}
            for task in await flow.tasks.all(project):
                assert raws["cards"][str(task.task_id)].items() >= dict(task.raw).items()
            for id, raw in raws["cards"].items():
                assert raw.items() >= dict((await flow.tasks.get(int(id))).raw).items()
            items: dict[ItemType, list[int]] = {
                "project": [project],
                "col": [one.col_id for one in columns],
                "task_type": [one.task_type_id for one in kinds],
                "task": [int(id) for id in raws["cards"]],
            }
            seen = 0
            for item_type, found in items.items():
                for item in found:
                    for change in await flow.history.of(item_type, item):
                        assert raws["changes"][str(change.change_id)] == change.raw
                        seen += 1
            assert seen == len(raws["changes"])


async def test_the_value_of_a_change_is_its_content_as_json() -> None:
    sandbox, project = one_board(1, done=[1])
    _, data = await read_one(sandbox, project)
    values = [json.loads(str(row["value"])) for row in rows(data, "changes")]
    moved = next(one for one in values if "old_col_title" in one)
    assert moved["col_id"] == sandbox.flow.column_of(project, "D").id
    assert moved["task_metrics"]["cycle_time"] == 3600


async def test_the_projects_are_those_of_the_board_and_have_no_revision() -> None:
    sandbox = Sandbox()
    async with client(sandbox) as flow:
        found = await FlowReader(flow, ReadLimiter(16)).projects()
    assert [one.title for one in found] == ["Old Pier", "Tower Repairs", "Lighthouse Logbook"]
    assert {(one.service, one.host, one.revision) for one in found} == {
        ("flow", "sandbox.invalid", None)
    }


async def test_a_project_that_is_not_on_the_board_is_not_found() -> None:
    sandbox, project = one_board()
    async with client(sandbox) as flow:
        found = found_of(sandbox, project)
        del sandbox.flow.projects[1]
        with pytest.raises(NotFound, match="no project 1"):
            await FlowReader(flow, ReadLimiter(16)).read(found, ignore_read)


# How many requests


async def test_a_board_takes_two_requests_and_each_project_a_few() -> None:
    sandbox = Sandbox()
    board = sandbox.flow
    transport, _ = await read_all(sandbox)
    tasks = [one for one in board.tasks.values() if one.status != "D"]
    of_projects = 5 * len(board.projects) + len(board.columns) + len(board.task_types)
    assert len(transport.paths) == 2 + of_projects + 2 * len(tasks)
    assert max(Counter(transport.paths).values()) == 1


async def test_hidden_tasks_cost_two_requests_each_and_a_few_for_the_count() -> None:
    sandbox, project = one_board(150, done=range(1, 141))
    transport, data = await read_one(sandbox, project)
    assert ids(data) == sorted(range(1, 151), key=str)
    # Columns and changes are read before the search and after it.
    extra = len(transport.paths) - (2 + 5 + 4 + 3 + 2 * 150)
    assert 4 <= extra <= 4 + 16
    assert asked_twice(transport) == []


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 3])
async def test_all_projects_together_keep_within_their_turns(at_once: int) -> None:
    sandbox = Sandbox("empty")
    fill(sandbox.flow)
    transport, _ = await read_all(sandbox, at_once=at_once)
    assert transport.most_at_once == at_once


def asked_twice(transport: Hooked) -> list[str]:
    counts = Counter(path for path in transport.paths if path.startswith("/task/"))
    return [path for path, count in counts.items() if count > 1]


# The tasks of Done that no list shows


@pytest.mark.parametrize(
    "done",
    [range(1, 61), range(60, 0, -1), [*range(31, 61), *range(1, 31)]],
    ids=["the oldest hidden", "the newest hidden", "some in the middle hidden"],
)
async def test_hidden_tasks_are_found_wherever_their_ids_are(done: list[int]) -> None:
    sandbox, project = one_board(60, done=done)
    _, data = await read_one(sandbox, project)
    assert {*ids(data)} == ALL
    assert data.gaps == ()


async def test_a_hidden_task_is_found_above_the_ids_of_other_projects_too() -> None:
    sandbox, project = one_board(55)
    other = sandbox.flow.add_project("Other", at=LONG_AGO)
    add(sandbox.flow, other, 90)
    last = add(sandbox.flow, project, 1)[0]
    finish(sandbox.flow, last, LONG_AGO + timedelta(hours=1))
    for id in range(1, 56):
        finish(sandbox.flow, sandbox.flow.tasks[id], LONG_AGO + timedelta(hours=1 + id))
    _, data = await read_one(sandbox, project)
    assert {*ids(data)} == {*range(1, 56), last.id}
    assert data.gaps == ()


@pytest.mark.slow
async def test_no_id_is_asked_for_twice_however_many_projects_hide_tasks() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.flow
    fill(board)
    transport, projects = await read_all(sandbox)
    assert asked_twice(transport) == []
    for id, project in board.projects.items():
        assert {*ids(projects[id])} == {*project.tasks}
        assert projects[id].gaps == ()


async def test_what_the_changes_of_a_day_name_is_not_searched_for() -> None:
    sandbox, project = one_board(60, done=range(1, 51))
    for id in range(51, 61):
        finish(sandbox.flow, sandbox.flow.tasks[id])
    for id in range(1, 11):
        sandbox.flow.edit_task(sandbox.flow.tasks[id], Edit(text="Renamed"))
    transport, data = await read_one(sandbox, project)
    assert {*ids(data)} == ALL
    assert len([path for path in transport.paths if path.startswith("/task/")]) == 60


async def test_deleted_tasks_that_are_met_are_no_rows_and_count_for_nothing() -> None:
    sandbox, project = one_board(70, done=range(1, 61))
    board = sandbox.flow
    # The search goes from 70 down to 1, for the hidden are 1 to 5 and 7 to 10.
    for id in (5, 6, 65):
        board.edit_task(board.tasks[id], Edit(status="D"), at=LONG_AGO + timedelta(days=9))
    _, data = await read_one(sandbox, project)
    assert held(data) == expected(board, project)
    assert data.gaps == ()


async def test_deleted_tasks_beyond_the_search_depend_on_no_other_project() -> None:
    sandbox, project = one_board(70, done=range(10, 70))
    board = sandbox.flow
    board.edit_task(board.tasks[1], Edit(status="D"), at=LONG_AGO + timedelta(days=9))
    other = board.add_project("Other", at=LONG_AGO)
    add(board, other, 60)
    first = board.tasks[2]
    # A task of the other project with a small id, so that its search goes down to it.
    project.tasks.remove(2)
    other.tasks.append(2)
    first.project_id, first.col_id = other.id, board.column_of(other, "D").id
    for id in other.tasks[:-1]:
        finish(board, board.tasks[id], LONG_AGO + timedelta(hours=id))
    _, alone = await read_one(sandbox, project)
    _, together = await read_all(sandbox)
    assert held(together[project.id]) == held(alone)
    assert {*ids(together[other.id])} == {*other.tasks}


@pytest.mark.quick(2)
@pytest.mark.parametrize("done", [0, 55])
@pytest.mark.parametrize("at", [None, LONG_AGO + timedelta(days=9)], ids=["today", "long ago"])
async def test_a_deleted_task_is_never_a_row_whenever_it_was_deleted_and_whatever_is_done(
    at: datetime | None, done: int
) -> None:
    sandbox, project = one_board(60, done=range(1, done + 1))
    sandbox.flow.edit_task(sandbox.flow.tasks[58], Edit(status="D"), at=at)
    _, data = await read_one(sandbox, project)
    assert held(data) == expected(sandbox.flow, project)


async def test_changes_that_delete_a_task_and_bring_it_back_are_marked() -> None:
    sandbox, project = one_board(2)
    board = sandbox.flow
    for status in ("D", "U", "R", "D", "R", "B"):
        board.edit_task(board.tasks[1], Edit(status=status))
    _, data = await read_one(sandbox, project)
    stays = [
        (json.loads(str(row["value"]))["task_status"], row["stay"])
        for row in sorted(rows(data, "changes"), key=lambda row: int(str(row["id"])))
        if "task_status" in json.loads(str(row["value"]))
    ]
    assert stays == [
        *(("D", "ends"), ("U", "resumes"), ("R", None)),
        *(("D", "ends"), ("R", "resumes"), ("B", None)),
    ]


async def test_tasks_that_are_counted_and_nowhere_are_a_gap() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    transport, data = await read_one(
        sandbox, project, lambda path: 404 if path == "/task/3" else None
    )
    assert {*ids(data)} == ALL - {3}
    assert data.gaps == ("columns count more tasks than were found, by 1: Done",)
    tasks = [path for path in transport.paths if path.startswith("/task/")]
    assert {int(path[6:]) for path in tasks} == {*range(1, 161)}  # 100 beyond the last
    assert asked_twice(transport) == []


async def test_a_board_with_large_gaps_between_its_ids_is_given_up() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    [far] = add(sandbox.flow, project, 1)
    sandbox.flow.tasks[1 << 40] = sandbox.flow.tasks.pop(far.id)
    project.tasks[-1] = far.id = 1 << 40
    async with client(sandbox) as flow:
        search = HiddenTaskSearch(flow, ReadLimiter(16), most_absent=200)
        columns = sandbox.flow.columns.keys()
        while await search.search(wanted := SearchRequest(1, columns, 10), [1]):
            assert wanted.number == 10
    assert sandbox.count() <= 1 + 200 + 16


async def test_a_done_column_that_does_not_count_is_a_gap() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    done = sandbox.flow.column_of(project, "D").id
    columns = {str(done): {"col_id": done, "col_title": "Done", "col_type": "D", "num_tasks": None}}
    _, data = await read_one(sandbox, project, lambda path: columns if path == "/1/cols" else None)
    assert len(data.rows["cards"]) == 50
    assert data.gaps == ("the column Done does not say how many tasks it holds",)


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_an_id_that_is_refused_is_not_there(status: int) -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    sandbox.flow.edit_task(sandbox.flow.tasks[8], Edit(status="D"), at=LONG_AGO + timedelta(days=9))
    hook = {"/task/8": status}
    _, data = await read_one(sandbox, project, hook.get)
    assert {*ids(data)} == ALL - {8}
    assert data.gaps == ()


async def test_an_id_that_the_server_fails_at_fails_the_project_that_misses_a_task() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    other = sandbox.flow.add_project("Other", at=LONG_AGO)
    broken = sandbox.flow.add_task(other, "Broken", at=LONG_AGO)
    sandbox.flow.edit_task(broken, Edit(status="D"), at=LONG_AGO)
    add(sandbox.flow, other, 1)
    _, data = await read_one(sandbox, project, {f"/task/{broken.id}": 502}.get)
    assert {*ids(data)} == ALL
    with pytest.raises(ServerError):
        await read_one(sandbox, project, {"/task/4": 502}.get)


async def test_a_list_of_another_project_that_fails_is_that_projects_own_failure() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    sandbox.flow.add_project("Other", at=LONG_AGO)
    _, data = await read_one(sandbox, project, {"/2/tasks": 403}.get)
    assert {*ids(data)} == ALL


@pytest.mark.quick(1)
async def test_what_one_project_could_not_ask_for_another_one_asks_for() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.flow
    first, second = board.projects[1], board.add_project("Second", at=LONG_AGO)
    for project in (first, second):
        for task in add(board, project, 60):
            finish(board, task, LONG_AGO + timedelta(hours=task.id))
    fails = True

    def hook(path: str) -> int | None:
        # 429 for a probe of the first project fails that project at once.
        return 429 if fails and path in ("/task/65", "/task/5") else None

    transport = Hooked(sandbox, hook)
    async with client(sandbox, transport, retries=0) as flow:
        reader = FlowReader(flow, ReadLimiter(4))
        with pytest.raises(Exception, match="429"):
            await reader.read(found_of(sandbox, first), ignore_read)
        fails = False
        data = await reader.read(found_of(sandbox, second), ignore_read)
        assert {*ids(data)} == {*second.tasks}
        assert {*ids(await reader.read(found_of(sandbox, first), ignore_read))} == {*first.tasks}


async def test_a_project_can_be_read_twice_through_one_reader() -> None:
    sandbox, project = one_board(80, done=range(1, 71))
    async with client(sandbox) as flow:
        reader = FlowReader(flow, ReadLimiter(16))
        first = await reader.read(found_of(sandbox, project), ignore_read)
        assert await reader.read(found_of(sandbox, project), ignore_read) == first
    assert len(first.rows["cards"]) == 80


async def test_a_hidden_task_that_does_not_name_its_project_is_known_by_its_column() -> None:
    sandbox, project = one_board(60, done=range(1, 61))
    done = sandbox.flow.column_of(project, "D").id
    task = {"task_id": 3, "col_id": done, "task_text": "Anonymous"}
    _, data = await read_one(sandbox, project, lambda path: task if path == "/task/3" else None)
    assert {*ids(data)} == ALL
    assert data.gaps == ()


# While others work


@pytest.mark.quick(1)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [1.0, 0.05])
async def test_tasks_that_are_there_throughout_are_rows_once(seed: int, share: float) -> None:
    random = Random(seed)
    sandbox, project = one_board(140, done=range(1, 101))
    board = sandbox.flow
    other = board.add_project("Other", at=LONG_AGO)
    for task in add(board, other, 70):
        finish(board, task, LONG_AGO + timedelta(hours=task.id))
    stays = {one.id for one in board.tasks.values()}

    def work(path: str) -> None:
        if random.random() > share:
            return
        home = random.choice([project, other])
        task = board.tasks[random.choice(home.tasks)]
        match random.randrange(6):
            case 0:
                board.add_task(home, "New")
            case 1:
                board.edit_task(task, Edit(status="D"))
                stays.discard(task.id)
            case 2:
                board.edit_task(task, Edit(text="Renamed"))
            case _:
                board.edit_task(task, Edit(column=random.choice(board.columns_of(home))))

    _, projects = await read_all(sandbox, work)
    found = Counter(id for data in projects.values() for id in ids(data))
    assert stays <= found.keys()
    assert max(found.values()) == 1


@pytest.mark.quick(2)
@pytest.mark.parametrize("after", ["/1/tasks", "/1/cols", "/1/tasks/recent_activity", "/task/60"])
async def test_a_task_that_leaves_the_first_50_meanwhile_is_found(after: str) -> None:
    sandbox, project = one_board(60, done=range(1, 51))
    board = sandbox.flow
    happened = False

    def work(path: str) -> None:
        nonlocal happened
        if path == after and not happened:
            happened = True
            # Ten are done before this request is answered, and ten others leave the list.
            for id in range(51, 61):
                finish(board, board.tasks[id])
            board.edit_task(board.tasks[60], Edit(status="D"))

    _, data = await read_one(sandbox, project, work)
    assert happened
    assert {*ids(data)} == ALL - {60}
    assert data.gaps == ()


async def test_a_deleted_task_hides_no_other_one_in_the_count() -> None:
    sandbox, project = one_board(51, done=range(1, 52))
    board = sandbox.flow
    deleted = False

    def work(path: str) -> None:
        nonlocal deleted
        # After the task was read as one of Done, and before the columns are read once more.
        if not deleted and paths.count("/item_history/task/30"):
            deleted = True
            board.edit_task(board.tasks[40], Edit(status="D"))
        paths.append(path)

    paths: list[str] = []
    _, data = await read_one(sandbox, project, work)
    assert deleted
    assert {*ids(data)} == {*range(1, 52)} - {40}
    assert data.gaps == ()


async def test_a_listed_task_that_is_gone_when_it_is_read_is_left_out() -> None:
    sandbox, project = one_board(3)
    gone = {"/task/2": 404, "/item_history/task/2": 404}
    _, data = await read_one(sandbox, project, gone.get)
    assert ids(data) == [1, 3]
    assert data.gaps != ()  # the column still counts it


@pytest.mark.quick(1)
@pytest.mark.parametrize("status", [403, 500])
async def test_a_listed_task_that_is_refused_fails_the_project(status: int) -> None:
    sandbox, project = one_board(3)
    with pytest.raises(BaseException, match=f"{status}"):
        await read_one(sandbox, project, {"/task/2": status}.get)


async def test_deleted_tasks_leave_the_cumulative_flow_and_come_back(tmp_path: Path) -> None:
    sandbox, project = one_board(5)
    board = sandbox.flow
    for id in (1, 2, 3, 4):
        board.edit_task(board.tasks[id], Edit(status="D"), at=LONG_AGO + timedelta(days=2))
    board.edit_task(board.tasks[4], Edit(status="U"), at=LONG_AGO + timedelta(days=5))
    await export([client(sandbox)], to=tmp_path / "x.sqlite")
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as database:
        days = [*database.execute("SELECT day, cards FROM cumulative_flow ORDER BY day")]
    backlog = board.column_of(project, "B")
    assert [board.tasks[id].col_id for id in (4, 5)] == [backlog.id] * 2
    assert dict(days) == {
        "2026-03-02": 2,
        "2026-03-03": 2,
        "2026-03-04": 1,
        "2026-03-05": 1,
        "2026-03-06": 1,
        "2026-03-07": 2,
    }


# Odd answers


@pytest.mark.parametrize("nothing", [[], {}, None])
async def test_a_project_of_which_nothing_is_known_is_a_row(nothing: object) -> None:
    sandbox, project = one_board()
    empty = {"/members", "/1/cols", "/1/task_types", "/1/tasks", "/item_history/project/1"}
    answer = b"null" if nothing is None else nothing

    def hook(path: str) -> object:
        return answer if path in empty else None

    _, data = await read_one(sandbox, project, hook)
    assert {table: len(rows) for table, rows in data.rows.items() if rows} == {"projects": 1}
    assert data.gaps == ()


async def test_entities_of_nulls_are_rows() -> None:
    sandbox, project = one_board(1)
    nothing: dict[str, object] = {
        "/members": {"1": {"user_id": 1}},
        "/1/cols": {"9": {"col_id": 9, "col_type": None, "col_limit": None, "num_tasks": None}},
        "/1/task_types": {"8": None, "7": {"task_type_id": 7, "task_type_text": None}},
        "/1/tasks": {"5": {"task_id": 5, "task_status": None, "assignments": None}},
        "/task/5": {"task_id": 5, "col_id": None, "task_metrics": [], "task_completed": None},
        "/item_history/task/5": {"3": {"change_id": 3, "change_content": None, "user_id": None}},
        "/item_history/col/9": 404,
        "/item_history/task_type/7": 404,
        "/item_history/project/1": 404,
    }
    _, data = await read_one(sandbox, project, nothing.get)
    assert held(data) == {
        "projects": [{"title": "Empty Logbook"}],
        "columns": [{"kind": "column", "id": "9", "title": "", "is_done": 0}],
        "people": [{"id": "1", "name": ""}],
        "cards": [{"id": "5", "title": ""}],
        "changes": [{"id": "3", "entity": "card", "entity_id": "5"}],
        "extras": [{"kind": "task_type", "id": "7", "title": ""}],
    }


async def test_a_change_that_two_calls_tell_is_one_row() -> None:
    sandbox, project = one_board()
    change = {"change_id": 4, "item_id": 5, "change_type": "T", "change_content": {"col_id": 2}}
    answers: dict[str, object] = {
        "/1/tasks": {"5": {"task_id": 5}},
        "/task/5": {"task_id": 5, "project_id": 1},
        "/1/tasks/recent_activity": {"4": change},
        "/item_history/task/5": {"4": change},
        "/item_history/project/1": {"4": change},
    }
    _, data = await read_one(sandbox, project, answers.get)
    told = [row for row in rows(data, "changes") if row["id"] == "4"]
    assert [(row["entity"], row["entity_id"], row["column_id"]) for row in told] == [
        ("card", "5", "2")
    ]


async def test_a_task_without_an_id_fails_the_project() -> None:
    sandbox, project = one_board()
    with pytest.raises(DecodeError, match="expected one with an id"):
        await read_one(sandbox, project, {"/1/tasks": [{"task_text": "Nobody"}]}.get)


async def test_progress_is_told_with_the_title() -> None:
    sandbox, project = one_board(5)
    heard: list[tuple[str | None, int]] = []
    async with client(sandbox) as flow:
        reader = FlowReader(flow, ReadLimiter(16))
        [found] = await reader.projects()
        await reader.read(found, lambda title, entities: heard.append((title, entities)))
    assert heard[-1] == (project.title, 4 + 5)
    assert [entities for _, entities in heard] == sorted(entities for _, entities in heard)
