"""The table of routes is the document's, and every route of it can be called."""

from __future__ import annotations

import re
from typing import Final, cast

from agilekit.easybacklog import EasyBacklog, routes
from agilekit.wire.route import Route
from tests.calls import Call
from tests.each import each
from tests.easybacklog.calls import CALLS

# Source: easyBacklog API documentation, its headings in its order.
DOCUMENTED: Final = """
List the Accounts
Retrieve an Account
Update an Account
List the Companies
Retrieve a Company
Create a Company
Update a Company
Delete a Company
List the Backlogs
Retrieve a Backlog
Retrieve backlog statistics
Create a Backlog
Update a Backlog
Duplicate a Backlog
Delete a Backlog
List the Snapshots
Retrieve a Snapshot
Create a Snapshot
Delete a Snapshot
List the Themes
Retrieve a Theme
Create a Theme
Update a Theme
Move story from another theme
Move theme to another backlog
Delete a Theme
List the Sprints
Retrieve a Sprint
Create a Sprint
Update a Sprint
Delete a Sprint
List the Stories
Retrieve a Story
Retrieve a Story Shortcut
Create a Story
Update a Story
Delete a Story
List the Acceptance Criteria
Retrieve an Acceptance Criterion
Create an Acceptance Criterion
Update an Acceptance Criterion
Delete an Acceptance Criterion
List the Sprint Stories
Retrieve a Sprint Story
Create a Sprint Story (assign a story to a sprint)
Update a Sprint Story
Delete a Sprint Story
List the Locales
Retrieve a Locale
List the Scoring Rules
Retrieve a Scoring Rule
List the Sprint Story Statuses
Retrieve a Sprint Story Status
""".strip().splitlines()

OPS: Final = [
    cast("Route[object]", value) for value in vars(routes).values() if isinstance(value, Route)
]

by_op = each("op", OPS, ids=lambda op: op.heading)


def test_the_routes_are_the_documents_in_its_order() -> None:
    assert [op.heading for op in OPS] == DOCUMENTED
    assert len(OPS) == 53


def test_the_calls_of_these_tests_are_the_documents_too() -> None:
    assert list(dict.fromkeys(call.heading for call in CALLS)) == DOCUMENTED


@by_op
def test_every_route_is_called(op: Route[object]) -> None:
    path = re.compile(re.sub(r"\{\w+\}", r"\\d+", op.path))
    calls = [call for call in CALLS if call.heading == op.heading]
    assert calls
    for call in calls:
        assert (call.method, bool(path.fullmatch(call.path))) == (op.method, True)


@by_op
def test_only_what_sets_or_deletes_may_be_sent_twice(op: Route[object]) -> None:
    assert op.safe_write is (op.method in ("PUT", "DELETE"))


@each("call", CALLS, ids=lambda call: call.heading)
def test_the_calls_have_samples_in_both_formats(call: Call[EasyBacklog]) -> None:
    assert (call.json is None) is (call.xml is None) is (call.result is None)
