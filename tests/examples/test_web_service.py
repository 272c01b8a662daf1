"""The example of a web service: what it answers, in whose name it writes, how it fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from socket import create_server
from typing import Any, Final

import anyio
import httpx
import pytest
import uvicorn
from starlette.requests import Request

import agilekit
from agilekit import (
    AgilekitError,
    DeadlineExceeded,
    FlyingDonut,
    NotSent,
    RateLimited,
    Unauthorized,
    UnknownOutcome,
    Versioned,
)
from agilekit.errors import CallError
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.flyingdonut import Card, Project
from examples import web_service
from tests.each import each
from tests.examples.test_examples import listening

pytestmark = pytest.mark.anyio

AUTHORS: Final = ("jane.smith", "omar.haddad", "li.wei", "ana.silva")
REQUESTS: Final = 100
UPDATES: Final = frozenset({"PUT"})


class Service:
    """The service, and what it has answered."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.answers: list[httpx.Response] = []

    async def ask(self, method: str, path: str, author: str | None = None, **body: object) -> Any:
        headers = {} if author is None else {"X-Author": author}
        answer = await self._http.request(method, path, headers=headers, json=body or None)
        self.answers.append(answer)
        return answer.json()

    @property
    def status(self) -> int:
        return self.answers[-1].status_code


@asynccontextmanager
async def service() -> AsyncGenerator[Service]:
    app = web_service.app
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://cards"
        ) as http,
    ):
        yield Service(http)


@asynccontextmanager
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Service]:
    """The same by its own program, over a port."""
    with create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    monkeypatch.setattr(web_service, "ADDRESS", address)
    servers: list[uvicorn.Server] = []

    class Server(uvicorn.Server):
        def __init__(self, config: uvicorn.Config) -> None:
            super().__init__(config)
            servers.append(self)

    monkeypatch.setattr(uvicorn, "Server", Server)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(web_service.main)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{address[1]}") as http:
            await listening(address)
            yield Service(http)
        servers[0].should_exit = True


@pytest.fixture
def project(sandbox: Sandbox) -> Project:
    project = sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id]
    project.members.update(dict.fromkeys(AUTHORS, "participant"))
    project.history.recording = True
    return project


def card_of(project: Project, title: str) -> Card:
    [card] = [one for one in project.cards.values() if one.title.value == title]
    return card


def points_by_author(project: Project, card: Card, start: float) -> Counter[tuple[str, float]]:
    """What was added to an estimate in whose name, by the project's own record."""
    added = Counter[tuple[str, float]]()
    for change in project.history.changes:
        if (change.entity, change.attribute) == (card.id, "estimate"):
            now: Any = change.value
            if change.username is not None:
                added[change.username, now - start] += 1
            start = now
    return added


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_many_requests_at_once_are_each_done_once_in_their_authors_names(
    sandbox: Sandbox, project: Project, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    card, clients = card_of(project, "Search the log by flag"), 0
    start, bucket = card.estimate.value or 0, next(iter(project.buckets))
    make = FlyingDonut.from_env

    def counted() -> FlyingDonut:
        nonlocal clients
        clients += 1
        return make()

    monkeypatch.setattr(FlyingDonut, "from_env", counted)
    sandbox.faults = Faults(conflict_storm=0.2, methods=UPDATES)
    sent, before = Counter[tuple[str, float]](), len(project.cards)
    async with service() as web, anyio.create_task_group() as tasks:
        for number in range(REQUESTS):
            author = AUTHORS[number % len(AUTHORS)]
            match number % 5:
                case 0:
                    tasks.start_soon(web.ask, "GET", f"/cards/{card.id}")
                case 1:
                    ask = {"title": f"Card {number}", "estimate": number}
                    path = f"/buckets/{bucket}/cards"
                    tasks.start_soon(partial(web.ask, "POST", path, author, **ask))
                case points:
                    sent[author, points] += 1
                    path = f"/cards/{card.id}/points"
                    tasks.start_soon(partial(web.ask, "POST", path, author, points=points))
    assert Counter(one.status_code for one in web.answers) == {200: 80, 201: 20}
    assert points_by_author(project, card, start) == sent
    created = [*project.cards.values()][before:]
    assert sorted(one.title.value for one in created) == sorted(
        f"Card {number}" for number in range(1, REQUESTS, 5)
    )
    assert clients == 1


async def test_no_answer_holds_the_secret(sandbox: Sandbox, project: Project) -> None:
    card = card_of(project, "Search the log by flag")
    async with service() as web:
        for faults in (Faults(error_after=1), Faults(garbage=1), Faults()):
            sandbox.faults = faults
            await web.ask("GET", f"/cards/{card.id}")
            await web.ask("POST", f"/cards/{card.id}/points", AUTHORS[0], points=1)
        await web.ask("GET", "/backlog")
        await web.ask("GET", "/openapi.json")
    assert Counter(one.status_code for one in web.answers) == {200: 4, 502: 4}
    for answer in web.answers:
        assert sandbox.flyingdonut.secret not in f"{answer.headers} {answer.text}"


async def test_an_answer_is_the_plain_form_of_the_entity(
    sandbox: Sandbox, project: Project
) -> None:
    card = card_of(project, "Search the log by flag")
    async with service() as web:
        found = await web.ask("GET", f"/cards/{card.id}")
        listed = await web.ask("GET", "/backlog")
        async with FlyingDonut.from_env() as donut:
            assert found == (await donut.cards.get(card.id)).to_dict()
            assert listed == [one.to_dict() for one in await donut.cards.in_backlog()]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])  # as uvicorn has it
async def test_the_program_serves_over_a_port_and_writes_in_the_name_of_each_author(
    sandbox: Sandbox, project: Project, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    card = card_of(project, "Search the log by flag")
    start = card.estimate.value or 0
    async with served(monkeypatch) as web:
        for author in AUTHORS:
            await web.ask("POST", f"/cards/{card.id}/points", author, points=2)
    assert points_by_author(project, card, start) == Counter((one, 2.0) for one in AUTHORS)


async def test_the_document_of_the_service_describes_the_entities(sandbox: Sandbox) -> None:
    async with service() as web:
        document = await web.ask("GET", "/openapi.json")
    answer = document["paths"]["/cards/{card_id}"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Card")
    schemas = document["components"]["schemas"]
    assert schemas["Card"]["properties"]["title"]["$ref"].endswith("/VersionedStr")
    assert {"BucketCards", "RichText", "Task", "TaskCounters"} < {*schemas}


async def test_a_client_that_goes_away_leaves_nothing_broken(
    sandbox: Sandbox, project: Project
) -> None:
    card = card_of(project, "Search the log by flag")
    start, sent = card.estimate.value or 0, Counter[tuple[str, float]]()
    async with service() as web:
        for number in range(20):
            author = AUTHORS[number % len(AUTHORS)]
            sent[author, number + 1] += 1
            ask = partial(web.ask, "POST", f"/cards/{card.id}/points", author, points=number + 1)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask)
                for _ in range(number * 2):
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
        sent[AUTHORS[0], 100] += 1
        await web.ask("POST", f"/cards/{card.id}/points", AUTHORS[0], points=100)
    assert web.status == 200
    added = points_by_author(project, card, start)
    assert (AUTHORS[0], 100) in added
    assert added <= sent  # each at most once
    assert card.estimate.value == start + sum(points for _, points in added)


async def test_a_title_that_its_author_has_not_seen_is_not_replaced(
    sandbox: Sandbox, project: Project
) -> None:
    card = card_of(project, "Search the log by flag")
    path = f"/cards/{card.id}/title"
    async with service() as web:
        seen = (await web.ask("GET", f"/cards/{card.id}"))["title"]["version"]
        await web.ask("PUT", path, "omar.haddad", title="By flag and by port", version=seen)
        said = await web.ask("PUT", path, "li.wei", title="By flag", version=seen)
    assert (web.status, said["code"], said["may_repeat"]) == (409, "version_conflict", False)
    conflict = said["conflicts"]["title"]
    assert conflict["base"] == {"value": None, "version": seen}
    assert conflict["mine"] == "By flag"
    assert conflict["theirs"] == {"value": "By flag and by port", "version": seen + 1}
    assert card.title.value == "By flag and by port"


async def test_what_nothing_tells_is_said_with_what_is_known(
    sandbox: Sandbox, project: Project
) -> None:
    card = card_of(project, "Search the log by flag")
    sandbox.faults = Faults(error_after=1, methods=UPDATES)
    async with service() as web:
        said = await web.ask("POST", f"/cards/{card.id}/points", AUTHORS[0], points=2)
    assert (web.status, said["code"], said["may_repeat"]) == (502, "unknown_outcome", False)
    assert said["details"]["estimate"]["mine"] == 5
    assert said["details"]["estimate"]["found"] == {"value": 5, "version": card.estimate.version}


@pytest.mark.parametrize(
    ("method", "path", "author", "body", "status", "code"),
    [
        ("GET", "/cards/000000000000000000000000", None, {}, 404, "not_found"),
        ("GET", "/cards/%2E%2E", None, {}, 422, "invalid_input"),
        ("POST", "/cards/5f/points", "nobody", {"points": 1}, 404, "not_found"),
        ("POST", "/buckets/CARDS/cards", " ", {"title": "Paint"}, 422, "invalid_input"),
        ("POST", "/buckets/CARDS/cards", "nobody", {"title": "Paint"}, 403, "forbidden"),
        ("POST", "/buckets/CARDS/cards", AUTHORS[0], {"title": " "}, 422, "invalid_input"),
        ("POST", "/buckets/CARDS/cards", None, {"title": "Paint"}, 422, None),
    ],
)
async def test_a_request_that_cannot_be_done_is_refused_and_changes_nothing(
    project: Project,
    method: str,
    path: str,
    author: str | None,
    body: dict[str, object],
    status: int,
    code: str | None,
) -> None:
    before = len(project.cards)
    async with service() as web:
        path = path.replace("CARDS", next(iter(project.buckets)))
        said = await web.ask(method, path, author, **body)
    assert (web.status, said.get("code")) == (status, code)
    assert len(project.cards) == before
    assert project.history.changes == []


def errors() -> list[type[AgilekitError]]:
    found = (getattr(agilekit, name) for name in agilekit.__all__)
    return [one for one in found if isinstance(one, type) and issubclass(one, AgilekitError)]


async def said_of(error: AgilekitError) -> tuple[int, dict[str, Any]]:
    answer = await web_service.failed(Request({"type": "http"}), error)
    return answer.status_code, {**json.loads(bytes(answer.body)), **answer.headers}


@each("kind", [one for one in errors() if issubclass(one, CallError)])
async def test_every_error_of_a_call_has_a_status_and_only_what_changed_nothing_may_be_repeated(
    kind: type[CallError],
) -> None:
    status, said = await said_of(kind("so it is", method="PUT", path="/cards/5f"))
    assert 400 <= status < 600
    assert status != 401  # the service's own secret is no matter of the author's
    assert "so it is" in said["message"]
    if issubclass(kind, UnknownOutcome):
        assert not said["may_repeat"]


@each(
    "error, status, code, may_repeat",
    [
        (Unauthorized("no", status=401), 502, "credential_refused", False),
        (DeadlineExceeded("too late"), 504, "deadline_exceeded", True),
        (NotSent("no connection"), 503, "not_reached", True),
        (RateLimited("slowly", status=429), 429, "rate_limited", True),
    ],
)
async def test_what_may_be_repeated_is_said(
    error: AgilekitError, status: int, code: str, may_repeat: bool
) -> None:
    found, said = await said_of(error)
    assert (found, said["code"], said["may_repeat"]) == (status, code, may_repeat)
    assert ("retry-after" in said) == (status in {429, 503})


async def test_what_was_changed_all_the_same_is_said_and_not_repeated() -> None:
    error = DeadlineExceeded("too late")
    error.applied = {"title": Versioned("Paint", 4)}
    _, said = await said_of(error)
    assert said["applied"] == {"title": {"value": "Paint", "version": 4}}
    assert not said["may_repeat"]
