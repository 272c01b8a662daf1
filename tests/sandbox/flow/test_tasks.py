"""Adding, editing and deleting tasks of flow."""

from __future__ import annotations

from copy import deepcopy

import pytest

from agilekit.sandbox.flow import Edit
from tests.each import each
from tests.sandbox.flow.caller import FlowCaller

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> FlowCaller:
    return FlowCaller()


async def test_a_new_task_answers_with_its_id_and_lies_on_top_of_backlog(
    caller: FlowCaller,
) -> None:
    assert (await caller.add(task_text="First")).json() == {"task_id": 1}
    assert (await caller.add(task_text="Second")).json() == {"task_id": 2}
    listed = (await caller.get("/1/tasks.json")).json()
    assert [(it["task_text"], it["col_id"]) for it in listed.values()] == [
        ("Second", 1),
        ("First", 1),
    ]


async def test_parameters_are_form_fields_or_json(caller: FlowCaller) -> None:
    form = {"user_id": "1", "project_id": "1", "task_text": "Häfen", "task_type_id": "1"}
    assert (await caller.http.post("/task.json", data=form)).json() == {"task_id": 1}
    answer = await caller.http.post("/task.xml", json=form)
    assert answer.text.endswith("<task><task_id>2</task_id></task>\n")
    assert [task.text for task in caller.flow.tasks.values()] == ["Häfen"] * 2


@each("name", ["user_id", "project_id", "task_text", "task_type_id"])
@each("value", [None, "", [], {}, True])
async def test_a_new_task_needs_each_parameter(
    caller: FlowCaller, name: str, value: object
) -> None:
    answer = await caller.add(**{name: value})
    assert answer.status_code == 400
    assert name in answer.json()["error"]
    assert caller.flow.tasks == {}


@each("name", ["user_id", "project_id", "task_type_id"])
@each("value", ["0", 99, -1, 1.5, "1; DROP", "\u0661", "1" * 5_000])
async def test_an_unknown_id_is_a_bad_request(caller: FlowCaller, name: str, value: object) -> None:
    answer = await caller.add(**{name: value})
    assert answer.status_code == 400
    assert answer.json() == {"error": f"{name} is unknown"}
    assert caller.flow.tasks == {}


async def test_the_type_of_a_new_task_is_one_of_its_project(caller: FlowCaller) -> None:
    other = caller.flow.add_project("Other")
    assert (await caller.add(task_type_id=other.task_types[0])).status_code == 400


async def test_an_edit_answers_with_what_changed(caller: FlowCaller) -> None:
    task = caller.flow.add_task(caller.project, "Test")
    caller.flow.add_member("Jim Hale")
    answer = await caller.edit(task.id, user_id=2, task_text="Evolved", task_status="R")
    assert answer.json() == {
        "task_id": 1,
        "user_id": 2,
        "task_text": "Evolved",
        "task_status": "R",
    }
    assert task.user_id == 2


async def test_what_is_the_same_has_not_changed_and_leaves_no_trace(caller: FlowCaller) -> None:
    task = caller.flow.add_task(caller.project, "Test", user_ids=[1])
    before = deepcopy(caller.flow.changes)
    answer = await caller.edit(
        task.id, task_text="Test", task_status="", task_type_id=1, col_id=1, user_ids="1"
    )
    assert answer.json() == {"task_id": 1, "user_id": 1}
    assert caller.flow.changes == before


async def test_an_edit_can_change_everything_at_once(caller: FlowCaller) -> None:
    caller.flow.add_member("Jim Hale")
    caller.flow.add_task(caller.project, "Test")
    answer = await caller.edit(
        1, task_text="All", task_type_id=3, task_status="B", user_ids="2,1", col_id=3
    )
    assert answer.json() == {
        "task_id": 1,
        "user_id": 1,
        "task_text": "All",
        "task_type_id": 3,
        "task_status": "B",
        "user_ids": "2,1",
        "col_id": 3,
        "task_order": 1,
    }
    assert (await caller.get("/1/tasks.json")).json()["1"]["assignments"] == {"0": 2, "1": 1}


async def test_empty_user_ids_assign_nobody(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "Test", user_ids=[1])
    assert (await caller.edit(1, user_ids="")).json()["user_ids"] == ""
    assert "assignments" not in (await caller.get("/1/tasks.json")).json()["1"]


@each(
    "parameters",
    [
        {},
        {"colour": "red"},
        {"user_id": 99, "task_text": "Mine"},
        {"user_id": "", "task_text": "Mine"},
        {"user_id": None, "task_text": "Mine"},
        {"task_text": " "},
        {"task_text": None},
        {"task_status": "X"},
        {"task_status": "r"},
        {"task_type_id": 99},
        {"user_ids": "1,99"},
        {"user_ids": "1,"},
        {"user_ids": [1]},
        {"col_id": 99},
        {"col_id": 5},
        {"prev_task_order": "top"},
        {"prev_task_order": "nan"},
        {"prev_task_order": "1e400"},
        {"prev_task_order": ""},
        {"task_text": "Good", "task_status": "bad"},
    ],
)
async def test_a_bad_edit_is_refused_whole(
    caller: FlowCaller, parameters: dict[str, object]
) -> None:
    caller.flow.add_project("With column 5")
    caller.flow.add_task(caller.project, "Test")
    before = deepcopy(caller.flow)
    answer = await caller.edit(1, **parameters)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert caller.flow == before


@pytest.mark.parametrize(
    ("after", "order"), [("none", 5), (4, 3.5), ("2.5", 1.75), (1, 0), (9, 6.5)]
)
async def test_a_task_moves_to_below_the_one_of_the_given_order(
    caller: FlowCaller, after: object, order: float
) -> None:
    for text in ("one", "moving", "three", "four"):
        caller.flow.add_task(caller.project, text)
    answer = await caller.edit(2, prev_task_order=after)
    assert answer.json() == {"task_id": 2, "user_id": 1, "task_order": order}


async def test_a_task_that_is_already_there_does_not_move(caller: FlowCaller) -> None:
    for text in ("one", "two", "three"):
        caller.flow.add_task(caller.project, text)
    assert (await caller.edit(2, prev_task_order=3)).json() == {"task_id": 2, "user_id": 1}
    assert len(caller.flow.history("task", 2)) == 1


async def test_an_order_that_a_move_made_can_be_sent_back(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "Above").order = 1e-7
    task = caller.flow.add_task(caller.project, "Below")
    assert (await caller.edit(task.id, prev_task_order=1e-7)).status_code == 200


async def test_a_task_is_on_top_of_the_column_that_it_moves_to(caller: FlowCaller) -> None:
    for text in ("one", "two"):
        caller.flow.add_task(caller.project, text, column=caller.todo)
    caller.flow.add_task(caller.project, "three")
    assert (await caller.edit(3, col_id=2)).json()["task_order"] == 3


async def test_a_deleted_task_leaves_the_list_and_the_count_alone(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "Test")
    answer = await caller.http.request("DELETE", "/task/1.json", json={"user_id": 1})
    assert answer.json() == {"task_id": 1, "user_id": 1, "task_status": "D"}
    assert (await caller.get("/1/tasks.json")).json() == []
    assert (await caller.get("/1/cols.json")).json()["1"]["num_tasks"] == 0
    assert (await caller.get("/task/1.json")).json()["task_status"] == "D"
    assert len((await caller.get("/item_history/task/1.json")).json()) == 2


async def test_a_task_deleted_twice_is_deleted_once(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "Test")
    first = await caller.http.delete("/task/1.json?user_id=1")
    second = await caller.http.delete("/task/1.json?user_id=1")
    assert first.json() == second.json()
    assert len(caller.flow.history("task", 1)) == 2


async def test_a_deleted_task_comes_back_by_its_status(caller: FlowCaller) -> None:
    task = caller.flow.add_task(caller.project, "Test")
    caller.flow.edit_task(task, Edit(status="D"))
    await caller.edit(1, task_status="U")
    assert (await caller.get("/1/tasks.json")).json()["1"]["task_status"] == "U"


@pytest.mark.parametrize("query", ["", "?user_id=", "?user_id=99"])
async def test_only_a_member_deletes(caller: FlowCaller, query: str) -> None:
    task = caller.flow.add_task(caller.project, "Test")
    assert (await caller.http.delete(f"/task/1.json{query}")).status_code == 400
    assert task.status == ""


async def test_the_query_of_a_put_is_ignored(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "Test")
    assert (await caller.http.put("/task/1.json?user_id=1&task_text=No")).status_code == 400


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("", {"method": "put", "user_id": "1", "task_text": "Evolved"}),
        ("", {"method": "PUT", "user_id": "1", "task_text": "Evolved"}),
        ("?method=put", {"user_id": "1", "task_text": "Evolved"}),
    ],
)
async def test_a_post_can_stand_for_a_put(
    caller: FlowCaller, query: str, form: dict[str, str]
) -> None:
    task = caller.flow.add_task(caller.project, "Test")
    answer = await caller.http.post(f"/task/1.json{query}", data=form)
    assert answer.json() == {"task_id": 1, "user_id": 1, "task_text": "Evolved"}
    assert task.text == "Evolved"


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("", {"method": "delete", "user_id": "1"}),
        ("?method=delete", {"user_id": "1"}),
        ("?method=DELETE", {"user_id": "1"}),
        ("?method=delete&user_id=1", {}),
    ],
)
async def test_a_post_can_stand_for_a_delete(
    caller: FlowCaller, query: str, form: dict[str, str]
) -> None:
    task = caller.flow.add_task(caller.project, "Test")
    answer = await caller.http.post(f"/task/1.json{query}", data=form)
    assert answer.json() == {"task_id": 1, "user_id": 1, "task_status": "D"}
    assert task.status == "D"


@pytest.mark.parametrize("method", ["get", "patch", "post", ""])
async def test_a_post_stands_for_nothing_else(caller: FlowCaller, method: str) -> None:
    caller.flow.add_task(caller.project, "Test")
    form = {"method": method, "user_id": "1"}
    assert (await caller.http.post("/task/1.json", data=form)).status_code == 404


async def test_only_a_post_can_stand_for_another_method(caller: FlowCaller) -> None:
    task = caller.flow.add_task(caller.project, "Test")
    form = {"method": "delete", "user_id": "1", "task_text": "Evolved"}
    await caller.http.put("/task/1.json", data=form)
    assert (task.text, task.status) == ("Evolved", "")
