"""Histories, metrics and times of flow, against the samples of its API Reference."""

from __future__ import annotations

import pytest

from agilekit.sandbox.flow import Edit
from tests.sandbox.flow.caller import FlowCaller

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> FlowCaller:
    return FlowCaller()


async def test_the_history_of_the_sample_task_comes_out_as_it_is_printed(
    caller: FlowCaller,
) -> None:
    # GET /item_history/task/2444.json: made anew by the calls that must have led to it.
    caller.backlog.top, caller.todo.top, caller.doing.top, caller.done.top = 12, 4, 1, 83
    caller.at(2009, 12, 24, 10, 56, 28)
    await caller.add(task_text="Archive projects")
    caller.at(2009, 12, 24, 10, 56, 39)
    await caller.edit(1, col_id=2)
    caller.at(2010, 2, 5, 12, 36, 25)
    await caller.edit(1, col_id=1, prev_task_order=22.5)
    caller.at(2010, 3, 24, 10, 58, 25)
    await caller.edit(1, col_id=2, prev_task_order=5)
    caller.at(2010, 3, 24, 11, 17, 11)
    await caller.edit(1, col_id=3, prev_task_order="none")
    caller.at(2010, 3, 24, 20, 51, 38)
    await caller.edit(1, col_id=4)
    history = (await caller.get("/item_history/task/1.json")).json()
    first, *rest = history.values()
    assert first["change_content"] == {
        "project_id": 1,
        "topic_id": 1,
        "user_id": 1,
        "col_id": 1,
        "task_type_id": 1,
        "task_text": "Archive projects",
        "task_order": 13,
        "task_created": "2009-12-24 05:56:28",
        "task_id": 1,
    }
    metrics = {
        "phase_times": {"1": 4054931, "2": 3722312, "3": 34467},
        "idle_times": {"ready": 0, "blocked": 0},
        "cycle_time": 7811710,
        "working_cycle_time": 3756779,
    }
    text = {"old_task_text": "Archive projects"}
    assert [(it["change_made"], it["change_content"]) for it in rest] == [
        (
            "2009-12-24 05:56:39",
            {"col_id": 2, "task_order": 5, **text, "old_task_order": 13, "old_col_title": "To-do"},
        ),
        (
            "2010-02-05 07:36:25",
            {
                "col_id": 1,
                "task_order": 21.5,
                **text,
                "old_task_order": 5,
                "old_col_title": "Backlog",
            },
        ),
        (
            "2010-03-24 06:58:25",
            {
                "col_id": 2,
                "task_order": 4,
                **text,
                "old_task_order": 21.5,
                "old_col_title": "To-do",
            },
        ),
        (
            "2010-03-24 07:17:11",
            {
                "col_id": 3,
                "task_order": 2,
                **text,
                "old_task_order": 4,
                "old_col_title": "In-progress",
            },
        ),
        (
            "2010-03-24 16:51:38",
            {
                "col_id": 4,
                "task_order": 84,
                "task_completed": "2010-03-24 16:51:38",
                "task_metrics": metrics,
                **text,
                "old_task_order": 2,
                "old_col_title": "Done",
            },
        ),
    ]
    task = (await caller.get("/task/1.json")).json()
    assert task["task_completed"] == "2010-03-24 16:51:38"
    assert task["task_metrics"] == metrics
    assert task["task_order"] == 84


async def test_an_entry_has_its_id_and_who_made_it_and_when(caller: FlowCaller) -> None:
    caller.flow.add_member("Jim Hale")
    caller.at(2009, 12, 24, 10, 56, 28)
    await caller.add(user_id=2)
    history = (await caller.get("/item_history/task/1.json")).json()
    ((number, entry),) = history.items()
    assert {key: value for key, value in entry.items() if key != "change_content"} == {
        "change_made": "2009-12-24 05:56:28",
        "change_type": "T",
        "project_id": 1,
        "item_id": 1,
        "user_id": 2,
        "ip": "127.0.0.1",
        "change_id": int(number),
    }


async def test_the_text_before_a_change_is_kept(caller: FlowCaller) -> None:
    task = caller.flow.add_task(caller.project, "Test")
    await caller.edit(task.id, task_text="Evolved", task_status="R")
    *_, last = (await caller.get("/item_history/task/1.json")).json().values()
    assert last["change_content"] == {
        "task_text": "Evolved",
        "task_status": "R",
        "old_task_text": "Test",
    }


@pytest.mark.parametrize("kind", ["task", "task_type", "col", "project", "group"])
async def test_every_type_of_item_has_a_history(caller: FlowCaller, kind: str) -> None:
    caller.flow.add_task(caller.project, "Test")
    caller.flow.add_group("Keepers", user_ids=[1])
    history = (await caller.get(f"/item_history/{kind}/1.json")).json()
    assert [it["item_id"] for it in history.values()] == [1]


async def test_time_ready_or_blocked_is_idle_and_not_working_time(caller: FlowCaller) -> None:
    caller.at(2026, 3, 2, 8)
    await caller.add()
    caller.at(2026, 3, 2, 9)
    await caller.edit(1, col_id=3)
    caller.at(2026, 3, 2, 11)
    await caller.edit(1, task_status="B")
    caller.at(2026, 3, 2, 14)
    await caller.edit(1, task_status="R")
    caller.at(2026, 3, 2, 18)
    await caller.edit(1, col_id=4, task_status="")
    assert (await caller.get("/task/1.json")).json()["task_metrics"] == {
        "phase_times": {"1": 3600, "3": 9 * 3600},
        "idle_times": {"ready": 4 * 3600, "blocked": 3 * 3600},
        "cycle_time": 10 * 3600,
        "working_cycle_time": 2 * 3600,
    }


async def test_a_task_that_leaves_done_is_measured_on(caller: FlowCaller) -> None:
    caller.at(2026, 3, 2, 8)
    await caller.add()
    caller.at(2026, 3, 2, 9)
    await caller.edit(1, col_id=4)
    caller.at(2026, 3, 2, 10)
    await caller.edit(1, col_id=3)
    assert (await caller.get("/task/1.json")).json()["task_completed"] is None
    caller.at(2026, 3, 2, 13)
    await caller.edit(1, col_id=4)
    task = (await caller.get("/task/1.json")).json()
    assert task["task_completed"] == "2026-03-02 08:00:00"
    assert task["task_metrics"]["phase_times"] == {"1": 3600, "3": 3 * 3600}
    *_, last = (await caller.get("/item_history/task/1.json")).json().values()
    assert last["change_content"]["task_metrics"]["cycle_time"] == 4 * 3600


async def test_the_hour_that_is_there_twice_is_written_twice_the_same(caller: FlowCaller) -> None:
    caller.at(2026, 11, 1, 5, 30)
    task = caller.flow.add_task(caller.project, "Test")
    caller.at(2026, 11, 1, 6, 30)
    caller.flow.edit_task(task, Edit(status="R"))
    history = (await caller.get("/item_history/task/1.json")).json()
    assert {it["change_made"] for it in history.values()} == {"2026-11-01 01:30:00"}
    assert len({change.made for change in caller.flow.history("task", 1)}) == 2


async def test_recent_activity_is_that_of_24_hours_newest_first(caller: FlowCaller) -> None:
    for day, hour in ((1, 11), (1, 12), (2, 11)):
        caller.at(2026, 3, day, hour)
        await caller.add(task_text=f"{day} at {hour}")
    other = caller.flow.add_project("Other")
    caller.flow.add_task(other, "Elsewhere")
    caller.at(2026, 3, 2, 12)
    answer = await caller.get("/1/tasks/recent_activity.json")
    changes = answer.json()
    assert [it["item_id"] for it in changes.values()] == [3, 2]
    assert list(changes) == [str(it["change_id"]) for it in changes.values()]


async def test_no_recent_activity_is_not_found(caller: FlowCaller) -> None:
    caller.at(2026, 3, 1)
    await caller.add()
    caller.at(2026, 3, 2, 1)
    answer = await caller.get("/1/tasks/recent_activity.json")
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]
