"""No message of any service shows its secret, wherever it goes and whatever becomes of it."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, Unpack

import httpx
import pytest

from agilekit import AgilekitError, EasyBacklog, Event, Flow, KanbanTool
from agilekit.sandbox import Faults, Sandbox
from agilekit.session.client import Client
from agilekit.session.options import Options
from agilekit.wire.dialect import Format
from tests.session.scripted import Say, Scripted, Step
from tests.test_secrets import SECRET, STEPS, shown_by, told_by

pytestmark = pytest.mark.anyio

Make: TypeAlias = Callable[[httpx.AsyncBaseTransport, list[Event]], Client]

BASIC: Final = b64encode(f"981:{SECRET}".encode()).decode()
URL: Final = "https://localhost:3000/api"


def options(server: httpx.AsyncBaseTransport, told: list[Event]) -> Options:
    return {"transport": server, "on_event": told.append, "retries": 0}


CLIENTS: Final[dict[str, Make]] = {
    "flow": lambda server, told: Flow("midori", key=SECRET, user_id=1, **options(server, told)),
    "flow-xml": lambda server, told: Flow(
        "midori", key=SECRET, user_id=1, format="xml", **options(server, told)
    ),
    "easybacklog": lambda server, told: EasyBacklog(URL, token=SECRET, **options(server, told)),
    "easybacklog-basic": lambda server, told: EasyBacklog(
        URL, user_id=981, key=SECRET, format="xml", **options(server, told)
    ),
    "easybacklog-query": lambda server, told: EasyBacklog(
        URL, token=SECRET, token_in="query", **options(server, told)
    ),
    "kanbantool": lambda server, told: KanbanTool("a", token=SECRET, **options(server, told)),
    "kanbantool-query": lambda server, told: KanbanTool(
        "a", token=SECRET, token_in="query", format="xml", **options(server, told)
    ),
    "kanbantool-jsonp": lambda server, told: KanbanTool(
        "a", token=SECRET, format="jsonp", **options(server, told)
    ),
}


def calls_of(client: object) -> list[Callable[[], Awaitable[object]]]:
    """A read, a create, an update and a deletion."""
    match client:
        case Flow():
            return [
                lambda: client.projects.all(),
                lambda: client.tasks.create(1, task_text="T", task_type_id=1),
                lambda: client.tasks.update(1, task_text="T"),
                lambda: client.keys.delete(SECRET),
                lambda: client.keys.create(),
            ]
        case EasyBacklog():
            return [
                lambda: client.accounts.all(),
                lambda: client.themes.create(1, name="T"),
                lambda: client.themes.update(1, 1, name="T"),
                lambda: client.themes.delete(1, 1),
            ]
        case KanbanTool():
            return [
                lambda: client.boards.all(),
                lambda: client.tasks.create(1, name="T"),
                lambda: client.tasks.update(1, 1, name="T"),
                lambda: client.tasks.delete(1, 1),
            ]
        case _:
            raise AssertionError(client)


async def seen_of(client: Client, told: list[Event], step: Step) -> str:
    """Everything that a user could see of these calls, but for what the server says of entities."""
    shown: list[str] = []
    async with client:
        shown += [repr(client), repr(list(vars(client).values()))]
        for call in calls_of(client):
            try:
                shown.append(shown_by(await call(), step))
            except AgilekitError as error:
                shown.append(told_by(error))
    return "\n".join([*shown, *map(repr, told), *map(str, told)])


@pytest.mark.quick(20)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: repr(step)[:60])
@pytest.mark.parametrize("name", CLIENTS)
async def test_nothing_shows_a_secret_that_a_server_echoes(
    name: str, step: Step, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[Event] = []
    shown = await seen_of(CLIENTS[name](Scripted(step), told), told, step)
    for secret in (SECRET, BASIC):
        assert secret not in shown
        assert secret not in caplog.text


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_secret_is_in_an_address_only_if_that_is_wanted(name: str) -> None:
    server = Scripted(Say(status=404))
    await seen_of(CLIENTS[name](server, []), [], Say())
    for request in server.requests:
        wanted = name in ("kanbantool-query", "kanbantool-jsonp") or (
            name == "easybacklog-query" and request.method == "GET"
        )
        in_url = SECRET in str(request.url) and "/authentication/" not in str(request.url)
        in_header = [
            header for header, value in request.headers.items() if SECRET in value or BASIC in value
        ]
        assert (in_url, len(in_header)) == (wanted, 0 if wanted else 1)
        assert SECRET.encode() not in request.content


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    "faults",
    [Faults(), Faults(drop_before=1), Faults(cut_body=1), Faults(error_before=1)],
    ids=["sound", "dropped", "cut", "500"],
)
@pytest.mark.parametrize("service", ["flow", "easybacklog", "kanbantool", "jsonp"])
async def test_no_log_of_a_real_connection_shows_a_secret(
    service: str, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(logging.DEBUG)
    told: list[Event] = []
    sandbox = Sandbox("empty", faults=faults)
    async with sandbox.serve() as server:
        client, secret = _at(sandbox, server.url, service, on_event=told.append, retries=1)
        shown = await seen_of(client, told, Say())
    assert secret not in shown
    assert caplog.records
    assert secret not in caplog.text
    assert secret not in "\n".join(repr(record.__dict__) for record in caplog.records)


def _at(sandbox: Sandbox, url: str, service: str, **options: Unpack[Options]) -> tuple[Client, str]:
    flow, easy, kanban = sandbox.flow, sandbox.easybacklog, sandbox.kanbantool
    match service:
        case "flow":
            base = f"{url}{flow.base_path}"
            return Flow("midori", key=flow.key, base_url=base, **options), flow.key
        case "easybacklog":
            return EasyBacklog(f"{url}{easy.base_path}", token=easy.token, **options), easy.token
        case _:
            base = f"{url}{kanban.base_path}"
            format: Format = "jsonp" if service == "jsonp" else "json"
            client = KanbanTool(token=kanban.token, base_url=base, format=format, **options)
            return client, kanban.token
