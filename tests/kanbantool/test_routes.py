"""The calls are the document's: all of them, in its order, at its addresses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, cast

import pytest

from agilekit.kanbantool import KanbanTool, routes
from agilekit.wire.route import Route
from tests.calls import Call
from tests.each import each
from tests.kanbantool import calls
from tests.kanbantool.calls import CALLS, kanban_at
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

# Source: KanbanTool API v1.1 Guide, its headings in its order.
DOCUMENTED: Final = """
Listing accessible boards                      GET     /boards
Viewing board structure and settings           GET     /boards/{board_id}
Listing users and permissions for given board  GET     /boards/{board_id}/users
Listing recent activity for board              GET     /boards/{board_id}/changelog
Listing tasks from given board                 GET     /boards/{board_id}/tasks
Listing archived tasks from given board        GET     /boards/{board_id}/tasks
Listing tasks from given board, swimlane and workflow stage  GET  /boards/{board_id}/tasks
Viewing task details               GET     /boards/{board_id}/tasks/{task_id}
Creating tasks                     POST    /boards/{board_id}/tasks
Modifying/Updating tasks           PUT     /boards/{board_id}/tasks/{task_id}
Moving tasks                       PUT     /boards/{board_id}/tasks/{task_id}/move
Deleting tasks                     DELETE  /boards/{board_id}/tasks/{task_id}
Archiving tasks                    PUT     /boards/{board_id}/tasks/{task_id}/archive
Unarchiving tasks                  PUT     /boards/{board_id}/tasks/{task_id}/unarchive
Listing subtasks for given task    GET     /boards/{board_id}/tasks/{task_id}/subtasks
Viewing subtask details            GET     /boards/{board_id}/tasks/{task_id}/subtasks/{subtask_id}
Creating new subtasks              POST    /boards/{board_id}/tasks/{task_id}/subtasks
Updating existing subtasks         PUT     /boards/{board_id}/tasks/{task_id}/subtasks/{subtask_id}
Deleting subtasks                  DELETE  /boards/{board_id}/tasks/{task_id}/subtasks/{subtask_id}
Reordering subtasks list           PUT     /boards/{board_id}/tasks/{task_id}/subtasks/reorder
Listing comments for given task    GET     /boards/{board_id}/tasks/{task_id}/comments
Viewing comment details            GET     /boards/{board_id}/tasks/{task_id}/comments/{comment_id}
Posting new comments               POST    /boards/{board_id}/tasks/{task_id}/comments
Deleting recent comments           DELETE  /boards/{board_id}/tasks/{task_id}/comments/{comment_id}
Listing timers for current user             GET     /time_trackers
Creating new time entries for current user  POST    /time_trackers
Updating existing time entries              PUT     /time_trackers/{time_tracker_id}
Deleting time entries                       DELETE  /time_trackers/{time_tracker_id}
Generating time report                      GET     /time_report
"""
TABLE: Final = [tuple(re.split(r"\s{2,}", line)) for line in DOCUMENTED.strip().splitlines()]
OPS: Final = [
    cast("Route[object]", value) for value in vars(routes).values() if isinstance(value, Route)
]


def _matches(op: Route[object], call: Call[KanbanTool]) -> bool:
    path = re.sub(r"\{\w+\}", "[0-9]+", op.path)
    same = (op.heading, op.method) == (call.heading, call.method)
    return same and re.fullmatch(path, call.path) is not None


def test_the_table_of_routes_is_the_documents() -> None:
    found = list(dict.fromkeys((op.heading, op.method, op.path) for op in OPS))
    assert found == TABLE
    assert len(found) == 29


def test_the_calls_of_these_tests_have_every_heading_in_the_documents_order() -> None:
    assert list(dict.fromkeys(call.heading for call in CALLS)) == [row[0] for row in TABLE]


@each("op", OPS, ids=lambda op: op.heading)
def test_every_route_is_made_by_some_call(op: Route[object]) -> None:
    assert any(_matches(op, call) for call in CALLS)


@each("call", CALLS, ids=lambda call: call.heading)
def test_every_call_is_a_route(call: Call[KanbanTool]) -> None:
    assert any(_matches(op, call) for op in OPS)


def test_what_creates_or_steps_is_never_sent_again_blindly() -> None:
    unsafe = [op for op in OPS if op.writes and not op.safe_write]
    assert [op.heading for op in unsafe] == [
        "Creating tasks",
        "Moving tasks",
        "Creating new subtasks",
        "Posting new comments",
        "Creating new time entries for current user",
    ]
    assert routes.MOVE_TASK_TO_LOCATION.safe_write
    assert not routes.MOVE_TASK_BY_DIRECTION.safe_write


def test_what_is_about_time_is_answered_only_in_json() -> None:
    assert {op.path.split("/")[1] for op in OPS if op.json_only} == {"time_trackers", "time_report"}


def test_every_method_is_made_by_some_call() -> None:
    source = Path(calls.__file__).read_text()
    resources: dict[str, object] = vars(kanban_at(Scripted(Say())))
    methods = [
        f"kanban.{name}.{method}("
        for name, resource in resources.items()
        if not name.startswith("_") and name != "account"
        for method in vars(resource.__class__)
        if not method.startswith("_") and method != "create_many"  # tests/bulk
    ]
    assert len(methods) == 28
    assert [method for method in methods if method not in source] == []
