"""The client: what it is made of, when it can be used, and what its errors say."""

from __future__ import annotations

import json
from typing import Any, Literal, cast

import pytest

from agilekit import (
    ApiError,
    BadRequest,
    DecodeError,
    Event,
    Forbidden,
    InvalidInput,
    NotFound,
    UnknownOutcome,
)
from agilekit.flow import Flow
from tests.each import each
from tests.flow.calls import BASE_PATH, KEY, OTHER_KEY, flow_at
from tests.ids import short
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

VARIABLES = {
    "AGILEKIT_FLOW_BOARD": "midori",
    "AGILEKIT_FLOW_KEY": KEY,
    "AGILEKIT_FLOW_USER_ID": "23",
    "AGILEKIT_FLOW_BASE_URL": "http://localhost:8000/api",
}

every_format = each("format", ["json", "xml"])


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_client_shows_its_board_and_address_but_not_its_key() -> None:
    flow = Flow("midori", key=KEY)
    assert repr(flow) == "Flow('midori', base_url='http://midori.flow.io/api/v10.05')"
    assert flow.board == "midori"
    assert KEY not in "".join(f"{one!r} {one!s}" for one in vars(flow).values())


async def test_a_call_outside_of_async_with_says_so_and_sends_nothing() -> None:
    server = Scripted(Say([]))
    with pytest.raises(InvalidInput, match="async with"):
        await flow_at(server).members.all()
    assert server.requests == []


async def test_a_base_url_may_be_https_or_have_another_path() -> None:
    server = Scripted(Say([]))
    url = "https://flow.example.com/mirror/"
    async with Flow("midori", key=KEY, base_url=url, transport=server) as flow:
        assert flow.base_url == "https://flow.example.com/mirror"
        await flow.members.all()
    assert str(server.requests[0].url) == "https://flow.example.com/mirror/members.json"


@pytest.mark.parametrize("url", ["http://flow.example.com/api", "http://midori.flow.io/api/v10.05"])
def test_plain_http_that_the_caller_names_needs_consent(url: str) -> None:
    with pytest.raises(InvalidInput, match="allow_http=True"):
        Flow("midori", key=KEY, base_url=url)
    assert Flow("midori", key=KEY, base_url=url, allow_http=True).base_url == url
    assert Flow("midori", key=KEY, base_url="http://localhost/api").base_url.startswith("http:")


async def test_from_env_reads_the_variables(variables: pytest.MonkeyPatch) -> None:
    server = Scripted(Say(b"<task><task_id>1</task_id></task>"))
    async with Flow.from_env(transport=server, format="xml", override=True) as flow:
        assert (flow.board, flow.base_url) == ("midori", "http://localhost:8000/api")
        await flow.tasks.delete(1)
    [request] = server.requests
    assert (request.method, str(request.url)) == ("POST", "http://localhost:8000/api/task/1.xml")
    assert request.content == b"method=delete&user_id=23"
    assert request.headers["x-flow-authentication"] == KEY


async def test_from_env_needs_neither_a_user_id_nor_a_base_url(
    variables: pytest.MonkeyPatch,
) -> None:
    variables.delenv("AGILEKIT_FLOW_USER_ID")
    variables.setenv("AGILEKIT_FLOW_BASE_URL", "")
    flow = Flow.from_env()
    assert flow.base_url == "http://midori.flow.io/api/v10.05"
    with pytest.raises(InvalidInput, match="user_id="):
        await flow.tasks.delete(1)


@pytest.mark.parametrize("name", ["BOARD", "KEY"])
@pytest.mark.parametrize("value", [None, ""])
def test_from_env_names_the_variable_that_is_missing(
    variables: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    variable = f"AGILEKIT_FLOW_{name}"
    if value is None:
        variables.delenv(variable)
    else:
        variables.setenv(variable, value)
    with pytest.raises(InvalidInput, match=variable) as caught:
        Flow.from_env()
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("value", ["jane", "-1", "1.5", "0"])
def test_from_env_refuses_a_user_id_that_is_none(variables: pytest.MonkeyPatch, value: str) -> None:
    variables.setenv("AGILEKIT_FLOW_USER_ID", value)
    with pytest.raises(InvalidInput, match=r"(?i)user_id"):
        Flow.from_env()


@each(
    "wrong",
    [
        {"board": ""},
        {"board": None},
        {"board": "a b"},
        {"board": "a.b"},
        {"board": "a/b"},
        {"board": "-a"},
        {"board": "a-"},
        {"board": "evil.com#"},
        {"board": "jane@evil"},
        {"board": "a\n"},
        {"board": "ä"},
        {"board": "a" * 64},
        {"key": ""},
        {"key": None},
        {"key": "two words"},
        {"key": "line\n"},
        {"user_id": 0},
        {"user_id": True},
        {"user_id": 1.5},
        {"format": "jsonp"},
        {"format": None},
        {"format": ".json"},
        {"override": 1},
        {"override": None},
        {"override": "method"},
        {"base_url": ""},
        {"base_url": 5},
        {"base_url": "midori.flow.io"},
        {"timeout": 0},
        {"concurrency": 0},
    ],
    ids=lambda wrong: repr(wrong)[1:-1][:40],
)
def test_an_argument_that_cannot_be_right_is_refused_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Flow(**cast("Any", {"board": "midori", "key": KEY, **wrong}))


async def test_a_listing_gives_a_list_or_one_at_a_time_or_pages() -> None:
    server = Scripted(Say({"1": {"user_id": 1}, "2": {"user_id": 2}}))
    async with flow_at(server) as flow:
        listing = flow.members.all()
        assert server.requests == []
        assert [member.user_id for member in await listing] == [1, 2]
        assert [member.user_id async for member in listing] == [1, 2]
        async with listing.pages() as pages:
            assert [[member.user_id for member in page] async for page in pages] == [[1, 2]]
    assert len(server.requests) == 3


MESSAGE = "user_id is not a board member"


@every_format
@each(("status", "kind"), [(400, BadRequest), (403, Forbidden), (404, NotFound), (418, ApiError)])
@each(
    "body",
    [
        MESSAGE.encode(),
        json.dumps({"error": MESSAGE}).encode(),
        json.dumps([MESSAGE]).encode(),
        f"<error><message>{MESSAGE}</message></error>".encode(),
        f"<error>{MESSAGE}</error>".encode(),
        f"<html><title>{MESSAGE}</title></html>".encode(),
    ],
)
async def test_a_refusal_says_what_the_service_said_in_whatever_form(
    format: Literal["json", "xml"], status: int, kind: type[ApiError], body: bytes
) -> None:
    server = Scripted(Say(body, status))
    async with flow_at(server, format) as flow:
        with pytest.raises(kind, match=MESSAGE) as caught:
            await flow.tasks.get(2444)
    assert caught.value.status == status
    assert caught.value.path == f"{BASE_PATH}/task/2444.{format}"


@every_format
@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_may_say_nothing(format: Literal["json", "xml"], status: int) -> None:
    server = Scripted(Say(status=status))
    async with flow_at(server, format) as flow:
        with pytest.raises(ApiError, match="no reason given"):
            await flow.tasks.create(1, task_text="T", task_type_id=1)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 403])
async def test_only_404_means_that_there_was_no_activity(status: int) -> None:
    server = Scripted(Say(status=status))
    async with flow_at(server) as flow:
        with pytest.raises(ApiError):
            await flow.tasks.recent_activity(1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'"text"',
        b"5",
        b'{"message": "hello"}',
        b'{"1": 5}',
        b'{"1": {"user_id": "x"}}',
    ],
)
async def test_an_answer_that_is_not_a_listing_is_a_decode_error(body: bytes) -> None:
    server = Scripted(Say(body))
    async with flow_at(server) as flow:
        with pytest.raises(DecodeError):
            await flow.members.all()


@pytest.mark.parametrize(
    "answer",
    [
        {"task_metrics": 5},
        {"task_metrics": {"phase_times": 5}},
        {"task_metrics": {"phase_times": [5]}},
        {"task_metrics": {"cycle_time": "long"}},
        {"assignments": "Jim"},
        {"assignments": {"0": "Jim"}},
        {"task_created": "yesterday"},
        {"task_id": 1.5},
    ],
    ids=short,
)
async def test_a_value_of_another_kind_is_named_by_its_location(answer: dict[str, object]) -> None:
    server = Scripted(Say(answer))
    async with flow_at(server) as flow:
        with pytest.raises(DecodeError, match=next(iter(answer))):
            await flow.tasks.get(1)


async def test_no_message_and_no_event_shows_a_key_that_was_to_be_deleted() -> None:
    told: list[Event] = []
    server = Scripted(Say(status=503), Say(status=404))
    async with flow_at(server, on_event=told.append) as flow:
        await flow.keys.delete(OTHER_KEY)
    server = Scripted(Say({"error": "permission denied"}, 403))
    async with flow_at(server, on_event=told.append) as flow:
        with pytest.raises(Forbidden) as caught:
            await flow.keys.delete(OTHER_KEY)
    assert caught.value.path == f"{BASE_PATH}/authentication/********.json"
    assert len(told) > 2
    assert OTHER_KEY not in f"{caught.value} {caught.value!r} {vars(caught.value)} {told!r}"


async def test_no_message_shows_a_key_that_was_made_in_a_form_that_is_not_documented() -> None:
    server = Scripted(Say({"key": OTHER_KEY}))
    async with flow_at(server) as flow:
        with pytest.raises(UnknownOutcome) as caught:
            await flow.keys.create()
    assert OTHER_KEY not in f"{caught.value} {vars(caught.value)}"


async def test_the_key_is_in_one_header_and_never_in_an_address() -> None:
    server = Scripted(Say({"task_id": 1}))
    async with flow_at(server) as flow:
        await flow.tasks.get(1)
        await flow.tasks.create(1, task_text="T", task_type_id=1)
    for request in server.requests:
        assert KEY not in str(request.url)
        assert KEY.encode() not in request.content
        shown = [name for name, value in request.headers.items() if KEY in value]
        assert shown == ["x-flow-authentication"]


async def test_a_user_id_may_be_digits_also_from_the_environment_with_white_space(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGILEKIT_FLOW_BOARD", "midori")
    monkeypatch.setenv("AGILEKIT_FLOW_KEY", KEY)
    monkeypatch.setenv("AGILEKIT_FLOW_USER_ID", " 7\n")
    server = Scripted(Say({"task_id": 2569}))
    for client in (
        Flow("midori", key=KEY, user_id="7", transport=server),
        Flow.from_env(transport=server),
    ):
        async with client as flow:
            await flow.tasks.create("16", task_text="T", task_type_id="6")
    sent = [request.content for request in server.requests]
    assert sent == [b"user_id=7&project_id=16&task_text=T&task_type_id=6"] * 2
    monkeypatch.setenv("AGILEKIT_FLOW_USER_ID", "seven")
    with pytest.raises(InvalidInput, match="AGILEKIT_FLOW_USER_ID must be an id"):
        Flow.from_env()
    with pytest.raises(InvalidInput, match=r"^user_id must be an id"):
        Flow("midori", key=KEY, user_id="seven")
