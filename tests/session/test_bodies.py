"""How the body of an answer is read: compressed, in pieces, cut, or larger than allowed."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable

import anyio
import anyio.lowlevel
import httpx
import pytest

from agilekit import ConnectionLost, DecodeError
from agilekit.session.connection import Lost, TooLarge
from agilekit.session.transport import Transport
from agilekit.wire.credential import Credential
from agilekit.wire.json import JSON
from agilekit.wire.request import Server
from agilekit.wire.route import Route
from tests.each import each
from tests.session.scripted import PROJECT, SECRET, Pieces, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

SERVER = Server.at("https://host/api", allow_http=False)
CREDENTIAL = Credential.in_header("Authorization", "secret", SECRET, what="secret")
READ = Route[JSON]("Read", "GET", "/thing", lambda data: data)
DATA = {"_id": {"$oid": PROJECT}, "text": "x" * 300, "list": [*range(50)]}
BODY = json.dumps(DATA).encode()


async def read(answer: Say, *, largest_body: int = 1 << 20) -> bytes:
    transport = Transport(SERVER, CREDENTIAL, Scripted(answer), largest_body=largest_body)
    connection = transport.connection()
    return (await connection.exchange(SERVER.request(READ, {}))).body


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
    ],
)
async def test_compressed_answers_are_read(
    encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    assert await read(Say(compress(BODY), headers={"content-encoding": encoding})) == BODY


@pytest.mark.parametrize("size", [1, 2, 7, 64])
async def test_a_compressed_answer_may_come_in_pieces_of_any_size(size: int) -> None:
    content = gzip.compress(BODY)
    pieces = [content[start : start + size] for start in range(0, len(content), size)]

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces(pieces))

    async with donut_at(httpx.MockTransport(answer)) as donut:
        assert (await donut.project.get()).raw == DATA


@each("size", [(1 << 18) - 1, 1 << 18, (1 << 18) + 1, 5 << 18])
@each("piece", [1, 13, 1 << 20])
async def test_an_answer_that_is_compressed_very_well_is_read_to_its_end(
    size: int, piece: int
) -> None:
    content = gzip.compress(b"a" * size)
    pieces = [content[start : start + piece] for start in range(0, len(content), piece)]

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces(pieces))

    transport = Transport(SERVER, CREDENTIAL, httpx.MockTransport(answer), largest_body=1 << 24)
    exchange = transport.connection().exchange
    assert len((await exchange(SERVER.request(READ, {}))).body) == size


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
async def test_an_answer_may_be_as_large_as_allowed_and_no_larger(
    compress: Callable[[bytes], bytes],
) -> None:
    headers = {"content-encoding": "gzip" if compress is gzip.compress else "identity"}
    content = random.Random(1).randbytes(5000)
    assert len(await read(Say(compress(content), headers=headers), largest_body=5000)) == 5000
    with pytest.raises(TooLarge, match="4,999"):
        await read(Say(compress(content), headers=headers), largest_body=4999)


async def test_a_small_answer_that_inflates_without_end_is_stopped() -> None:
    bomb = gzip.compress(bytes(1 << 26))
    with pytest.raises(TooLarge):
        await read(Say(bomb, headers={"content-encoding": "gzip"}), largest_body=1 << 20)


@each(
    ("body", "encoding"),
    [
        (BODY, "gzip"),
        (BODY, "deflate"),
        (b"\x1f\x8b\x08garbage", "gzip"),
        (gzip.compress(BODY)[:10] + b"\xff" * 50, "gzip"),
        (BODY, "br"),
        (BODY, "zstd"),
        (gzip.compress(gzip.compress(BODY)), "gzip, gzip"),
    ],
    ids=["no gzip", "no zlib", "noise", "broken gzip", "br", "zstd", "twice"],
)
async def test_a_body_that_is_not_in_its_encoding_is_not_an_answer(
    body: bytes, encoding: str
) -> None:
    with pytest.raises(Lost):
        await read(Say(body, headers={"content-encoding": encoding}))


async def test_a_compressed_answer_that_is_cut_is_not_a_document() -> None:
    half = gzip.compress(random.Random(1).randbytes(500).hex().encode())[:200]
    server = Scripted(Say(half, headers={"content-encoding": "gzip"}))
    async with donut_at(server, retries=0) as donut:
        with pytest.raises((DecodeError, ConnectionLost)):
            await donut.project.get()


TEXT = random.Random(2).randbytes(300).hex().encode()
MEMBERS = gzip.compress(TEXT) + gzip.compress(b"") + gzip.compress(BODY)


def in_pieces(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


async def read_pieces(pieces: list[bytes], encoding: str = "gzip") -> bytes:
    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": encoding}, stream=Pieces(pieces))

    transport = Transport(SERVER, CREDENTIAL, httpx.MockTransport(answer), largest_body=1 << 20)
    return (await transport.connection().exchange(SERVER.request(READ, {}))).body


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
async def test_a_compressed_answer_that_is_cut_anywhere_is_not_an_answer(
    compress: Callable[[bytes], bytes],
) -> None:
    content = compress(TEXT)
    encoding = "gzip" if compress is gzip.compress else "deflate"
    for cut in range(1, len(content)):
        with pytest.raises(Lost, match="ends in the middle"):
            await read_pieces([content[:cut]], encoding)
    assert await read_pieces([content], encoding) == TEXT


async def test_half_an_answer_that_a_mock_holds_ready_is_not_an_answer() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, content=half)

    half = gzip.compress(TEXT)[:-4]
    connection = Transport(
        SERVER, CREDENTIAL, httpx.MockTransport(answer), largest_body=1 << 20
    ).connection()
    with pytest.raises(Lost, match="ends in the middle"):
        await connection.exchange(SERVER.request(READ, {}))


@each("size", [1, 7, 1 << 20])
@each("padding", [b"", bytes(9)], ids=["", "zeros"])
async def test_every_member_of_a_gzip_is_read(size: int, padding: bytes) -> None:
    assert await read_pieces(in_pieces(MEMBERS + padding, size)) == TEXT + BODY


@each("size", [1, 7, 1 << 20])
@each(
    ("content", "encoding", "why"),
    [
        (MEMBERS[:-5], "gzip", "ends in the middle"),
        (gzip.compress(BODY) + b"\x1f", "gzip", "ends in the middle"),
        (gzip.compress(BODY) + b"garbage", "gzip", "not in gzip"),
        (zlib.compress(BODY) + b"garbage", "deflate", "something follows"),
        (gzip.compress(b"") * 20_000, "gzip", "something follows"),
    ],
    ids=["second cut", "second begun", "garbage", "behind deflate", "empty ones"],
)
async def test_what_is_not_one_complete_gzip_stream_is_not_an_answer(
    size: int, content: bytes, encoding: str, why: str
) -> None:
    if len(content) > 1 << 16:
        size = max(size, 1 << 10)
    with pytest.raises(Lost, match=why):
        await read_pieces(in_pieces(content, size), encoding)


async def test_a_compressed_answer_without_a_byte_is_empty() -> None:
    assert await read_pieces([]) == b""
    assert await read_pieces([b""]) == b""


async def test_an_answer_that_inflates_leaves_time_for_other_tasks() -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await anyio.lowlevel.checkpoint()
            beats += 1

    bomb = gzip.compress(bytes(1 << 24))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(beat)
        headers = {"content-encoding": "gzip"}
        assert len(await read(Say(bomb, headers=headers), largest_body=1 << 24)) == 1 << 24
        tasks.cancel_scope.cancel()
    assert beats > 60


async def test_inflating_is_stopped_by_the_time_that_an_attempt_has() -> None:
    headers = {"content-encoding": "gzip"}
    server = Scripted(Say(gzip.compress(bytes(1 << 26)), headers=headers))
    connection = Transport(SERVER, CREDENTIAL, server, largest_body=1 << 30).connection()
    with anyio.move_on_after(0.01) as scope:
        await connection.exchange(SERVER.request(READ, {}))
    assert scope.cancelled_caught
    assert connection.maybe_received
