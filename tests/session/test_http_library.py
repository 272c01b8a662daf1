"""Which HTTP library sends: the one that was named, whatever is installed."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Unpack

import anyio
import httpx
import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, InvalidInput, KanbanTool, Options
from agilekit.connections import load
from agilekit.session.http_library import http_named
from agilekit.wire import fast_json, json
from tests.session.scripted import SECRET, Say, Scripted, donut_at

VARIABLES = {
    "AGILEKIT_FLYINGDONUT_PROJECT": "p",
    "AGILEKIT_FLYINGDONUT_SECRET": SECRET,
    "AGILEKIT_FLOW_BOARD": "midori",
    "AGILEKIT_FLOW_KEY": SECRET,
    "AGILEKIT_EASYBACKLOG_BASE_URL": "http://localhost:3000/api",
    "AGILEKIT_EASYBACKLOG_TOKEN": SECRET,
    "AGILEKIT_KANBANTOOL_ACCOUNT": "mycompany",
    "AGILEKIT_KANBANTOOL_TOKEN": SECRET,
}
FROM_ENV = [FlyingDonut.from_env, Flow.from_env, EasyBacklog.from_env, KanbanTool.from_env]


def donut(**options: Unpack[Options]) -> FlyingDonut:
    return FlyingDonut("p", secret=SECRET, **options)


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable names a library."""
    monkeypatch.delenv("AGILEKIT_HTTP", raising=False)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, fresh: None) -> type[httpx.AsyncHTTPTransport]:
    """A library that looks like httpx2, by what connects in it."""

    class Connection(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            body = {"_id": {"$oid": "p"}, "title": {"value": "by httpx2", "version": 1}}
            return httpx.Response(200, json=body, request=request)

    module = ModuleType("httpx2")
    for name in httpx.__all__:
        setattr(module, name, Connection if name == "AsyncHTTPTransport" else getattr(httpx, name))
    monkeypatch.setitem(sys.modules, "httpx2", module)
    return Connection


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch, fresh: None) -> pytest.MonkeyPatch:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_what_is_installed_is_not_even_loaded(tmp_path: Path) -> None:
    for name in ("httpx2", "httptools", "msgspec"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('loaded')")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import agilekit, agilekit.export, agilekit.connections, agilekit.sandbox\n"
        "print(agilekit.FlyingDonut('p', secret='s3cret-of-nobody').http)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ("httpx", "")


@pytest.mark.anyio
async def test_a_client_sends_with_the_library_that_it_names(
    stand_in: type[httpx.AsyncHTTPTransport],
) -> None:
    async with donut(http="httpx2") as client:
        assert client.http == "httpx2"
        assert client.using(deadline=5).http == "httpx2"
        assert (await client.project.get()).title.value == "by httpx2"
    assert donut().http == donut(http="httpx").http == "httpx"


def test_a_fast_client_reads_json_by_msgspec_and_the_others_do_not(fresh: None) -> None:
    assert donut(http="fast").using(deadline=5).http == "fast"
    for http, loads in (("httpx", json.load), ("fast", fast_json.load)):
        client = donut(http=http_named(http))
        session = client._session  # pyright: ignore[reportPrivateUsage]
        assert session.dialect.load_json is loads


@pytest.mark.parametrize("http", ["aiohttp", "HTTPX", "", 1, ["httpx"], b"httpx"])
def test_another_library_is_refused_and_those_that_there_are_are_listed(
    fresh: None, http: Any
) -> None:
    with pytest.raises(InvalidInput, match="http must be 'httpx', 'httpx2' or 'fast', not "):
        donut(http=http)


def test_a_library_that_is_not_installed_names_its_extra(
    fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    monkeypatch.setitem(sys.modules, "msgspec", None)
    with pytest.raises(InvalidInput, match=r"pip install 'agilekit\[httpx2\]'"):
        donut(http="httpx2")
    with pytest.raises(InvalidInput) as caught:
        donut(http="fast")
    assert str(caught.value) == (
        "http: 'fast' needs httptools and msgspec, which are not installed: "
        "pip install 'agilekit[fast]'"
    )


@pytest.mark.parametrize("http", ["httpx", "httpx2"])
def test_a_transport_is_of_a_library_already(http: Any) -> None:
    with pytest.raises(InvalidInput, match="leave out either"):
        donut_at(Scripted(Say({})), http=http)
    assert donut_at(Scripted(Say({}))).http == "httpx"


def test_a_transport_of_httpx2_is_sent_through_by_httpx2(
    stand_in: type[httpx.AsyncHTTPTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Theirs:
        async def aclose(self) -> None: ...

    module: Any = sys.modules["httpx2"]
    module.AsyncBaseTransport = Theirs
    given: Any = Theirs()
    assert donut(transport=given).http == "httpx2"
    monkeypatch.delitem(sys.modules, "httpx2")
    with pytest.raises(InvalidInput, match="transport must be"):
        donut(transport=given)


# The variable


@pytest.mark.parametrize("from_env", FROM_ENV)
def test_from_env_reads_the_variable_and_an_argument_goes_before_it(
    from_env: Callable[..., FlyingDonut | Flow | EasyBacklog | KanbanTool],
    variables: pytest.MonkeyPatch,
    stand_in: type[httpx.AsyncHTTPTransport],
) -> None:
    assert from_env().http == "httpx"
    variables.setenv("AGILEKIT_HTTP", " httpx2 ")
    assert from_env().http == "httpx2"
    assert from_env(http="httpx").http == "httpx"
    assert from_env(transport=Scripted(Say({}))).http == "httpx"
    assert donut().http == "httpx"  # no constructor looks


def test_a_variable_that_cannot_be_right_is_named(variables: pytest.MonkeyPatch) -> None:
    variables.setenv("AGILEKIT_HTTP", "quick")
    with pytest.raises(InvalidInput, match="AGILEKIT_HTTP must be 'httpx', 'httpx2' or"):
        FlyingDonut.from_env()
    assert donut().http == "httpx"


def test_a_connection_goes_before_the_variable_and_an_argument_before_both(
    variables: pytest.MonkeyPatch, stand_in: type[httpx.AsyncHTTPTransport], tmp_path: Path
) -> None:
    file = tmp_path / "agilekit.toml"
    work = '[connections.{}]\nservice = "kanbantool"\naccount = "mycompany"\n{}\n'
    token = 'token = { env = "AGILEKIT_KANBANTOOL_TOKEN" }'
    file.write_text(work.format("unsaid", token) + work.format("said", f'{token}\nhttp = "httpx2"'))
    found = load(file)
    assert found["unsaid"].client().http == "httpx"
    assert found["said"].client().http == "httpx2"
    assert found["said"].client(http="httpx").http == "httpx"
    assert found["said"].client(transport=Scripted(Say({}))).http == "httpx"
    file.write_text(work.format("wrong", f'{token}\nhttp = "quick"'))
    with pytest.raises(InvalidInput, match=r"connections.wrong: http must be"):
        load(file)
    variables.setenv("AGILEKIT_HTTP", "httpx2")
    assert found["unsaid"].client().http == "httpx2"
    assert found["unsaid"].client(http="httpx").http == "httpx"


# What a passed transport gets


class Unread(httpx.AsyncBaseTransport):
    """Takes a request as it is, as httpx-aiohttp and others do."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        id = "p" if request.method == "GET" else "1"
        return httpx.Response(200, json={"_id": {"$oid": id}})


@pytest.mark.anyio
@pytest.mark.parametrize("lent", [False, True], ids=["a transport", "a client"])
async def test_a_body_is_passed_on_only_if_there_is_one(lent: bool) -> None:
    server = Unread()
    async with (
        httpx.AsyncClient(transport=server) as borrowed,
        FlyingDonut(
            "p", secret=SECRET, username="u", transport=borrowed if lent else server
        ) as client,
    ):
        await client.project.get()
        await client.cards.create("b", title="T")
    get, post = server.requests
    assert get.content == b""
    assert not {"content-length", "transfer-encoding", "content-type"} & get.headers.keys()
    assert int(post.headers["content-length"]) == len(post.content) > 0
    assert "transfer-encoding" not in post.headers


# The token in the query


@pytest.fixture
def borrowed(anyio_backend: str) -> Iterator[httpx.AsyncClient]:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    yield client
    anyio.run(client.aclose, backend=anyio_backend)


def test_a_client_that_logs_each_url_is_not_borrowed_for_a_token_in_the_query(
    borrowed: httpx.AsyncClient,
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: KanbanTool("mycompany", token=SECRET, token_in="query", transport=borrowed),
        lambda: KanbanTool("mycompany", token=SECRET, format="jsonp", transport=borrowed),
        lambda: EasyBacklog("https://host/api", token=SECRET, token_in="query", transport=borrowed),
    ]
    for call in calls:
        with pytest.raises(InvalidInput, match="logs every URL"):
            call()


@pytest.mark.anyio
async def test_a_client_that_logs_each_url_is_not_borrowed_for_a_key_in_the_path(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={}))
    async with (
        httpx.AsyncClient(transport=transport) as borrowed,
        Flow("midori", key=SECRET, user_id=1, transport=borrowed, allow_http=True) as flow,
    ):
        await flow.projects.all()
        with pytest.raises(InvalidInput, match="logs every URL"):
            await flow.keys.delete("0123456789ABCDEF")
    assert "projects" in caplog.text
    assert "0123456789ABCDEF" not in caplog.text


@pytest.mark.anyio
async def test_a_transport_logs_no_token_in_the_query(caplog: pytest.LogCaptureFixture) -> None:
    server = Scripted(Say([]))
    with caplog.at_level(logging.DEBUG):
        async with KanbanTool(
            "mycompany", token=SECRET, token_in="query", transport=server
        ) as kanban:
            assert await kanban.boards.all() == []
    assert SECRET in str(server.requests[0].url)
    assert SECRET not in caplog.text
