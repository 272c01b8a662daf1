"""Connections to servers of any manners: what is sent again, and what is whose answer."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import httpx
import pytest
import trustme
from anyio.abc import ByteStream
from anyio.streams.tls import TLSStream

from agilekit import (
    AgilekitError,
    AnswerTooLarge,
    ConnectionLost,
    DecodeError,
    FlyingDonut,
    InvalidInput,
    NotSent,
    UnknownOutcome,
    first_use,
)
from agilekit.events import Attempt, Event
from agilekit.session import fast_carrier, http_library, transport
from agilekit.session.asyncio_stream import AsyncioStream
from agilekit.session.connection import Sink
from agilekit.session.http_library import HttpLibrary
from agilekit.session.transport import Transport
from agilekit.wire.credential import Credential
from agilekit.wire.json import JSON
from agilekit.wire.request import Server
from agilekit.wire.route import Route
from tests.session.raw_server import RawServer, Talk, answering, donut
from tests.session.scripted import SECRET

pytestmark = pytest.mark.anyio

READ = Route[JSON]("Read", "GET", "/thing", lambda data: data)
CREDENTIAL = Credential.in_header("Authorization", "secret", SECRET, what="secret")


def card(number: int, head: bytes = b"") -> bytes:
    body = b'{"_id": "c", "cid": %d}' % number
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 200 OK\r\n" + length + head + b"\r\n" + body


def numbering(behind: bytes = b"", *, head: bytes = b"", then_close: bool = False) -> Talk:
    """Answers with the number of the request, over all connections, and something behind it."""
    count = 0

    async def talk(stream: ByteStream) -> None:
        nonlocal count
        while True:
            await stream.receive()
            count += 1
            await stream.send(card(count, head) + behind)
            if then_close:
                return

    return talk


async def read_cards(client: FlyingDonut, count: int = 3) -> list[int | None]:
    found: list[int | None] = []
    for _ in range(count):
        found.append((await client.cards.get("c")).cid)
        await anyio.sleep(0.01)  # what the server still says has come
    return found


@pytest.mark.parametrize("behind", [b"H", b"\0", card(99), b"HTTP/1.1 408 Timeout\r\n\r\n"])
async def test_what_stands_behind_an_answer_is_nobodys_answer(behind: bytes) -> None:
    server = RawServer(numbering(behind))
    async with server as url, donut(url, "fast") as client:
        assert await read_cards(client) == [1, 2, 3]
    assert server.connections == 3


async def test_an_answer_that_was_there_before_a_request_is_not_believed(
    http: HttpLibrary,
) -> None:
    async with RawServer(numbering(card(99))) as url, donut(url, http, retries=3) as client:
        assert 99 not in await read_cards(client)


async def test_a_write_is_not_taken_for_made_by_an_answer_that_had_begun_before(
    http: HttpLibrary,
) -> None:
    stale = card(99)
    for begun in (1, 17, 30, len(stale) - 1, len(stale)):
        connections = 0

        async def talk(stream: ByteStream, begun: int = begun) -> None:
            nonlocal connections
            connections += 1
            await stream.receive()
            await stream.send(card(1) + stale[:begun] if connections == 1 else card(2))
            await stream.receive()
            await stream.send(stale[begun:])

        async with RawServer(talk) as url, donut(url, http) as client:
            assert await read_cards(client, 1) == [1]
            assert (await client.cards.create("b", title="T")).cid == 2


async def test_an_answer_that_was_there_whole_is_seen_even_if_httpcore_hides_what_is_left(
    http: HttpLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(_: object) -> bool:
        return False

    monkeypatch.setattr(transport, "_has_left_over", hidden)
    async with RawServer(numbering(card(99))) as url, donut(url, http) as client:
        assert await read_cards(client, 1) == [1]
        if http == "fast":
            assert (await client.cards.create("b", title="T")).cid == 2
        else:
            with pytest.raises(UnknownOutcome, match="there before the request was sent"):
                await client.cards.create("b", title="T")


async def test_over_tls_only_its_own_end_is_the_end_of_an_answer_without_a_length(
    authority: trustme.CA, http: HttpLibrary
) -> None:
    content = b'{"_id": "c", "cid": 1}'
    for head, is_cut, is_whole in (
        (b"", False, True),
        (b"", True, False),
        (b"Content-Length: %d\r\n" % len(content), True, True),
        (b"Content-Length: 99\r\n", True, False),
    ):

        async def talk(stream: ByteStream, head: bytes = head, is_cut: bool = is_cut) -> None:
            assert isinstance(stream, TLSStream)
            await stream.receive()
            await stream.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + content)
            if not is_cut:
                await stream.unwrap()

        server = RawServer(talk, tls=serving(authority), host="localhost")
        async with server as url, donut(url, http) as client:
            if is_whole:
                assert await read_cards(client, 1) == [1]
            else:
                with pytest.raises(ConnectionLost):
                    await client.cards.get("c")


async def test_an_answer_over_tls_that_was_there_before_a_request_is_not_believed(
    authority: trustme.CA, http: HttpLibrary
) -> None:
    for behind in (card(99), card(99)[:-1] + b" " * 300_000 + b"}"):
        server = RawServer(numbering(behind), tls=serving(authority), host="localhost")
        async with server as url, donut(url, http, retries=3) as client:
            assert 99 not in await read_cards(client)


async def test_what_comes_between_two_requests_is_nobodys_answer(http: HttpLibrary) -> None:
    count = 0
    answered, said_more = anyio.Event(), anyio.Event()

    async def talk(stream: ByteStream) -> None:
        nonlocal count
        await stream.receive()
        count += 1
        await stream.send(card(count))
        await answered.wait()
        await stream.send(card(99))
        said_more.set()
        await anyio.sleep_forever()

    server = RawServer(talk)
    async with server as url, donut(url, http) as client:
        assert await read_cards(client, 1) == [1]
        answered.set()
        await said_more.wait()
        assert await read_cards(client, 1) == [2]
    assert server.connections == 2


async def test_a_write_does_not_meet_a_connection_that_the_server_has_closed(
    http: HttpLibrary,
) -> None:
    server = RawServer(numbering(then_close=True))
    async with server as url, donut(url, http) as client:
        assert await read_cards(client, 1) == [1]
        assert (await client.cards.create("b", title="T")).cid == 2
    assert server.connections == 2


async def test_a_connection_that_was_idle_for_long_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = RawServer(numbering())
    async with server as url, donut(url, "fast") as client:
        assert await read_cards(client) == [1, 2, 3]
        assert server.connections == 1
        monkeypatch.setattr(fast_carrier, "KEPT_IDLE", 0.001)
        assert await read_cards(client) == [4, 5, 6]
    assert server.connections == 4


@pytest.mark.parametrize("head", [b"Connection: close\r\n", b"Connection: Keep-Alive, Close\r\n"])
async def test_a_server_that_closes_gets_a_new_connection(head: bytes, http: HttpLibrary) -> None:
    server = RawServer(numbering(head=head))
    async with server as url, donut(url, http) as client:
        assert await read_cards(client) == [1, 2, 3]
    assert server.connections == 3


async def test_who_gives_up_leaves_no_answer_to_others(http: HttpLibrary) -> None:
    count = 0
    half_said, given_up = anyio.Event(), anyio.Event()

    async def talk(stream: ByteStream) -> None:
        nonlocal count
        while True:
            await stream.receive()
            count += 1
            said = card(count)
            await stream.send(said[:60])
            if count == 1:
                half_said.set()
                await given_up.wait()
            await stream.send(said[60:])

    server = RawServer(talk)
    async with server as url, donut(url, http) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.cards.get, "c")
            await half_said.wait()
            tasks.cancel_scope.cancel()
        given_up.set()
        assert await read_cards(client, 2) == [2, 3]
    assert server.connections == 2


async def test_an_answer_may_come_in_single_bytes(http: HttpLibrary) -> None:
    async def talk(stream: ByteStream) -> None:
        await stream.receive()
        for byte in b"HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n" + card(7):
            await stream.send(bytes([byte]))

    async with RawServer(talk) as url, donut(url, http) as client:
        assert (await client.cards.get("c")).cid == 7


async def test_an_answer_may_come_before_the_request_is_sent_whole(http: HttpLibrary) -> None:
    async def talk(stream: ByteStream) -> None:
        await stream.receive(100)
        await stream.send(b"HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        while True:
            await stream.receive()

    async with RawServer(talk) as url, donut(url, http) as client:
        with anyio.fail_after(20), pytest.raises(Exception, match="413"):
            await client.cards.create("b", title="T" * (4 << 20))


MALFORMED = {
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "101": b"HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n{}",
    "a head of 1 MiB": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 180_000 + b"\r\n",
    "a zero byte": b"HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_not_an_answer_is_lost_and_of_a_write_unknown(
    content: bytes, http: HttpLibrary
) -> None:
    async with RawServer(answering(content)) as url, donut(url, http, timeout=5) as client:
        with pytest.raises(ConnectionLost):
            await client.cards.get("c")
        with pytest.raises(UnknownOutcome):
            await client.cards.create("b", title="T")


async def test_an_answer_without_end_is_read_no_further_than_allowed(http: HttpLibrary) -> None:
    sent = 0

    async def talk(stream: ByteStream) -> None:
        nonlocal sent
        await stream.receive()
        await stream.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await stream.send(bytes(1 << 16))
            sent += 1 << 16

    async with (
        RawServer(talk) as url,
        FlyingDonut("p", secret=SECRET, base_url=url, http=http, largest_body=1 << 20) as client,
    ):
        with anyio.fail_after(20), pytest.raises(AnswerTooLarge, match="1,048,576"):
            await client.cards.get("c")
    assert sent < 32 << 20


class Counted(Sink):
    """How large the pieces were."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def begin(self) -> None:
        self.sizes.clear()

    async def write(self, piece: bytes) -> None:
        self.sizes.append(len(piece))


async def test_a_download_comes_in_pieces_of_bounded_size(http: HttpLibrary) -> None:
    size = 20 << 20

    async def talk(stream: ByteStream) -> None:
        await stream.receive()
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(20):
            await stream.send(bytes(1 << 20))

    sink = Counted()
    async with RawServer(talk) as url:
        server = Server.at(url, allow_http=False)
        transport = Transport(server, CREDENTIAL, None, largest_body=1 << 16, http=http)
        connection = transport.connection()
        response = await connection.exchange(server.request(READ, {}), sink=sink)
        await connection.aclose()
    assert (response.body, sum(sink.sizes)) == (b"", size)
    assert max(sink.sizes) <= 1 << 19


async def test_a_read_follows_to_another_port_and_back(http: HttpLibrary) -> None:
    heads: list[bytes] = []

    async def elsewhere(stream: ByteStream) -> None:
        heads.append(await stream.receive())
        await stream.send(b"HTTP/1.1 302 F\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % back)

    async def home(stream: ByteStream) -> None:
        while True:
            heads.append(await stream.receive())
            if b"/projects/" in heads[-1]:
                head = b"HTTP/1.1 302 F\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
                await stream.send(head % there)
            else:
                await stream.send(card(5))

    async with RawServer(home) as url, RawServer(elsewhere) as other, donut(url, http) as client:
        there, back = f"{other}/a b/../c".encode(), f"{url}/d?e=f".encode()
        assert (await client.cards.get("c")).cid == 5
    lines = [head.split(b"\r\n")[0] for head in heads]
    assert lines[1:] == [b"GET /api/c HTTP/1.1", b"GET /api/d?e=f HTTP/1.1"]
    assert [SECRET.encode() in head for head in heads] == [True, False, True]


# TLS


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[trustme.CA]:
    """One that is trusted, as the environment says."""
    found = trustme.CA()
    file = tmp_path / "trusted.pem"
    found.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    _forget_certificates()
    yield found
    _forget_certificates()


def _forget_certificates() -> None:
    http_library._library.cache_clear()  # pyright: ignore[reportPrivateUsage]


def serving(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert(name)
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


async def test_the_stream_of_anyio_does_as_well_where_a_socket_cannot_be_taken_over(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AsyncioStream, "fits", lambda: False)
    for tls, host in ((None, "127.0.0.1"), (serving(authority), "localhost")):
        server = RawServer(numbering(), tls=tls, host=host)
        async with server as url, donut(url, "fast") as client:
            assert await read_cards(client) == [1, 2, 3]
        assert server.connections == 1


async def test_answers_come_over_tls_by_one_connection(
    authority: trustme.CA, http: HttpLibrary
) -> None:
    server = RawServer(numbering(), tls=serving(authority), host="localhost")
    async with server as url, donut(url, http) as client:
        assert await read_cards(client) == [1, 2, 3]
    assert server.connections == 1


@pytest.mark.parametrize("behind", [card(99), b"H", card(99)[:-1] + b" " * 300_000])
async def test_what_stands_behind_an_answer_over_tls_is_nobodys_answer(
    authority: trustme.CA, behind: bytes
) -> None:
    server = RawServer(numbering(behind), tls=serving(authority), host="localhost")
    async with server as url, donut(url, "fast") as client:
        assert await read_cards(client) == [1, 2, 3]
    assert server.connections == 3


async def test_what_comes_later_over_tls_is_nobodys_answer(authority: trustme.CA) -> None:
    count = 0

    async def talk(stream: ByteStream) -> None:
        nonlocal count
        while True:
            await stream.receive()
            count += 1
            await stream.send(card(count))
            await stream.send(card(99))

    server = RawServer(talk, tls=serving(authority), host="localhost")
    async with server as url, donut(url, "fast") as client:
        assert await read_cards(client) == [1, 2, 3]
    assert server.connections == 3


@pytest.mark.parametrize("case", ["another name", "another authority", "no TLS"])
async def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    authority: trustme.CA, case: str, http: HttpLibrary
) -> None:
    tls = {
        "another name": serving(authority, "elsewhere.test"),
        "another authority": serving(trustme.CA()),
        "no TLS": None,
    }[case]
    server = RawServer(answering(b"nothing of TLS" * 9), tls=tls, host="localhost")
    async with server as url, donut(url.replace("http:", "https:"), http, timeout=5) as client:
        with pytest.raises(NotSent):
            await client.cards.create("b", title="T")


async def test_a_handshake_without_end_is_not_a_request_that_was_sent(
    authority: trustme.CA,
) -> None:
    async def silent(stream: ByteStream) -> None:
        while True:
            await stream.receive()

    server = RawServer(silent, host="localhost")
    async with server as url, donut(url.replace("http:", "https:"), "fast", timeout=0.1) as client:
        with pytest.raises(NotSent):
            await client.cards.create("b", title="T")


async def test_who_gives_up_during_a_handshake_is_told_that_nothing_was_received(
    authority: trustme.CA,
) -> None:
    begun = anyio.Event()
    events: list[Event] = []

    async def silent(stream: ByteStream) -> None:
        await stream.receive()
        begun.set()
        await stream.receive()

    server = RawServer(silent, host="localhost")
    async with server as url:
        client = FlyingDonut(
            "p",
            secret=SECRET,
            base_url=url.replace("http:", "https:"),
            http="fast",
            on_event=events.append,
        )
        async with client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.cards.get, "c")
            await begun.wait()
            tasks.cancel_scope.cancel()
    (attempt,) = [event for event in events if isinstance(event, Attempt)]
    assert (attempt.error, attempt.maybe_received, attempt.sent_at) == ("cancelled", False, None)


async def test_a_host_that_is_not_there_got_nothing(http: HttpLibrary) -> None:
    for host in ("donut.invalid", "a" * 70 + ".invalid", "a..b", "xn--zzzzz-.invalid"):
        async with donut(f"https://{host}", http, timeout=5) as client:
            with pytest.raises(NotSent):
                await client.cards.create("b", title="T")


async def test_where_there_can_be_no_more_threads_a_host_that_is_not_known_got_nothing(
    http: HttpLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")  # to ask for the address of a name

    monkeypatch.setattr(anyio, "connect_tcp", refuse)
    async with donut("https://donut.invalid", http) as client:
        with pytest.raises(NotSent, match="can't start new thread"):
            await client.cards.create("b", title="T")


async def test_what_sends_and_cannot_be_loaded_is_an_error_of_the_library(
    http: HttpLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    server = RawServer(numbering())
    async with server as url, donut(url, http) as client:
        with monkeypatch.context() as patch:
            patch.setattr(first_use, "import_module", refuse)
            with pytest.raises(AgilekitError, match="Too many open files"):
                await client.cards.get("c")
        assert await read_cards(client) == [1, 2, 3]


async def test_a_url_goes_out_as_the_libraries_write_it(http: HttpLibrary) -> None:
    asked: list[bytes] = []

    async def talk(stream: ByteStream) -> None:
        while True:
            asked.append((await stream.receive()).split(b" ")[1])
            leads = asked[-1].startswith(b"/leads")
            await stream.send(card(1) if not leads else redirects[asked[-1]])

    redirects: dict[bytes, bytes] = {}
    for below, ident, sent in (
        ("/%7Bc%7D", "{x}", b"/%7Bc%7D/projects/p/items/%7Bx%7D"),
        # httpx 0.27 quotes less of these.
        ("/a{b}", "c", httpx.URL("https://host/a{b}/projects/p/items/c").raw_path),
        ('/a"<>`b', "%s", httpx.URL('https://host/a"<>`b/projects/p/items/%25s').raw_path),
        ("/a'b;c=d/~e", "~'", b"/a'b;c=d/~e/projects/p/items/~%27"),
        ("/x/../y", "a%2Fb", b"/y/projects/p/items/a%252Fb"),
    ):
        server = RawServer(talk)
        async with server as url, donut(url.removesuffix("/api") + below, http) as client:
            with suppress(DecodeError):  # it is another card
                await client.cards.get(ident)
        assert asked.pop() == sent
    for location, sent in ((b"/x#part", b"/x"), (b"/x?a=b#part", b"/x?a=b")):
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
        redirects[b"/leads/projects/p/items/c"] = head + location + b"\r\n\r\n"
        server = RawServer(talk)
        async with server as url, donut(url.replace("/api", "/leads"), http) as client:
            await client.cards.get("c")
        assert asked.pop() == sent


async def test_a_server_is_looked_for_by_its_name_as_it_is_written(
    http: HttpLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports: list[object] = []

    async def connect(host: str, port: int, **_: object) -> None:
        ports.append((host, port))
        raise OSError("refused")

    monkeypatch.setattr(anyio, "connect_tcp", connect)
    for url, address in (
        ("http://localhost/api", ("localhost", 80)),
        ("https://localhost/api", ("localhost", 443)),
        ("http://[::1]:99/api", ("::1", 99)),
        ("https://xn--a.localhost:1/api", ("xn--a.localhost", 1)),
        ("https://xn--ls8h.localhost:1/api", ("xn--ls8h.localhost", 1)),
    ):
        async with donut(url, http) as client:
            with pytest.raises(NotSent):
                await client.cards.create("b", title="T")
        assert ports.pop() == address


async def test_certificates_that_cannot_be_read_are_told_before_anything_is_sent(
    http: HttpLibrary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "no.pem").write_text("-----BEGIN CERTIFICATE-----\nno\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "no.pem"))
    _forget_certificates()
    async with donut("https://localhost:1/api", http, retries=3) as client:
        with pytest.raises(InvalidInput, match="SSL_CERT_FILE"):
            await client.cards.get("c")
