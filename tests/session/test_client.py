"""Calls without a method of their own go out as all others do, and never somewhere else."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from math import nan
from typing import Any, Final, cast

import httpx
import pytest

from agilekit import (
    DeadlineExceeded,
    DecodeError,
    EasyBacklog,
    Flow,
    FlyingDonut,
    InvalidInput,
    KanbanTool,
    NotFound,
    ServerError,
    UnknownAfterServerError,
    UnknownOutcome,
)
from agilekit.sandbox import Sandbox
from agilekit.session.client import Client
from agilekit.session.options import Options
from tests.contract.clients import easy_backlog, flow, kanban_tool
from tests.each import each
from tests.session.scripted import PROJECT, SECRET, Say, Scripted
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

Make = Callable[[Options], Client]

CLIENTS: Final[dict[str, Make]] = {
    "flyingdonut": lambda options: FlyingDonut(PROJECT, secret=SECRET, **options),
    "flow": lambda options: Flow("midori", key=SECRET, **options),
    "easybacklog": lambda options: EasyBacklog(
        "https://localhost:3000/api", token=SECRET, **options
    ),
    "kanbantool": lambda options: KanbanTool("mycompany", token=SECRET, **options),
}
URLS: Final = {
    "flyingdonut": f"https://www.flyingdonut.io/api/projects/{PROJECT}/new/5",
    "flow": "http://midori.flow.io/api/v10.05/new/5.json",
    "easybacklog": "https://localhost:3000/api/new/5",
    "kanbantool": "https://mycompany.kanbantool.com/api/v1/new/5.json",
}
every_service = each("service", CLIENTS)


def client(service: str, server: httpx.AsyncBaseTransport, **options: Any) -> Client:
    return CLIENTS[service](cast("Options", {"transport": server, **options}))


@every_service
@each("method", ["GET", "POST", "PUT", "DELETE"])
async def test_a_request_goes_below_what_every_documented_path_stands_below(
    service: str, method: Any
) -> None:
    server = Scripted(Say({"a": [1, None]}))
    async with client(service, server) as one:
        answer = await one.request(method, "/new/5", query={"limit": 2})
    assert answer == {"a": [1, None]}
    [request] = server.requests
    assert (request.method, str(request.url)) == (method, f"{URLS[service]}?limit=2")
    assert SECRET in " ".join(request.headers.values())


@every_service
async def test_a_body_goes_out_in_the_form_that_the_service_takes(service: str) -> None:
    server = Scripted(Say({}))
    async with client(service, server) as one:
        await one.request("POST", "/new/5", body={"name": {"first": "Jo"}})
    content = server.requests[0].content
    in_json = service == "flyingdonut"
    assert content == (b'{"name":{"first":"Jo"}}' if in_json else b"name%5Bfirst%5D=Jo")


@every_service
async def test_the_body_of_a_delete_goes_into_the_query_as_always(service: str) -> None:
    server = Scripted(Say(b"", status=204))
    async with client(service, server) as one:
        assert await one.request("DELETE", "/new/5", body={"all": True}) is None
    [request] = server.requests
    assert (str(request.url), request.content) == (f"{URLS[service]}?all=true", b"")


@every_service
@each("body", [b"", b" \n"])
@each("method", ["GET", "POST", "PUT", "DELETE"])
async def test_an_empty_answer_is_none(service: str, method: Any, body: bytes) -> None:
    async with client(service, Scripted(Say(body, status=200))) as one:
        assert await one.request(method, "/new") is None


@each("answer", [[], {}, None, 0, "", False, "text", [{"x": 1.5}]])
async def test_any_json_is_given_as_it_is(answer: object) -> None:
    async with client("flyingdonut", Scripted(Say(answer))) as one:
        assert await one.request("GET", "/new") == answer


@every_service
async def test_a_refusal_is_the_usual_error(service: str) -> None:
    async with client(service, Scripted(Say({"message": "gone"}, status=404))) as one:
        with pytest.raises(NotFound, match="gone") as caught:
            await one.request("GET", "/new/5")
    assert caught.value.path.removesuffix(".json").endswith("/new/5")


@every_service
async def test_an_answer_that_cannot_be_read_is_the_usual_error(service: str) -> None:
    async with client(service, Scripted(Say(b"<garbage>"))) as one:
        with pytest.raises(DecodeError):
            await one.request("GET", "/new")
        with pytest.raises(UnknownOutcome):
            await one.request("POST", "/new")


@every_service
def test_a_get_is_sent_again_as_reads_are(service: str, anyio_backend: str) -> None:
    async def main() -> list[tuple[str, str]]:
        broken = (Say(status=503), httpx.ReadError("dropped"), Say(status=502))
        server = Scripted(*broken, Say([1]))
        async with client(service, server) as one:
            assert await one.request("GET", "/new") == [1]
        return server.calls

    assert len(in_virtual_time(anyio_backend, main)) == 4


@every_service
@each("method", ["POST", "PUT", "DELETE"])
def test_a_write_that_may_have_been_received_is_not_sent_again(
    service: str, method: Any, anyio_backend: str
) -> None:
    async def main() -> None:
        for failure, error in (
            (httpx.ReadError("dropped"), UnknownOutcome),
            (Say(status=500), UnknownAfterServerError),
        ):
            server = Scripted(failure, Say({}))
            async with client(service, server) as one:
                with pytest.raises(error):
                    await one.request(method, "/new")
            assert len(server.requests) == 1

    in_virtual_time(anyio_backend, main)


@every_service
@each("method", ["POST", "PUT", "DELETE"])
def test_a_write_that_was_certainly_not_received_is_sent_again(
    service: str, method: Any, anyio_backend: str
) -> None:
    async def main() -> None:
        server = Scripted(httpx.ConnectError("refused"), Say(status=429), Say({}))
        async with client(service, server) as one:
            assert await one.request(method, "/new") == {}
        assert len(server.requests) == 3

    in_virtual_time(anyio_backend, main)


@every_service
def test_the_deadline_holds(service: str, anyio_backend: str) -> None:
    async def main() -> None:
        async with client(service, Scripted(Say({}, after=50)), deadline=5) as one:
            with pytest.raises(DeadlineExceeded):
                await one.request("GET", "/new")

    in_virtual_time(anyio_backend, main)


WRONG: Final[list[tuple[object, object, dict[str, object]]]] = [
    *((method, "/new", {}) for method in ("PATCH", "get", "", "HEAD", "OPTIONS", None, 5)),
    *(
        ("GET", path, {})
        for path in (
            *("", "new", "./new", "//example.org/new", "https://example.org/new", "/http://x"),
            *("/..", "/../new", "/new/..", "/new/../../admin", "/%2e%2e/admin", "/%2E./x"),
            *("/new?limit=2", "/new#top", "/new\n", "/a\x00b", "/a%00b", "/a%0D%0Ab", "/a\x7f"),
            *("/a\\b", "/a%5Cb", "/\ud800", None, 5, b"/new", ["/new"]),
            *(f"/authentication/{SECRET}", f"/%36{SECRET[1:]}"),
        )
    ),
    ("GET", "/new", {"query": "limit=2"}),
    ("GET", "/new", {"query": ["limit"]}),
    ("GET", "/new", {"body": {"a": 1}}),
    ("DELETE", "/new", {"body": ["a"]}),
    ("POST", "/new", {"body": {"when": datetime(2026, 1, 1, tzinfo=UTC)}}),
    ("POST", "/new", {"body": {"estimate": nan}}),
    ("POST", "/new", {"body": {"text": "\ud800"}}),
    ("GET", "/new", {"query": {"since": datetime(2026, 1, 1, tzinfo=UTC)}}),
]


@each(("method", "path", "more"), WRONG, ids=lambda value: repr(value)[:30])
async def test_what_could_go_elsewhere_is_refused_before_anything_is_sent(
    method: Any, path: Any, more: dict[str, Any]
) -> None:
    server = Scripted(Say({}))
    for service in CLIENTS:
        async with client(service, server) as one:
            with pytest.raises(InvalidInput) as caught:
                await one.request(method, path, **more)
            assert SECRET not in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("service", ["flow", "easybacklog", "kanbantool"])
async def test_form_fields_are_a_mapping(service: str) -> None:
    server = Scripted(Say({}))
    async with client(service, server) as one:
        with pytest.raises(InvalidInput):
            await one.request("POST", "/new", body=[{"name": "Jo"}])
    assert server.requests == []


@each(
    ("path", "sent"),
    [
        ("/", "/"),
        ("/a b", "/a%20b"),
        ("/a%20b%2Fc", "/a%20b%2Fc"),
        ("/50%", "/50%25"),
        ("/{projectId}", "/%7BprojectId%7D"),
        ("/bär", "/b%C3%A4r"),
        ("/a:b@c;d,e=f+g", "/a:b@c;d,e=f+g"),
        ("/iterations/current/status.svg", "/iterations/current/status.svg"),
    ],
)
async def test_a_path_is_quoted_once(path: str, sent: str) -> None:
    server = Scripted(Say({}))
    async with client("flyingdonut", server) as one:
        await one.request("GET", path)
    assert server.calls == [("GET", f"/api/projects/{PROJECT}{sent}")]


async def test_a_closed_client_says_so() -> None:
    with pytest.raises(InvalidInput, match="async with"):
        await client("flow", Scripted(Say({}))).request("GET", "/new")


async def test_the_sandboxes_answer_as_to_their_own_methods() -> None:
    sandbox = Sandbox()
    async with FlyingDonut(**sandbox.flyingdonut.arguments()) as donut:
        assert await donut.request("GET", "/iterations") == [
            s.raw for s in await donut.sprints.all()
        ]
        with pytest.raises(NotFound):
            await donut.request("GET", "/webhooks")
    async with flow(sandbox) as wall:
        members = cast("dict[str, object]", await wall.request("GET", "/members"))
        assert list(members.values()) == [one.raw for one in await wall.members.all()]
    async with easy_backlog(sandbox) as easy:
        assert await easy.request("GET", "/accounts") == [a.raw for a in await easy.accounts.all()]
    async with kanban_tool(sandbox) as kanban:
        [board, *_] = await kanban.boards.all()
        answer = await kanban.request("GET", f"/boards/{board.id}")
        assert answer == {"board": (await kanban.boards.get(board)).raw}


@pytest.mark.parametrize("format", ["xml", "jsonp"])
async def test_another_format_is_read_as_the_client_reads_it(format: Any) -> None:
    sandbox = Sandbox()
    async with kanban_tool(sandbox, format=format) as kanban:
        boards = cast("Any", await kanban.request("GET", "/boards"))
        text = str(boards)
        for board in await kanban.boards.all():
            assert board.name is not None
            assert board.name in text
        with pytest.raises((NotFound, ServerError)):
            await kanban.request("GET", "/boards/999999")


async def test_the_override_of_methods_holds() -> None:
    sandbox = Sandbox()
    async with flow(sandbox, override=True) as board:
        [project, *_] = await board.projects.all()
        [task, *_] = await board.tasks.all(project)
        fields = {"user_id": sandbox.flow.user_id, "task_text": "New"}
        await board.request("PUT", f"/task/{task.task_id}", body=fields)
        assert (await board.tasks.get(task)).task_text == "New"


@every_service
def test_a_client_cannot_be_pickled_and_says_what_to_do(service: str) -> None:
    one = client(service, Scripted())
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(InvalidInput, match=r"agilekit\.connections\.load\(\)") as caught:
            pickle.dumps(one, protocol)
        assert SECRET not in str(caught.value)
    assert copy(one).base_url == one.base_url
