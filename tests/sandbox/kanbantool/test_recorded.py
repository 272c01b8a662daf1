"""Kanban Tool as recordings of it, and the vendor's own program for browsers, show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.kanbantool.caller import Caller

if TYPE_CHECKING:
    from agilekit.sandbox.kanbantool.serializers import Keys

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


# Positions


async def test_stages_and_swimlanes_may_all_be_at_position_1(caller: Caller) -> None:
    lane = caller.service.add_swimlane(caller.board, "Below")
    before = (await caller.get(f"{caller.root}.json")).json()["board"]
    assert {one["position"] for one in before["workflow_stages"]} > {1}
    first, *others = [one for one in caller.board.workflow_stages.values() if one.parent_id]
    first.position = len(others) + 1
    for position, stage in enumerate(others, 1):
        stage.position = position
    caller.service.positions = "all 1"
    found = (await caller.get(f"{caller.root}.json")).json()["board"]
    assert {one["position"] for one in found["workflow_stages"] + found["swimlanes"]} == {1}
    columns = [one["id"] for one in found["workflow_stages"] if one["parent_id"]]
    assert (
        columns
        == [one.id for one in caller.board.columns()]
        == [*(it.id for it in others), first.id]
    )
    assert found["swimlanes"][-1]["id"] == lane.id


# Keys

MORE_OF_BOARDS = {
    "documented": set[str](),
    "2013": {
        "board_template_id",
        "cumulative_flow_updated_at",
        "deleted_at",
        "external_id_sequence",
        "owner_id",
    },
    "2017": {"owner_id"},
    "newest": {"owner_id"},
}
MORE_OF_TASKS = {
    "documented": set[str](),
    "2013": {"block_reason", "external_id", "subtask_search_tags"},
    "2017": {
        "block_reason",
        "board_id",
        "board_version",
        "external_id",
        "owner_id",
        "timers_total",
        "version",
    },
}
MORE_OF_TASKS["newest"] = MORE_OF_TASKS["2017"]


@pytest.mark.parametrize("keys", ["2013", "2017", "newest"])
async def test_there_are_the_keys_of_the_year(caller: Caller, keys: Keys) -> None:
    task = caller.service.add_task(caller.board, "Task")

    async def shown() -> tuple[dict[str, object], dict[str, object], dict[str, object]]:
        board = (await caller.get(f"{caller.root}.json")).json()["board"]
        found = (await caller.get(f"{caller.tasks}/{task.id}.json")).json()["task"]
        return board, board["workflow_stages"][0], found

    caller.service.keys = "documented"
    documented = [set(one) for one in await shown()]
    caller.service.keys = keys
    board, stage, found = await shown()
    assert set(board) - documented[0] == MORE_OF_BOARDS[keys]
    custom = {one for one in found if one.startswith("custom_field_")}
    assert len(custom) == (5 if keys == "2013" else 10)
    assert set(found) - documented[2] == MORE_OF_TASKS[keys]
    assert documented[2] - set(found) == {
        f"custom_field_{number}" for number in (range(6, 11) if keys == "2013" else ())
    }
    match keys:
        case "2013":
            assert board["position"] is None
            assert set(stage) - documented[1] == {"description", "lane_type_id"}
        case "newest":
            assert set(stage) ^ documented[1] == {
                "archive_enabled",
                "lane_type",
                "limit",
                "wip_limit",
            }
        case _:
            assert set(stage) == documented[1]


async def test_the_keys_go_with_the_envelopes_unless_they_are_chosen(caller: Caller) -> None:
    caller.service.envelopes = "2013"
    [board] = (await caller.get("/boards.json")).json()
    assert "owner_id" not in board["board"]
    caller.service.keys = "2017"
    [board] = (await caller.get("/boards.json")).json()
    assert "owner_id" in board["board"]


# Envelopes


async def test_an_envelope_may_have_a_key_beside_the_entity(caller: Caller) -> None:
    task = caller.service.add_task(caller.board, "Task")
    caller.service.siblings = True
    found = (await caller.get(f"{caller.tasks}/{task.id}.json")).json()
    assert (set(found), found["task"]["id"]) == ({"meta", "task"}, task.id)
    [board] = (await caller.get("/boards.json")).json()
    assert (set(board), board["board"]["id"]) == ({"meta", "board"}, caller.board.id)
    script = await caller.get(f"{caller.tasks}/{task.id}.json", callback="f")
    assert script.text.startswith('f({"meta":')


# Parameters


@pytest.mark.parametrize("where", ["data", "params", "json"])
async def test_attributes_need_no_name_of_the_entity_around_them(
    caller: Caller, where: str
) -> None:
    async def send(method: str, path: str, **given: str) -> int:
        answer = await caller.http.request(method, f"{path}.json", **{where: given})  # type: ignore[arg-type] # by name
        assert answer.status_code == 200
        shown = answer.json()
        return int(next(iter(shown.values()))["id"] if len(shown) == 1 else shown["id"])

    task_id = await send("POST", caller.tasks, name="Flat", priority="1")
    task = caller.board.tasks[task_id]
    assert (task.name, task.priority) == ("Flat", 1)
    path = f"{caller.tasks}/{task_id}"
    await send("PUT", path, name="Flatter")
    await send("POST", f"{path}/comments", content="Text")
    subtask = await send("POST", f"{path}/subtasks", name="First")
    await send("PUT", f"{path}/subtasks/{subtask}", is_completed="1")
    await send("POST", "/time_trackers", board_id=str(caller.board.id), task_id=str(task_id))
    assert (task.name, task.comments[0].content) == ("Flatter", "Text")
    assert (task.subtasks[0].name, task.subtasks[0].is_completed) == ("First", True)
    assert len(task.time_trackers) == 1


@pytest.mark.parametrize("where", ["data", "params"])
@pytest.mark.parametrize("last", ["/reorder", ""])
async def test_subtasks_are_put_in_order_by_the_list_itself_too(
    caller: Caller, where: str, last: str
) -> None:
    task = caller.service.add_task(caller.board, "Task")
    ids = [caller.service.add_subtask(task, name).id for name in "abc"]
    order = {"order": ",".join(map(str, reversed(ids)))}
    path = f"{caller.tasks}/{task.id}/subtasks{last}.json"
    answer = await caller.http.put(path, **{where: order})  # type: ignore[arg-type] # by name
    assert [one["subtask"]["name"] for one in answer.json()] == ["c", "b", "a"]
    assert [one.name for one in task.subtasks] == ["c", "b", "a"]
    assert (await caller.http.put(path, data={"order": ""})).status_code == 422


async def test_a_list_of_changes_takes_empty_parameters(caller: Caller) -> None:
    caller.service.add_task(caller.board, "Task")
    path = f"{caller.root}/changelog.json"
    empty = {"from": "", "to": "", "limit": ""}
    answer = await caller.http.get(path, params=empty)
    assert answer.json() == (await caller.get(path)).json() != []
