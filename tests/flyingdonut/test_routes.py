"""The calls are the document's: all of them, in its order, at its addresses."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final, cast
from urllib.parse import quote

import pytest

from agilekit import FlyingDonut, InvalidInput
from agilekit.flyingdonut import Bucket, Card, Oid, Project, Sprint, Task, routes
from agilekit.wire.route import Route
from tests.each import each
from tests.flyingdonut.calls import BUCKET, CALLS, CARD, SPRINT, TASK, Call
from tests.session.scripted import PROJECT, SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

# Source: Flying Donut API, "API". Two more are the array forms of the two that create.
DOCUMENTED: Final = """
Fetch Project                GET   /projects/{projectId}
Fetch Backlog Cards          GET   /projects/{projectId}/backlog/items
Fetch Backlog Buckets        GET   /projects/{projectId}/backlog/buckets
Fetch Backlog Bucket         GET   /projects/{projectId}/backlog/buckets/{bucketId}
Fetch Backlog Bucket Cards   GET   /projects/{projectId}/backlog/buckets/{bucketId}/items
Create Backlog Bucket Card   POST  /projects/{projectId}/backlog/buckets/{bucketId}/items
Fetch Sprints                GET   /projects/{projectId}/iterations
Fetch Sprint                 GET   /projects/{projectId}/iterations/{iterationId}
Fetch Sprint Cards           GET   /projects/{projectId}/iterations/{iterationId}/items
Fetch Sprint Burndown Chart  GET   /projects/{projectId}/iterations/{iterationId}/burndown-chart
Fetch Card                   GET   /projects/{projectId}/items/{itemId}
Update Card                  PUT   /projects/{projectId}/items/{itemId}
Fetch Card Tasks             GET   /projects/{projectId}/items/{itemId}/tasks
Create Card Task             POST  /projects/{projectId}/items/{itemId}/tasks
Fetch Task                   GET   /projects/{projectId}/tasks/{taskId}
Update Task                  PUT   /projects/{projectId}/tasks/{taskId}
"""
TABLE: Final = [tuple(re.split(r"\s{2,}", line)) for line in DOCUMENTED.strip().splitlines()]
PATHS: Final = {heading: path for heading, _, path in TABLE}

OPS: Final = [
    cast("Route[object]", value) for value in vars(routes).values() if isinstance(value, Route)
]

Use = Callable[[FlyingDonut, object], Awaitable[object]]

# Each method that takes an id: its call, and the kinds of entity that it does not take.
USES: Final[dict[str, tuple[Use, type[object]]]] = {
    "buckets.get": (lambda d, it: d.buckets.get(cast("str", it)), Bucket),
    "cards.in_bucket": (lambda d, it: _awaited(d.cards.in_bucket, it), Bucket),
    "cards.in_sprint": (lambda d, it: _awaited(d.cards.in_sprint, it), Sprint),
    "cards.get": (lambda d, it: d.cards.get(cast("str", it)), Card),
    "cards.create": (lambda d, it: d.cards.create(cast("str", it), title="T"), Bucket),
    "cards.create_many": (
        lambda d, it: d.cards.create_many(cast("str", it), [{"title": "T"}]),
        Bucket,
    ),
    "cards.update": (lambda d, it: d.cards.update(cast("str", it), title="T"), Card),
    "cards.move": (lambda d, it: d.cards.move(cast("str", it), to=Bucket(id=Oid("b"))), Card),
    "sprints.get": (lambda d, it: d.sprints.get(cast("str", it)), Sprint),
    "sprints.cards": (lambda d, it: d.sprints.cards(cast("str", it)), Sprint),
    "sprints.burndown": (lambda d, it: d.sprints.burndown(cast("str", it)), Sprint),
    "tasks.of": (lambda d, it: _awaited(d.tasks.of, it), Card),
    "tasks.get": (lambda d, it: d.tasks.get(cast("str", it)), Task),
    "tasks.create": (lambda d, it: d.tasks.create(cast("str", it), title="T"), Card),
    "tasks.create_many": (
        lambda d, it: d.tasks.create_many(cast("str", it), [{"title": "T"}]),
        Card,
    ),
    "tasks.update": (lambda d, it: d.tasks.update(cast("str", it), title="T"), Task),
}
ADDRESSES: Final = {
    "buckets.get": "Fetch Backlog Bucket",
    "cards.in_bucket": "Fetch Backlog Bucket Cards",
    "cards.in_sprint": "Fetch Sprint Cards",
    "cards.get": "Fetch Card",
    "cards.create": "Create Backlog Bucket Card",
    "cards.create_many": "Create Backlog Bucket Card",
    "cards.update": "Fetch Card",  # read first, where only the id is given
    "cards.move": "Fetch Card",
    "sprints.get": "Fetch Sprint",
    "sprints.cards": "Fetch Sprint Cards",
    "sprints.burndown": "Fetch Sprint Burndown Chart",
    "tasks.of": "Fetch Card Tasks",
    "tasks.get": "Fetch Task",
    "tasks.create": "Create Card Task",
    "tasks.create_many": "Create Card Task",
    "tasks.update": "Fetch Task",
}


async def _awaited(listing: Callable[[str], Awaitable[object]], entity: object) -> object:
    return await listing(cast("str", entity))


def test_the_table_of_routes_is_the_documents() -> None:
    found = list(dict.fromkeys((op.heading, op.method, op.path) for op in OPS))
    assert found == TABLE
    assert len(found) == 16


def test_only_updates_may_be_sent_again_if_nothing_tells_whether_they_arrived() -> None:
    assert {op.heading for op in OPS if op.safe_write} == {"Update Card", "Update Task"}


def test_the_calls_of_these_tests_are_the_documents_too() -> None:
    ids = {"iterationId": SPRINT, "bucketId": BUCKET, "taskId": TASK, "itemId": CARD}
    for call, (heading, method, path) in zip(CALLS, TABLE, strict=True):
        given = {**ids, "taskId": CARD} if heading == "Update Task" else ids
        filled = path.format(projectId="*", **given).removeprefix("/projects/*")
        assert (call.heading, call.method, call.path) == (heading, method, filled)


@each("call", CALLS, ids=lambda call: call.heading)
async def test_each_method_sends_its_call_below_the_base_url(call: Call) -> None:
    server = Scripted(Say(call.answer))
    async with donut_at(server) as donut:
        await call.make(donut)
    [request] = server.requests
    assert (request.method, str(request.url)) == (
        call.method,
        f"https://www.flyingdonut.io/api/projects/{PROJECT}{call.path}",
    )
    assert request.headers["authorization"] == f"secret {SECRET}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["host"] == "www.flyingdonut.io"


async def test_the_base_url_may_have_a_path_and_end_in_a_slash() -> None:
    server = Scripted(Say({}))
    url = "http://localhost:8000/mirror/api/"
    async with FlyingDonut("p", secret=SECRET, base_url=url, transport=server) as donut:
        assert donut.base_url == "http://localhost:8000/mirror/api"
        await donut.project.get()
    assert str(server.requests[0].url) == "http://localhost:8000/mirror/api/projects/p"
    assert server.requests[0].headers["host"] == "localhost:8000"


@each("name", USES)
@each("id", ["a b", "päth-✓", "50%", "%2e%2e", "a?b=c#d", "a;b", "...a", "{x}"])
async def test_ids_are_quoted_into_the_path(name: str, id: str) -> None:
    server = Scripted(Say(status=404))
    async with donut_at(server) as donut:
        await _ignoring_errors(USES[name][0], donut, id)
    path = re.sub(r"\{(?!projectId)\w+\}", lambda _: quote(id, safe=""), PATHS[ADDRESSES[name]])
    assert server.calls[0][1] == f"/api{path.replace('{projectId}', PROJECT)}"
    assert server.calls[0][1].count("/") == PATHS[ADDRESSES[name]].count("/") + 1


async def _ignoring_errors(use: Use, donut: FlyingDonut, id: object) -> None:
    try:
        await use(donut, id)
    except LookupError:
        return


@each("name", USES)
@each(
    "id",
    [
        *("", " ", ".", "..", "...", "a/b", "../x", "a\\b", "a\nb", "\x00", "\x7f", "\ud800"),
        *(None, 5, b"id", ["id"], Bucket(), Card(), Task(), Sprint(), Project()),
    ],
    ids=lambda value: repr(value)[:12],
)
async def test_what_is_not_a_valid_id_is_refused_before_anything_is_sent(
    name: str, id: object
) -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput):
            await USES[name][0](donut, id)
    assert server.requests == []


@each("name", USES)
async def test_an_entity_stands_for_its_id_and_only_its_own_kind_does(name: str) -> None:
    use, kind = USES[name]
    for other in (Bucket, Card, Sprint, Task):
        entity = other(id=Oid("abc"))
        server = Scripted(Say(status=404))
        async with donut_at(server) as donut:
            if other is kind:
                await _ignoring_errors(use, donut, entity)
                assert "/abc" in server.calls[0][1]
            else:
                with pytest.raises(InvalidInput, match=f"not a {other.__name__.lower()}"):
                    await use(donut, entity)
                assert server.requests == []
