"""The loopback server speaks HTTP/1.1 for any ASGI application."""

from __future__ import annotations

import os
import socket
import tracemalloc
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import httpx
import pytest
from anyio.abc import SocketAttribute

from agilekit.sandbox.server import Server
from tests.sandbox.flyingdonut.caller import Caller

if TYPE_CHECKING:
    from collections.abc import Generator

    from anyio.abc import SocketStream

    from agilekit.sandbox import Sandbox
    from agilekit.sandbox.asgi import Message, Receive, Send

pytestmark = pytest.mark.anyio


async def echo(scope: Message, receive: Receive, send: Send) -> None:
    """Answers with the request's body, in as many parts and without a length."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        more = message["more_body"]
        await send({"type": "http.response.body", "body": message["body"], "more_body": more})


async def dial(server: Server) -> SocketStream:
    return await anyio.connect_tcp("127.0.0.1", server.port)


async def everything(stream: SocketStream) -> bytes:
    received = bytearray()
    while True:
        try:
            received += await stream.receive()
        except anyio.EndOfStream:
            return bytes(received)


async def test_a_connection_is_kept_for_the_next_request(sandbox: Sandbox) -> None:
    request = b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
    async with sandbox.serve() as server, await dial(server) as stream:
        for _ in range(3):
            await stream.send(request)
            answer = b""
            while b'"}' not in answer:
                answer += await stream.receive()
            assert answer.startswith(b"HTTP/1.1 404")
        await stream.send(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert (await everything(stream)).startswith(b"HTTP/1.1 404")
    assert sandbox.count("GET") == 4


async def test_pipelined_requests_are_answered_in_order(sandbox: Sandbox) -> None:
    async with sandbox.serve() as server, await dial(server) as stream:
        first = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"PUT /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        await stream.send(first + last)
        assert (await everything(stream)).count(b"HTTP/1.1 404") == 2
    assert [record.method for record in sandbox.requests] == ["GET", "PUT"]


@pytest.mark.slow
async def test_many_requests_at_once_each_change_the_state_once(sandbox: Sandbox) -> None:
    async with sandbox.serve() as server:
        caller = Caller(sandbox, server)

        async def create(number: int) -> None:
            await caller.post(caller.new_card, caller.draft(str(number)))

        async with caller.http, anyio.create_task_group() as tasks:
            for number in range(30):
                tasks.start_soon(create, number)
    assert sorted(caller.titles(), key=int) == [str(number) for number in range(30)]


async def test_a_body_without_a_length_is_sent_in_chunks() -> None:
    async with Server(echo) as server, httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(server.url, content=b"x" * 300_000)
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.content == b"x" * 300_000


async def test_a_client_that_waits_to_continue_is_told_to() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
    async with Server(echo) as server, await dial(server) as stream:
        await stream.send(head + b"Connection: close\r\n\r\n")
        received = b""
        while b"100 Continue" not in received and b"HTTP/1.1 100" not in received:
            received += await stream.receive()
        await stream.send(b"hi")
        assert b"hi" in await everything(stream)


async def test_a_head_request_gets_no_body(sandbox: Sandbox) -> None:
    async with sandbox.serve() as server, httpx.AsyncClient(trust_env=False) as http:
        for _ in range(2):
            answer = await http.head(f"{server.url}/flyingdonut/api/projects/any")
            assert answer.status_code == 405
            assert answer.content == b""


async def test_what_is_not_http_is_a_bad_request(sandbox: Sandbox) -> None:
    async with sandbox.serve() as server, await dial(server) as stream:
        await stream.send(b"what is this\r\n\r\n")
        assert (await everything(stream)).startswith(b"HTTP/1.1 400")


async def test_a_client_that_leaves_within_its_request_changes_nothing(sandbox: Sandbox) -> None:
    async with sandbox.serve() as server:
        async with await dial(server) as stream:
            await stream.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.get(server.url)
    assert sandbox.count("POST") == 0


async def test_an_answer_before_the_end_of_the_request_closes_the_connection() -> None:
    async def hasty(scope: Message, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body"})

    async with Server(hasty) as server, await dial(server) as stream:
        await stream.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        assert (await everything(stream)).startswith(b"HTTP/1.1 413")


@contextmanager
def no_more_descriptors() -> Generator[None]:
    """Every file descriptor of this process is taken."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(int(one.name) for one in Path("/dev/fd").iterdir()) + 1
    with ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, limits[1]))
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        with suppress(OSError):
            while True:
                stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        yield


async def test_connections_wait_if_there_are_no_more_file_descriptors(
    sandbox: Sandbox,
) -> None:
    async with sandbox.serve() as server:
        with socket.socket() as client:
            with no_more_descriptors():
                client.connect(("127.0.0.1", server.port))
                client.sendall(b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                await anyio.sleep(0.15)
                assert sandbox.requests == []
            client.settimeout(5)
            answer = await anyio.to_thread.run_sync(client.recv, 1000)
    assert answer.startswith(b"HTTP/1.1 404")


# Bodies that are too large


def upload(parts: int) -> tuple[Receive, list[int]]:
    """A body of so many MiB, each a part of its own, and what is held when each is asked for."""
    held: list[int] = []

    async def receive() -> Message:
        held.append(tracemalloc.get_traced_memory()[0])
        more = len(held) < parts
        return {"type": "http.request", "body": bytes(1024 * 1024), "more_body": more}

    return receive, held


@pytest.mark.parametrize(
    ("parts", "read", "status"), [(64, 64, 404), (65, 65, 413), (900, 129, 413)]
)
async def test_a_body_above_64_mib_is_refused_and_not_held(
    sandbox: Sandbox, parts: int, read: int, status: int
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Message = {"type": "http", "method": "POST", "path": "/nowhere", "headers": []}
    receive, held = upload(parts)
    tracemalloc.start()
    try:
        await sandbox(scope, receive, send)
    finally:
        tracemalloc.stop()
    assert (sent[0]["status"], len(held)) == (status, read)
    assert read < 66 or held[-1] < 4 * 1024 * 1024
    assert [one.status for one in sandbox.requests] == [status]


async def test_a_client_comes_to_read_the_refusal_of_its_body(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agilekit.sandbox.messages.LARGEST_BODY", 300_000)
    async with sandbox.serve() as server, httpx.AsyncClient(trust_env=False) as http:
        for size, status in ((300_000, 404), (300_001, 413), (500_000, 413), (9, 404)):
            answer = await http.post(server.url, content=bytes(size))
            assert answer.status_code == status


async def test_a_body_above_64_mib_is_refused_in_process_too(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agilekit.sandbox.messages.LARGEST_BODY", 300_000)
    async with httpx.AsyncClient(transport=sandbox.transport()) as http:
        answer = await http.post(sandbox.flow.base_url, content=bytes(300_001))
    assert answer.status_code == 413


async def test_a_mistake_of_the_application_is_raised_from_the_context() -> None:
    async def broken(scope: Message, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    async def run() -> None:
        async with Server(broken) as server, httpx.AsyncClient(trust_env=False) as http:
            await http.get(server.url)

    with pytest.raises(ExceptionGroup) as caught:
        await run()
    assert caught.group_contains(ZeroDivisionError)


async def test_a_mistake_of_the_caller_is_raised_as_it_is(sandbox: Sandbox) -> None:
    with pytest.raises(ZeroDivisionError):
        async with sandbox.serve():
            raise ZeroDivisionError


async def test_cancelling_around_the_server_ends_it(sandbox: Sandbox) -> None:
    with anyio.move_on_after(0.01) as scope:
        async with sandbox.serve():
            await anyio.sleep_forever()
    assert scope.cancelled_caught


async def test_leaving_ends_open_connections_and_frees_the_port(sandbox: Sandbox) -> None:
    async with sandbox.serve() as server:
        stream = await dial(server)
    async with stream:
        with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
            await stream.receive()
    with pytest.raises(OSError, match=r".*"):
        await dial(server)


async def test_a_port_that_is_asked_for_is_taken(sandbox: Sandbox) -> None:
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(attribute=SocketAttribute.local_port)
    async with sandbox.serve(port=port) as server:
        assert server.url == f"http://127.0.0.1:{port}"


def test_an_ipv6_address_is_bracketed_in_the_url(sandbox: Sandbox) -> None:
    assert sandbox.serve("::1", 8000).url == "http://[::1]:8000"
