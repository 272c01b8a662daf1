"""What of a call is written in its route, and that a test makes each method's.

tests/contract holds the routes to the document.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import pytest

from agilekit.kanbantool import routes
from agilekit.wire.route import Route
from tests.kanbantool import calls
from tests.kanbantool.calls import kanban_at
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

OPS: Final = [
    cast("Route[object]", value) for value in vars(routes).values() if isinstance(value, Route)
]


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
    assert methods
    assert [method for method in methods if method not in source] == []
