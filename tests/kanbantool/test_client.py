"""The client: what it is made of, and how it says who is calling."""

from __future__ import annotations

from typing import Any, cast

import pytest

from agilekit import CallError, InvalidInput
from agilekit.events import Event
from agilekit.kanbantool import KanbanTool
from tests.calls import Call, Format
from tests.each import each
from tests.kanbantool.answers import FORMATS, answer, say
from tests.kanbantool.calls import CALLS, TOKEN, kanban_at
from tests.payloads import kanbantool as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

VARIABLES = {
    "AGILEKIT_KANBANTOOL_ACCOUNT": "mycompany",
    "AGILEKIT_KANBANTOOL_TOKEN": TOKEN,
    "AGILEKIT_KANBANTOOL_BASE_URL": "",
}


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_account_is_the_host() -> None:
    kanban = KanbanTool("mycompany", token=TOKEN)
    assert kanban.account == "mycompany"
    assert kanban.base_url == "https://mycompany.kanbantool.com/api/v1"


def test_a_base_url_needs_no_account() -> None:
    kanban = KanbanTool(token=TOKEN, base_url="https://kanban.example.org/api/v1/")
    assert (kanban.account, kanban.base_url) == (None, "https://kanban.example.org/api/v1")


def test_a_base_url_is_used_even_if_an_account_is_named_too() -> None:
    kanban = KanbanTool("mycompany", token=TOKEN, base_url="http://localhost:8000/api/v1")
    assert (kanban.account, kanban.base_url) == ("mycompany", "http://localhost:8000/api/v1")


async def test_the_token_goes_in_the_header_and_not_in_the_query() -> None:
    server = Scripted(Say(samples.LISTING_BOARDS))
    async with KanbanTool("mycompany", token=TOKEN, transport=server) as kanban:
        await kanban.boards.all()
    [request] = server.requests
    assert request.headers["x-kanbantooltoken"] == TOKEN
    assert str(request.url) == "https://mycompany.kanbantool.com/api/v1/boards.json"


async def test_the_token_goes_in_the_query_of_reads_and_writes_if_that_is_asked() -> None:
    server = Scripted(Say({"task": {"id": 2}}))
    client = KanbanTool("mycompany", token=TOKEN, token_in="query", transport=server)
    async with client as kanban:
        await kanban.tasks.get(1, 2)
        await kanban.tasks.update(1, 2, name="T")
    address = f"https://mycompany.kanbantool.com/api/v1/boards/1/tasks/2.json?api_token={TOKEN}"
    assert [str(request.url) for request in server.requests] == [address] * 2
    assert all("x-kanbantooltoken" not in request.headers for request in server.requests)
    assert server.requests[1].content == b"task%5Bname%5D=T"


@pytest.mark.parametrize("token_in", ["header", "query"])
async def test_jsonp_sends_everything_in_the_query_of_a_get(token_in: Any) -> None:
    server = Scripted(Say(b'agilekit({"task":{"id":2}});'))
    client = KanbanTool(
        "mycompany", token=TOKEN, token_in=token_in, format="jsonp", transport=server
    )
    async with client as kanban:
        assert (await kanban.tasks.create(1, name="T")).id == 2
    [request] = server.requests
    assert (request.method, request.content) == ("GET", b"")
    assert "x-kanbantooltoken" not in request.headers
    assert dict(request.url.params) == {
        "task[name]": "T",
        "_m": "post",
        "callback": "agilekit",
        "api_token": TOKEN,
    }


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("token_in", ["header", "query"])
async def test_the_token_is_shown_nowhere(format: Format, token_in: Any) -> None:
    events: list[Event] = []
    echo = f"the token {TOKEN} is wrong"
    server = Scripted(say(format, {"message": echo, "status": 401}, f"<e>{echo}</e>", 401))
    client = KanbanTool(
        "mycompany",
        token=TOKEN,
        token_in=token_in,
        format=format,
        transport=server,
        on_event=events.append,
    )
    with pytest.raises(CallError) as caught:
        async with client as kanban:
            await kanban.tasks.create(1, name="T")
    error = caught.value
    shown = [str(error), repr(error), repr(vars(error)), repr(client), repr(client.boards)]
    assert TOKEN not in "\n".join([*shown, *map(repr, events)])
    assert (
        repr(client)
        == "KanbanTool('mycompany', base_url='https://mycompany.kanbantool.com/api/v1')"
    )


@each("call", CALLS, ids=lambda call: call.heading)
async def test_a_call_outside_of_async_with_says_so_and_sends_nothing(
    call: Call[KanbanTool],
) -> None:
    server = Scripted(answer(call, "json"))
    with pytest.raises(InvalidInput, match="async with"):
        await call.make(kanban_at(server))
    assert server.requests == []


@pytest.mark.parametrize("name", ["ACCOUNT", "TOKEN"])
def test_from_env_names_the_variable_that_is_missing(
    variables: pytest.MonkeyPatch, name: str
) -> None:
    variables.delenv(f"AGILEKIT_KANBANTOOL_{name}")
    with pytest.raises(InvalidInput, match=f"AGILEKIT_KANBANTOOL_{name}"):
        KanbanTool.from_env()


async def test_from_env_reads_the_variables(variables: pytest.MonkeyPatch) -> None:
    server = Scripted(Say(samples.LISTING_BOARDS_XML.encode()))
    async with KanbanTool.from_env(format="xml", transport=server) as kanban:
        await kanban.boards.all()
    assert server.requests[0].headers["x-kanbantooltoken"] == TOKEN
    assert str(server.requests[0].url) == "https://mycompany.kanbantool.com/api/v1/boards.xml"


def test_from_env_needs_no_account_if_there_is_a_base_url(
    variables: pytest.MonkeyPatch,
) -> None:
    variables.delenv("AGILEKIT_KANBANTOOL_ACCOUNT")
    variables.setenv("AGILEKIT_KANBANTOOL_BASE_URL", "http://localhost:8000/api/v1")
    kanban = KanbanTool.from_env()
    assert (kanban.account, kanban.base_url) == (None, "http://localhost:8000/api/v1")


@each(
    "wrong",
    [
        {"account": None},
        {"account": ""},
        {"account": "my company"},
        {"account": "my.company"},
        {"account": "a/b"},
        {"account": "-mycompany"},
        {"account": "mycompany\n"},
        {"account": "evil.example.org/"},
        {"account": "x" * 64},
        {"account": "firmä"},
        {"account": 5},
        {"account": "a b", "base_url": "https://host/api/v1"},
        {"token": ""},
        {"token": "a b"},
        {"token": "a\n"},
        {"token": None},
        {"token": 5},
        {"token": "", "format": "jsonp"},
        {"token_in": "body"},
        {"token_in": None},
        {"format": "yaml"},
        {"format": None},
        {"override": 1},
        {"override": None},
        {"base_url": ""},
        {"base_url": "mycompany.kanbantool.com"},
        {"base_url": "http://mycompany.kanbantool.com/api/v1"},
        {"timeout": 0},
        {"concurrency": 0},
    ],
    ids=lambda wrong: repr(wrong)[1:-1],
)
def test_an_argument_that_cannot_be_right_is_refused_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        KanbanTool(**cast("Any", {"account": "mycompany", "token": TOKEN, **wrong}))
    assert TOKEN not in str(caught.value)
