"""Time trackers and the time report of Kanban Tool, which speak JSON only."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from agilekit.sandbox.kanbantool import Task, TimeTracker, User
from tests.sandbox.kanbantool.caller import NOON, Caller

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def task(caller: Caller) -> Task:
    return caller.service.add_task(caller.board, "Task", tags="lamp,weekly")


@pytest.fixture
def other(caller: Caller) -> User:
    user = caller.service.add_user("Omar Haddad", initials="OH")
    caller.service.share(caller.board, user)
    return user


def tracked(
    caller: Caller, task: Task, start: int, hours: int | None, by: User | None = None
) -> TimeTracker:
    started = NOON - 24 * HOUR + start * HOUR
    ended = None if hours is None else started + hours * HOUR
    return caller.service.add_time_tracker(task, started_at=started, ended_at=ended, by=by)


async def test_a_timer_has_the_documented_attributes(caller: Caller, task: Task) -> None:
    tracked(caller, task, 0, 1)
    form: dict[str, str | int] = {
        "time_tracker__board_id": caller.board.id,
        "time_tracker__task_id": task.id,
        "time_tracker__started_at": "2026-05-04T09:00:00+00:00",
        "time_tracker__ended_at": "2026-05-04T10:30:00Z",
    }
    made = (await caller.send("POST", "/time_trackers.json", **form)).json()
    assert made == {
        "id": max(caller.service.time_trackers),
        "user_id": caller.service.user.id,
        "board_id": caller.board.id,
        "task_id": task.id,
        "listed": True,
        "started_at": "2026-05-04T09:00:00+00:00",
        "ended_at": "2026-05-04T10:30:00+00:00",
        "seconds_from_resumed_sprint": 3600,
        "created_at": "2026-05-04T12:00:00+00:00",
        "updated_at": "2026-05-04T12:00:00+00:00",
    }
    details = (await caller.get(f"{caller.tasks}/{task.id}.json")).json()["task"]
    assert details["timers_total"] == 3600 + 5400


async def test_timers_are_in_envelopes_if_tasks_are(caller: Caller, task: Task) -> None:
    caller.service.envelopes = "2013"
    tracker = tracked(caller, task, 0, 1)
    (row,) = (await caller.get("/time_trackers.json")).json()
    assert row["time_tracker"]["id"] == tracker.id


async def test_timers_are_those_of_the_caller_by_task_state_and_place(
    caller: Caller, task: Task, other: User
) -> None:
    second = caller.service.add_task(caller.board, "Second")
    done, running = tracked(caller, task, 0, 1), tracked(caller, second, 2, None)
    tracked(caller, task, 3, 1, by=other)
    done.listed = False

    async def ids(**filters: str | int) -> list[int]:
        return [row["id"] for row in (await caller.get("/time_trackers.json", **filters)).json()]

    assert await ids() == [done.id, running.id]
    assert await ids(task_id=task.id) == [done.id]
    assert await ids(active=1) == [running.id]
    assert await ids(active=0) == [done.id]
    assert await ids(listed=1) == [running.id]


async def test_timers_expand_to_their_task_column_and_card_type(caller: Caller, task: Task) -> None:
    tracked(caller, task, 0, 1)
    (row,) = (await caller.get("/time_trackers.json", expand=1)).json()
    assert row["task"]["name"] == "Task"
    assert row["workflow_stage"]["name"] == "To do"
    assert row["card_type"]["name"] == "Feature"
    await caller.send("DELETE", f"{caller.tasks}/{task.id}.json")
    (row,) = (await caller.get("/time_trackers.json", expand=1)).json()
    assert "task" not in row


@pytest.mark.parametrize(
    "wrong", [{"task_id": 1}, {"board_id": 1}, {"started_at": "x"}, {"ended_at": "2001-01-01"}]
)
async def test_a_timer_that_breaks_the_rules_is_refused(
    caller: Caller, task: Task, wrong: dict[str, object]
) -> None:
    payload = {"board_id": caller.board.id, "task_id": task.id, **wrong}
    answer = await caller.http.post("/time_trackers.json", json={"time_tracker": payload})
    assert answer.status_code == 422
    assert caller.service.time_trackers == {}
    assert (await caller.send("POST", "/time_trackers.json")).status_code == 422


async def test_a_timer_is_stopped_and_started_again(caller: Caller, task: Task) -> None:
    tracker = tracked(caller, task, 0, None)
    path = f"/time_trackers/{tracker.id}.json"
    stopped = await caller.send("PUT", path, time_tracker__ended_at="2026-05-04T11:00")
    assert stopped.json()["ended_at"] == "2026-05-04T11:00:00+00:00"
    again = await caller.http.patch(path, json={"ended_at": None})
    assert again.json()["ended_at"] is None
    back = await caller.send("PUT", path, time_tracker__ended_at="2001-01-01T00:00")
    assert back.status_code == 422
    assert tracker.ended_at is None


async def test_a_deleted_timer_answers_with_the_one_before_or_null(
    caller: Caller, task: Task, other: User
) -> None:
    first, second = tracked(caller, task, 0, 1), tracked(caller, task, 2, 1)
    tracked(caller, task, 1, 1, by=other)
    answer = await caller.send("DELETE", f"/time_trackers/{second.id}.json")
    assert answer.json()["id"] == first.id
    answer = await caller.send("DELETE", f"/time_trackers/{first.id}.json")
    assert (answer.status_code, answer.text) == (200, "null")
    assert (await caller.send("DELETE", f"/time_trackers/{first.id}.json")).status_code == 404


async def test_a_timer_of_another_is_changed_by_its_user_the_board_owner_and_administrators(
    caller: Caller, task: Task, other: User
) -> None:
    tracker = tracked(caller, task, 0, 1)
    path = f"/time_trackers/{tracker.id}.json"
    caller.http.headers["X-KanbanToolToken"] = other.token
    assert (await caller.send("PUT", path)).status_code == 403
    assert (await caller.send("DELETE", path)).status_code == 403
    caller.board.owner_id = other.id
    assert (await caller.send("PUT", path)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/time_trackers"), ("POST", "/time_trackers"), ("GET", "/time_report")],
)
async def test_time_tracking_has_no_xml(caller: Caller, method: str, path: str) -> None:
    answer = await caller.send(method, f"{path}.xml")
    assert answer.status_code == 406
    assert '<status type="integer">406</status>' in answer.text


async def test_a_report_sums_seconds_by_what_it_is_grouped_by(
    caller: Caller, task: Task, other: User
) -> None:
    second = caller.service.add_task(caller.board, "Second")
    tracked(caller, task, 0, 1)
    tracked(caller, task, 2, 2, by=other)
    tracked(caller, second, 5, 3)
    me = caller.service.user.id

    async def report(**more: str | int) -> object:
        asked = {"board_id": caller.board.id, "group_by": "task_id,user_id", **more}
        return (await caller.get("/time_report.json", **asked)).json()["report"]

    whole = {
        str(task.id): {str(me): 3600, str(other.id): 7200},
        str(second.id): {str(me): 10800},
    }
    assert await report() == whole
    assert await report(user_id=other.id) == {str(task.id): {str(other.id): 7200}}
    assert await report(**{"tasks.tags": "lamp", "group_by": "board_id"}) == {
        str(caller.board.id): 10800
    }
    assert await report(**{"tasks.card_type_id": 1}) == {}
    assert await report(**{"from": "2026-05-03T17:00", "group_by": "task_id"}) == {
        str(second.id): 10800
    }
    assert await report(to="2026-05-01") == {}


async def test_a_report_expands_keys_and_shows_details_and_options(
    caller: Caller, task: Task
) -> None:
    tracker = tracked(caller, task, 0, 1)
    answer = await caller.get(
        "/time_report.json",
        board_id=caller.board.id,
        report_type="detailed",
        group_by="task_id,sprint_id",
        expand=1,
        include_filter_options=1,
    )
    told = answer.json()
    (key,) = told["report"]
    assert json.loads(key) == {"id": task.id, "name": "Task"}
    (timers,) = told["report"][key].values()
    assert [timer["id"] for timer in timers] == [tracker.id]
    assert told["filter_options"] == {
        "user_id": [caller.service.user.id],
        "task_id": [task.id],
        "tasks.card_type_id": [task.card_type_id],
        "tasks.tags": ["lamp", "weekly"],
    }


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"board_id": ""}, 422),
        ({"board_id": "1"}, 404),
        ({"group_by": "weather"}, 422),
        ({"report_type": "short"}, 422),
        ({"from": "yesterday"}, 422),
    ],
)
async def test_a_report_that_cannot_be_made_is_refused(
    caller: Caller, wrong: dict[str, str], status: int
) -> None:
    asked = {"board_id": str(caller.board.id), **wrong}
    assert (await caller.get("/time_report.json", **asked)).status_code == status


async def test_a_report_needs_the_right_to_read_every_board(caller: Caller, other: User) -> None:
    caller.service.share(caller.board, other, [])
    caller.http.headers["X-KanbanToolToken"] = other.token
    answer = await caller.get("/time_report.json", board_id=caller.board.id)
    assert answer.status_code == 403
