"""How Kanban Tool is called: formats, override, credentials, bodies, and what is refused."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.sandbox import Sandbox
from agilekit.sandbox.kanbantool.response_format import ErrorForm
from agilekit.sandbox.kanbantool.routes import ROUTES
from agilekit.sandbox.messages import Request
from tests.sandbox.kanbantool.caller import Caller, error

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.mark.parametrize("path", ["/boards", "/boards.html", "/boards/1", "/", ""])
async def test_without_a_format_there_is_only_a_page(caller: Caller, path: str) -> None:
    answer = await caller.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_callback_makes_a_script_of_json_and_nothing_of_xml(caller: Caller) -> None:
    answer = await caller.get("/boards.json", callback="myFunction")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.text.startswith('myFunction([{"board":{"created_at":"')
    assert answer.text.endswith("}}])")
    assert (await caller.get("/boards.xml", callback="f")).text.startswith("<?xml")


async def test_an_error_to_a_callback_has_status_200(caller: Caller) -> None:
    answer = await caller.get("/boards/1.json", callback="f")
    assert answer.status_code == 200
    assert answer.text == 'f({"code":404,"message":"Board not found"})'


async def test_a_callback_that_does_not_name_a_function_is_refused(caller: Caller) -> None:
    answer = await caller.get("/boards.json", callback="alert(1)//")
    assert answer.status_code == 400
    assert "alert" not in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("word", ["put", "PUT", "Put"])
async def test_the_method_may_be_a_parameter_of_get_and_post(
    caller: Caller, method: str, word: str
) -> None:
    task = caller.service.add_task(caller.board, "Old")
    path, query = f"{caller.tasks}/{task.id}.json", {"_m": word, "task[name]": "New"}
    answer = await caller.http.request(method, path, params=query)
    assert answer.json()["task"]["name"] == task.name == "New"


async def test_the_method_may_be_in_the_body_of_a_post(caller: Caller) -> None:
    task = caller.service.add_task(caller.board, "Gone")
    answer = await caller.send("POST", f"{caller.tasks}/{task.id}.json", _m="DELETE")
    assert answer.status_code == 200
    assert caller.board.tasks == {}


async def test_a_browser_creates_a_task_by_a_get(caller: Caller) -> None:
    query = {"task[name]": "TITLE", "_m": "POST", "api_token": caller.service.token}
    del caller.http.headers["X-KanbanToolToken"]
    answer = await caller.http.get(f"{caller.tasks}.xml", params=query)
    assert "<task><archived-at" in answer.text
    assert "<name>TITLE</name>" in answer.text


async def test_a_put_is_not_overridden(caller: Caller) -> None:
    task = caller.service.add_task(caller.board, "Task")
    await caller.http.put(f"{caller.tasks}/{task.id}.json", params={"_m": "delete"})
    assert task.id in caller.board.tasks


async def test_patch_updates(caller: Caller) -> None:
    task = caller.service.add_task(caller.board, "Old")
    answer = await caller.http.patch(f"{caller.tasks}/{task.id}.json", json={"name": "New"})
    assert answer.json()["task"]["name"] == "New"


async def test_every_way_to_show_a_token_opens_the_account(caller: Caller) -> None:
    token = caller.service.token
    assert len(token) >= 20
    del caller.http.headers["X-KanbanToolToken"]
    http, path = caller.http, "/boards.json"
    answers = [
        await http.get(path, headers={"X-KanbanToolToken": token}),
        await http.get(path, headers={"Authorization": f"Bearer {token}"}),
        await http.get(path, params={"api_token": token}),
        await http.post(path, data={"api_token": token, "_m": "get"}),
        await http.post(path, json={"api_token": token, "_m": "get"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-KanbanToolToken": "x"}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}],
)
async def test_without_a_good_token_everything_is_refused(
    caller: Caller, headers: dict[str, str]
) -> None:
    del caller.http.headers["X-KanbanToolToken"]
    answer = await caller.http.get("/boards.xml", headers=headers)
    assert (answer.status_code, answer.text) == (401, error("API token is invalid", 401))
    caller.service.bad_token_status = 403
    answer = await caller.http.get("/boards.json", headers=headers)
    assert answer.status_code == 403
    assert answer.json() == {"status": 403, "message": "API token is invalid"}


async def test_others_see_what_is_shared_with_them_and_do_what_they_may(caller: Caller) -> None:
    service, board = caller.service, caller.board
    user = service.add_user("Bernard Zent", initials="BZ")
    task = service.add_task(board, "Task")
    caller.http.headers["X-KanbanToolToken"] = user.token
    assert (await caller.get("/boards.json")).json() == []
    assert (await caller.get(f"{caller.root}.json")).status_code == 404
    service.share(board, user, [])
    assert len((await caller.get("/boards.json")).json()) == 1
    refused = {
        "read": await caller.get(f"{caller.tasks}.xml"),
        "create": await caller.send("POST", f"{caller.tasks}.xml", task__name="New"),
        "update": await caller.send("PUT", f"{caller.tasks}/{task.id}.xml", task__name="New"),
        "move": await caller.send("PUT", f"{caller.tasks}/{task.id}/move.xml", direction="up"),
        "delete": await caller.send("DELETE", f"{caller.tasks}/{task.id}.xml"),
    }
    for right, answer in refused.items():
        message = f"Permission to {right} tasks required for user {user.id}"
        assert (answer.status_code, answer.text) == (403, error(message, 403))
    assert board.tasks == {task.id: task}
    assert task.name == "Task"


async def test_a_form_nested_json_and_flat_json_say_the_same(caller: Caller) -> None:
    path = f"{caller.tasks}.json"
    answers = [
        await caller.http.post(path, data={"task[name]": "Task", "task[priority]": "1"}),
        await caller.http.post(path, json={"task": {"name": "Task", "priority": 1}}),
        await caller.http.post(path, json={"name": "Task", "priority": 1}),
    ]
    for answer in answers:
        assert answer.json()["task"]["name"] == "Task"
        assert answer.json()["task"]["priority"] == 1


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("message", {"status": 400, "message": "Name cannot be blank, Priority must be numeric"}),
        (
            "messages",
            {"status": 400, "message": ["Name cannot be blank", "Priority must be numeric"]},
        ),
        ("fields", {"errors": {"name": ["cannot be blank"], "priority": ["must be numeric"]}}),
        (
            "error",
            {"error": {"status": 400, "message": "Name cannot be blank, Priority must be numeric"}},
        ),
    ],
)
async def test_json_errors_come_in_every_form_that_was_seen(
    caller: Caller, form: ErrorForm, expected: object
) -> None:
    caller.service.errors = form
    answer = await caller.send("POST", f"{caller.tasks}.json", task__name=" ", task__priority="x")
    assert answer.status_code == 400
    assert answer.json() == expected


async def test_the_status_of_a_create_is_an_option(caller: Caller) -> None:
    caller.service.created_status = 201
    answer = await caller.send("POST", f"{caller.tasks}.json", task__name="Task")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/boards/1.xml", "Board not found"),
        ("/boards/abc/tasks.xml", "Board not found"),
        ("{tasks}/1.xml", "Task not found"),
        ("{tasks}/{task}/subtasks/1.xml", "Subtask not found"),
        ("{tasks}/{task}/comments/1.xml", "Comment not found"),
        ("/nothing.xml", "There is nothing at this path"),
        ("/boards/%2e%2e/tasks.xml", "Board not found"),
    ],
)
async def test_what_does_not_exist_is_not_found(caller: Caller, path: str, message: str) -> None:
    task = caller.service.add_task(caller.board, "Task")
    answer = await caller.get(path.format(tasks=caller.tasks, task=task.id))
    assert (answer.status_code, answer.text) == (404, error(message, 404))


async def test_a_comment_cannot_be_changed_by_any_method(caller: Caller) -> None:
    task = caller.service.add_task(caller.board, "Task")
    comment = caller.service.add_comment(task, "As it is")
    path = f"{caller.tasks}/{task.id}/comments/{comment.id}.json"
    answer = await caller.send("PUT", path, comment__content="New")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, DELETE"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"name":' + b"9" * 5000])
async def test_invalid_json_is_refused(caller: Caller, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await caller.http.post(f"{caller.tasks}.json", content=body, headers=headers)
    assert answer.status_code == 400
    assert caller.board.tasks == {}


def test_no_call_is_twice_in_the_table() -> None:
    assert len({(route.method, route.template) for route in ROUTES}) == len(ROUTES)


def test_two_accounts_of_a_seed_are_equal_and_apart() -> None:
    one, other = Sandbox("demo").kanbantool, Sandbox("demo").kanbantool
    assert (one.users, one.folders, one.boards) == (other.users, other.folders, other.boards)
    one.add_board("Only here")
    assert one.boards != other.boards


def test_the_demo_has_something_of_everything() -> None:
    boards = Sandbox("demo").kanbantool.boards.values()
    tasks = [task for board in boards for task in board.tasks.values()]
    assert len(boards) == 2
    assert 15 <= len(tasks) <= 40
    for part in ("comments", "subtasks", "time_trackers", "archived_at", "assigned_user_id"):
        assert any(getattr(task, part) for task in tasks)


_TEXTS = st.sampled_from(
    ["", "0", "-1", "1", "9" * 30, "x", "\x00", "é", "1e999", "NaN", "null", "0001-01-01T00:00"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | _TEXTS,
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(_TEXTS, inside, max_size=2),
    max_leaves=4,
)
_NAMES = st.sampled_from(
    [
        "page",
        "per_page",
        "archived",
        "swimlane_id",
        "workflow_stage_id",
        "direction",
        "order",
        "from",
        "to",
        "limit",
        "offset",
        "before",
        "user_id",
        "board_id",
        "task_id",
        "group_by",
        "expand",
        "report_type",
        "include_filter_options",
        "callback",
        "_m",
        "task[name]",
        "task[due_date]",
        "task[size_estimate]",
        "task[swimlane_id]",
        "task",
        "tasks.tags",
        "subtask[name]",
        "comment[content]",
        "time_tracker[board_id]",
        "time_tracker[started_at]",
    ]
)


@given(data=st.data())
def test_whatever_arrives_is_answered_and_no_error_changes_anything(data: st.DataObject) -> None:
    service = Sandbox("empty").kanbantool
    board = next(iter(service.boards.values()))
    task = service.add_task(board, "Task")
    service.add_time_tracker(task)
    ids = {"{board_id}": str(board.id), "{task_id}": str(task.id)}
    route = data.draw(st.sampled_from(ROUTES))
    path = "/".join(ids.get(part) or data.draw(_TEXTS) for part in route.template)
    form = data.draw(st.lists(st.tuples(_NAMES, _TEXTS), max_size=5))
    encoded = "&".join(f"{name}={value}" for name, value in form)
    flat = data.draw(st.dictionaries(_NAMES, _VALUES, max_size=4))
    body, kind = data.draw(
        st.sampled_from(
            [
                (encoded.encode(), "application/x-www-form-urlencoded"),
                (json.dumps(flat).encode(), "application/json"),
            ]
        )
        | st.tuples(st.binary(max_size=40), st.just("application/json"))
    )
    before = deepcopy(service.boards)
    answer = service.handle(
        Request(
            method=data.draw(st.sampled_from([route.method, "GET", "POST", "PATCH"])),
            path=f"{service.base_path}/{path}.{data.draw(st.sampled_from(['json', 'xml']))}",
            query=data.draw(st.sampled_from([encoded, "", "a[b][c]=1&a=2&a[]=3&%ff=%00"])),
            headers={"x-kanbantooltoken": service.token, "content-type": kind},
            body=body,
        )
    )
    assert 200 <= answer.status < 500
    assert answer.status == 200 or service.boards == before
