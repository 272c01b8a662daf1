"""HTTP/1.1 in bytes: a request as it is sent, and the answers as they come. Parsed by httptools.

An answer is one message, of which its own rules say where it ends. What is behind that is never
taken for the next answer: the connection that brought it is not used again, but for empty lines,
which are skipped.

==================================  ===========================================================
what comes                          what it is
==================================  ===========================================================
1xx                                 no answer yet; but for 101, which nobody asked for: an error
204, 304                            an answer without a body, whatever it says of a length
a length, or chunks                 so many bytes; an error if the connection ends before
neither                             all that comes until the connection ends
both, two lengths, another coding   an error: where it ends would be a guess
64 KiB that are not of a body       an error: a head, trailers or extensions of chunks without end
==================================  ===========================================================

Source: RFC 9112, 6.3, Message Body Length.
"""

from __future__ import annotations

from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from agilekit.wire.credential import Pairs

__all__ = ["AnswerParser", "MalformedAnswer", "message"]

_MOST_BESIDE_BODY: Final = 1 << 16  # bytes
_BODILESS: Final = (204, 304)


class MalformedAnswer(ValueError):
    """What came is not one whole answer."""


def message(method: str, target: str, headers: Pairs, content: bytes) -> bytes:
    """A request. target: path and query, with nothing that has to be quoted."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + content


class AnswerParser:
    """Reads the answers of one connection, each from `begin` until it `is_whole`."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        # As old servers pad them.
        self._parser.set_dangerous_leniencies(lenient_spaces_after_chunk_size=True)
        self.begin()

    def begin(self) -> None:
        """The next bytes are of another answer."""
        self.status: int = 0
        self.headers: dict[str, str] = {}
        """By name, in lower case; those of one name are joined by commas."""
        self.has_head: bool = False
        self.is_whole: bool = False
        self.may_follow: bool = False
        """Whether another answer may come over this connection."""
        self._pieces: list[bytes] = []
        self._beside_body = 0
        self._refused = ""
        self._ends_with_connection = False

    def feed(self, data: bytes) -> None:
        """Some bytes have come, at least one. Raises MalformedAnswer."""
        room = _MOST_BESIDE_BODY - self._beside_body
        if len(data) <= room:
            self._feed(data)
            return
        left = memoryview(data)
        while left and not self.is_whole:
            part, left = left[:room], left[room:]
            self._feed(part)
            room = _MOST_BESIDE_BODY - self._beside_body
        if left:
            self.may_follow = False

    def end(self) -> None:
        """The connection has ended. Raises MalformedAnswer if the answer has not."""
        if self._ends_with_connection:
            self.is_whole = True
        if not self.is_whole:
            begun = self.has_head or self._beside_body
            where = "in the middle of its answer" if begun else "without an answer"
            raise MalformedAnswer(f"the server closed the connection {where}")

    def take(self) -> bytes:
        """What has come of the body since the last time."""
        pieces, self._pieces = self._pieces, []
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _feed(self, data: bytes | memoryview) -> None:
        pieces = len(self._pieces)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self.may_follow = False
            if not self.is_whole:
                raise MalformedAnswer(f"not an answer: {self._refused or error}") from None
        if self._refused:
            raise MalformedAnswer(f"not an answer: {self._refused}")
        if self.is_whole:
            return
        self._beside_body = 0 if len(self._pieces) > pieces else self._beside_body + len(data)
        if self._beside_body >= _MOST_BESIDE_BODY:
            raise MalformedAnswer(f"not an answer: {_MOST_BESIDE_BODY:,} bytes without a body")

    # What httptools calls

    def on_message_begin(self) -> None:
        if self.is_whole:
            self.may_follow = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.has_head:  # a trailer
            return
        key, text = name.decode("ascii").lower(), _text(value)
        known = self.headers.get(key)
        self.headers[key] = text if known is None else f"{known}, {text}"

    def on_headers_complete(self) -> None:
        if self.is_whole:
            return
        self.status = self._parser.get_status_code()
        if self.status >= 200:
            self.has_head = True
            self._frame()
        elif self.status == 101 or self.status < 100:
            self._refused = f"status {self.status}"

    def on_body(self, body: bytes) -> None:
        if not self.is_whole:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        if self.is_whole:
            return
        if self.status < 200:  # the answer is still to come
            self.headers = {}
            return
        self.is_whole = True
        self.may_follow = self._parser.should_keep_alive()

    def _frame(self) -> None:
        """By what the body ends."""
        coding = self.headers.get("transfer-encoding")
        if coding is not None and coding.lower() != "chunked":
            self._refused = "a transfer encoding that was not asked for"
        self._ends_with_connection = (
            coding is None and "content-length" not in self.headers and self.status not in _BODILESS
        )


def _text(value: bytes) -> str:
    value = value.rstrip(b" \t")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
