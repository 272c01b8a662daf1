"""What is an answer over a connection of our own, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.wire.http1 import AnswerParser, MalformedAnswer, message
from tests.each import each

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HELD = b"Content-Length: 2\r\n\r\n{}"

Read: TypeAlias = tuple[int, bytes, bool, dict[str, str]]
"""Status, body, whether another answer may follow, headers."""


def read(pieces: Sequence[bytes], *, ends: bool = False) -> Read:
    parser = AnswerParser()
    for piece in pieces:
        parser.feed(piece)
    if ends:
        parser.end()
    assert parser.is_whole
    return parser.status, parser.take(), parser.may_follow, parser.headers


ANSWERS: dict[str, tuple[bytes, int, bytes, bool]] = {
    "a length": (OK + HELD, 200, b"{}", True),
    "an empty line behind it": (OK + HELD + b"\r\n", 200, b"{}", True),
    "no reason": (b"HTTP/1.1 404\r\n" + HELD, 404, b"{}", True),
    "no body": (OK + EMPTY, 200, b"", True),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "304 with a length": (b"HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    "chunks": (CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, b"{}", True),
    "chunks with extensions": (CHUNKED + b"2;a=b;c\r\n{}\r\n0;d\r\n\r\n", 200, b"{}", True),
    "chunks of padded sizes": (CHUNKED + b"2  \r\n{}\r\n0   \r\n\r\n", 200, b"{}", True),
    "chunks with trailers": (CHUNKED + b"2\r\n{}\r\n0\r\nA: 1\r\nB: 2\r\n\r\n", 200, b"{}", True),
    "Chunked": (OK + b"Transfer-Encoding:  Chunked \r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200, b"{}", True),
    "100": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + HELD, 200, b"{}", True),
    "103, twice": (b"HTTP/1.1 103 E\r\nLink: <a>\r\n\r\n" * 2 + OK + HELD, 200, b"{}", True),
    "close": (OK + b"Connection: close\r\n" + HELD, 200, b"{}", False),
    "keep-alive, Close": (OK + b"Connection: keep-alive, Close\r\n" + HELD, 200, b"{}", False),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n" + HELD, 200, b"{}", False),
    "an offer": (OK + b"Connection: upgrade\r\nUpgrade: h2c\r\n" + HELD, 200, b"{}", True),
    "more behind it": (OK + HELD + b"H", 200, b"{}", False),
    "an answer behind it": (OK + HELD + OK + b"Content-Length: 3\r\n\r\nbad", 200, b"{}", False),
    "garbage behind it": (OK + HELD + b"\0\xff garbage", 200, b"{}", False),
    "a length that is too short": (OK + b"Content-Length: 1\r\n\r\n{}", 200, b"{", False),
    "204 with a body": (b"HTTP/1.1 204 No Content\r\n" + HELD, 204, b"", False),
    "more behind close": (OK + b"Connection: close\r\n" + HELD + b"more", 200, b"{}", False),
}  # fmt: skip
UNTIL_THE_END = {
    "neither": OK + b"\r\n{}",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n{}",
    "keep-alive": OK + b"Connection: keep-alive\r\n\r\n{}",
}
MALFORMED = {
    "no HTTP": b"220 smtp.example.com ESMTP\r\n",
    "TLS": b"\x15\x03\x01\x00\x02\x02\x46",
    "no colon": OK + b"no colon\r\n\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "two lengths in one": OK + b"Content-Length: 2, 3\r\n\r\n{} ",
    "a length and chunks": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "chunks and a length": OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    "a coding beside chunks": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks twice": OK + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "another coding": OK + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "no coding": OK + b"Transfer-Encoding: identity\r\n\r\n{}",
    "a length below 0": OK + b"Content-Length: -2\r\n\r\n{}",
    "a length with a sign": OK + b"Content-Length: +2\r\n\r\n{}",
    "no number": OK + b"Content-Length: \r\n\r\n{}",
    "a length without end": OK + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "a chunk without size": CHUNKED + b"zz\r\n",
    "a chunk that is longer than it says": CHUNKED + b"2\r\n{}}\r\n0\r\n\r\n",
    "a chunk without end": CHUNKED + b"fffffffffffffffff\r\n{}\r\n",
    "101": b"HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc",
    "101 alone": b"HTTP/1.1 101 S\r\n\r\nabc",
    "status 99": b"HTTP/1.1 099 S\r\n" + HELD,
    "status 1000": b"HTTP/1.1 1000 S\r\n" + HELD,
    "a control character": OK + b"X: a\x01b\r\n" + HELD,
    "a zero byte": OK + b"X: a\0b\r\n" + HELD,
    "a bare CR": OK + b"X: a\rb\r\n" + HELD,
    "a folded line": OK + b"X: a\r\n b\r\n" + HELD,
    "a name with a space": OK + b"X : a\r\n" + HELD,
    "no name": OK + b": a\r\n" + HELD,
    "a large head": OK + b"X: y\r\n" * 20_000,
    "a large header": OK + b"X: " + b"y" * (1 << 17) + b"\r\n" + HELD,
    "1xx without end": b"HTTP/1.1 103 E\r\n\r\n" * 10_000,
    "trailers without end": CHUNKED + b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 30_000,
    "an extension without end": CHUNKED + b"2;" + b"x" * (1 << 18),
}
CUT = {
    "nothing": b"",
    "a status line": b"HTTP/1.1 200 OK\r\nContent-Le",
    "a body": OK + b"Content-Length: 100\r\n\r\n{",
    "a chunk": CHUNKED + b"5\r\n{",
    "between chunks": CHUNKED + b"2\r\n{}\r\n",
    "the last line": CHUNKED + b"2\r\n{}\r\n0\r\n",
    "only 100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "another coding": OK + b"Transfer-Encoding: chunked, x\r\n\r\n{}",
}


@each(("content", "status", "body", "follows"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_ends_where_it_says(
    content: bytes, status: int, body: bytes, follows: bool
) -> None:
    assert read([content])[:3] == (status, body, follows)


@each("content", UNTIL_THE_END.values(), ids=UNTIL_THE_END)
def test_an_answer_that_does_not_say_where_it_ends_ends_with_the_connection(content: bytes) -> None:
    assert read([content], ends=True)[:3] == (200, b"{}", False)


@each("content", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_an_answer_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="not an answer"):
        read([content])


@each("content", CUT.values(), ids=CUT)
def test_an_answer_that_is_cut_is_not_an_answer(content: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read([content] if content else [], ends=True)


def test_headers_are_found_by_their_names_in_lower_case_whatever_their_encoding() -> None:
    head = OK + "X-A: ä\r\n".encode() + b"X-B: \xe4 \t\r\nLink: <a>\r\nlink: <b>\r\nE:\r\n" + EMPTY
    headers = read([head])[3]
    assert headers == {"x-a": "ä", "x-b": "ä", "link": "<a>, <b>", "e": "", "content-length": "0"}


def test_a_trailer_is_not_a_header() -> None:
    assert "x" not in read([CHUNKED + b"2\r\n{}\r\n0\r\nX: 1\r\n\r\n"])[3]


def test_a_head_may_have_64_kib_and_a_body_more() -> None:
    head = OK + b"X: " + b"y" * 65_000 + b"\r\nContent-Length: 200000\r\n\r\n"
    assert len(read([head + b"x" * 200_000])[1]) == 200_000


def test_one_answer_after_another_comes_over_a_connection() -> None:
    parser = AnswerParser()
    for number in range(3):
        parser.begin()
        parser.feed(OK + b"X: %d\r\n" % number + HELD)
        assert (parser.is_whole, parser.may_follow, parser.take()) == (True, True, b"{}")
        assert parser.headers["x"] == str(number)


def outcome(pieces: Sequence[bytes]) -> Read | str:
    try:
        return read(pieces, ends=True)
    except MalformedAnswer:
        return "refused"


SAMPLES = [
    *(content for content, *_ in ANSWERS.values()),
    *(*UNTIL_THE_END.values(), *MALFORMED.values(), *CUT.values()),
]


@given(st.sampled_from(SAMPLES), st.data())
def test_in_which_pieces_an_answer_comes_changes_nothing(
    content: bytes, data: st.DataObject
) -> None:
    cuts = st.lists(st.integers(0, len(content)), max_size=8)
    marks = [0, *sorted(data.draw(cuts)), len(content)]
    pieces = [content[start:end] for start, end in pairwise(marks)]
    assert outcome([piece for piece in pieces if piece]) == outcome([content] if content else [])


def test_a_request_is_its_head_and_its_content() -> None:
    sent = message("POST", "/a?b=c", (("Host", "h"), ("Content-Length", "2")), b"{}")
    assert sent == b"POST /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
