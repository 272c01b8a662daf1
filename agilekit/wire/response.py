"""A `Response` -> a value, or the error that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, TypeVar

from attrs import evolve, field, frozen

from agilekit.errors import (
    ApiError,
    BadRequest,
    Conflicted,
    DeadlineExceeded,
    DecodeError,
    Forbidden,
    NotFound,
    RateLimited,
    Redirected,
    ServerError,
    Unauthorized,
    UnknownAfterServerError,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.events import Attempt
from agilekit.wire import json, xml
from agilekit.wire.decoder import Malformed
from agilekit.wire.dialect import Dialect, unwrapped
from agilekit.wire.identity import identity_of
from agilekit.wire.json import JSON
from agilekit.wire.redaction import Redactor
from agilekit.wire.request import Request
from agilekit.wire.route import Decode, Op, nothing
from agilekit.wire.short_repr import shown
from agilekit.wire.xml import Document

__all__ = ["Answer", "Response"]

T = TypeVar("T")

_LONGEST_MESSAGE: Final = 300
_DEEPEST_MESSAGE: Final = 5
_LONGEST_TYPE: Final = 80
_LONGEST_REDACTED: Final = 1 << 16  # bytes, or parts and characters
_LONGEST_CUT: Final = 1 << 14  # characters
_LEADS_NOWHERE: Final = "the redirect leads nowhere"
_JSON: Final = Dialect()
_NO_SECRET: Final = Redactor()
_SAYING: Final = ("message", "error", "errors", "reason", "detail")
_REFUSALS: Final[Mapping[int, type[ApiError]]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflicted,
    412: Conflicted,
    422: Unprocessable,
    429: RateLimited,
}


@frozen
class Response:
    """One HTTP response, read to its end."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By name, in lower case."""
    body: bytes = field(repr=False)
    note: str = field(default="", repr=False)
    is_abroad: bool = False
    """Whether a redirect led to another origin, whose answer says nothing of the service's pace."""
    """How it came here, or why it does not lead on: what a refusal says of it besides."""

    def out_of(self, dialect: Dialect) -> Response:
        """The same, without what the format wraps it in."""
        if dialect.format != "jsonp":
            return self
        body, status = unwrapped(self.body)
        return evolve(self, status=status or self.status, body=body)


@frozen
class Answer:
    """The last response of a call, with what went before it."""

    op: Op[object]
    request: Request
    response: Response
    attempts: Sequence[Attempt]
    lost: bool
    """Whether an earlier attempt may have been received, too."""
    dialect: Dialect = _JSON
    redactor: Redactor = _NO_SECRET
    """Takes out of every message what must not show. The response is as it came."""

    @property
    def accepted(self) -> bool:
        return 200 <= self.response.status < 300

    @property
    def media_type(self) -> str:
        """Of the body, in lower case, without its parameters; empty where the answer names none."""
        named = self.response.headers.get("content-type", "")
        return named.partition(";")[0].strip().lower()

    @property
    def shown_type(self) -> str:
        """The media type for people, without what must not show."""
        if self.media_type == "text/html":
            return "a web page"
        # One that is cut could hold a part of a secret, which is not recognised.
        return self.media_type if len(self.media_type) <= _LONGEST_TYPE else "of another type"

    def document(self) -> Document:
        """The body as plain data. Raises DecodeError."""
        try:
            return self.dialect.document(self.response.body)
        except ValueError as error:
            why = str(error)
        # Out here, because such an error holds the whole body, and would be attached to this one.
        format = "XML" if self.dialect.format == "xml" else "JSON"
        raise self.malformed(f"the answer is not {format}: {why}")

    def value(self, op: Op[T]) -> T:
        """What `op` makes of the body.

        Raises an ApiError for a refusal, UnknownOutcome for a write of which nobody knows whether
        it was made, DecodeError for a body that is not as documented.
        """
        return self.page(op)[0]

    def page(self, op: Op[T]) -> tuple[T, Mapping[str, JSON]]:
        """What `op` makes of the body, and what stands beside the items to tell their pages.

        Raises the errors of `value`.
        """
        if self._is_nothing(op):
            return self._decoded(op, Document(None))
        if op.empty_is_404 and self.response.status == 404:
            return self._decoded(op, Document([]))
        if not self.accepted:
            raise self.refusal()
        return self._decoded(op, self.document())

    def _is_nothing(self, op: Op[object]) -> bool:
        """Whether there is nothing to be read in the answer of a call that has succeeded."""
        deletes = op.method == "DELETE"
        if self.accepted:
            return op.decode is nothing or (deletes and not self.response.body)
        # The attempt that got no answer has deleted it.
        return deletes and self.lost and self.response.status == 404

    def _decoded(self, op: Op[T], document: Document) -> tuple[T, Mapping[str, JSON]]:
        def decode(data: JSON) -> T:
            return self._of_entity(op.decode(data))

        try:
            return decode(document.data), document.pagination
        except Malformed as error:
            why = self._why(*(error.entity or (decode, document.data)))
        raise self.malformed(f"the answer is not as documented{why}")

    def _of_entity(self, made: T) -> T:
        """What was made, unless it is of another entity than the one that was asked for."""
        asked, found = self.request.entity_id, identity_of(made)
        if asked is None or found is None or found.casefold() == asked.casefold():
            return made
        raise Malformed(f"asked for {shown(asked)}, it shows {shown(found)}")

    def _why(self, decode: Decode[object], data: JSON) -> str:
        """What is wrong with the answer. This quotes values, cut: so they are redacted before.

        That takes a while, so that nothing is quoted of what is very large.
        """
        if json.is_larger(data, _LONGEST_REDACTED):
            return ", and too large to say where"
        try:
            decode(self.redactor.data(data))
        except Malformed as error:
            return f": {error}"
        return ""

    def refusal(self) -> ApiError | UnknownOutcome:
        """The error that says what the server said."""
        status = self.response.status
        body = self._redacted_body()
        message = _message(body) or "no reason given"
        cls = _REFUSALS.get(status, ApiError)
        if status >= 500:
            cls = UnknownAfterServerError if self.op.writes else ServerError
            message = f"{message}{self._besides(message)}"
        elif self.lost and self.op.writes:
            return UnknownOutcome(
                f"an attempt got no answer, and a later one was refused: {status} {message}",
                method=self.op.method,
                path=self.request.path,
                attempts=self.attempts,
            )
        elif 300 <= status < 400:
            cls = Redirected
            message = self._not_followed()
        else:
            message = f"{message}{self._besides(message)}"
        return cls(
            message,
            status=status,
            body=body,
            method=self.op.method,
            path=self.request.path,
            attempts=self.attempts,
        )

    def _besides(self, message: str) -> str:
        """What is known of a refusal besides the server's words."""
        told = [self.response.note] if self.response.note else []
        hint = self.dialect.asked_to_sign_in
        if hint and self.response.status == 401 and "sign in" in message.lower():
            told.append(hint)
        header = self.response.headers.get("retry-after")
        if self.response.status in (429, 503) and header:
            told.append(f"Retry-After: {header.strip()}{self._answered_at()}")
        return f" ({self.redactor.text('; '.join(told))})"[:_LONGEST_MESSAGE] if told else ""

    def _answered_at(self) -> str:
        last = self.attempts[-1] if self.attempts else None
        if last is None or last.sent_at is None:
            return ""
        return f", said at {last.sent_at + timedelta(seconds=last.seconds):%H:%M:%S} UTC"

    def _not_followed(self) -> str:
        why = self.redactor.text(self.response.note) or _LEADS_NOWHERE
        if not self.op.writes:
            return why
        told = f"; {why}" if "base_url" in why else ""
        return f"a redirect of a write is not followed{told}"

    def malformed(self, message: str) -> DecodeError | UnknownOutcome:
        """A read that cannot be understood; of a write, it leaves the outcome unknown."""
        cls: type[DecodeError | UnknownOutcome] = UnknownOutcome if self.op.writes else DecodeError
        message = self.redactor.text(message)[:_LONGEST_MESSAGE]
        return cls(message, method=self.op.method, path=self.request.path, attempts=self.attempts)

    def undecoded(self) -> DeadlineExceeded | UnknownOutcome:
        """An answer that was not decoded in time; of a write, it leaves the outcome unknown."""
        cls: type[DeadlineExceeded | UnknownOutcome]
        cls = UnknownOutcome if self.op.writes else DeadlineExceeded
        size = len(self.response.body)
        message = f"the answer of {size:,} bytes was not decoded before the deadline"
        return cls(message, method=self.op.method, path=self.request.path, attempts=self.attempts)

    def _redacted_body(self) -> JSON:
        """The body as plain data without what must not show; of a long one, the begin of its text.

        A secret at the cut is not whole, and so not recognised: what stands there is left out.
        """
        if len(self.response.body) <= _LONGEST_REDACTED:
            return self.redactor.data(self._plain_body())
        text = json.text_of(self.response.body[:_LONGEST_REDACTED])
        return self.redactor.text(text)[:_LONGEST_CUT]

    def _plain_body(self) -> JSON:
        if not self.response.body:
            return None
        text = json.text_of(self.response.body)
        with suppress(ValueError):
            return json.load(text.encode())
        with suppress(ValueError):
            return text if _is_html(text) else xml.load(self.response.body).data
        return text


def _is_html(text: str) -> bool:
    return bool(re.search("<!doctype html|<html", text[:200], re.IGNORECASE))


def _message(body: JSON, depth: int = _DEEPEST_MESSAGE) -> str:
    """The server's own words, wherever it puts them, but not at any depth."""
    if not depth:
        return ""
    if isinstance(body, str):
        if _is_html(body):
            title = re.search("<title>([^<]*)", body, re.IGNORECASE)
            return _message(title[1] if title else "an HTML page", depth - 1)
        return " ".join(body.split())[:_LONGEST_MESSAGE]
    if isinstance(body, list):
        parts = (_message(part, depth - 1) for part in body[:5])
        return "; ".join(filter(None, parts))[:_LONGEST_MESSAGE]
    if isinstance(body, dict):
        found = [_message(body.get(key), depth - 1) for key in _SAYING if not _is_said(body, key)]
        if not any(found) and depth < _DEEPEST_MESSAGE:  # {"errors": {"name": ["is too long"]}}
            inner = ((key, _message(part, depth - 1)) for key, part in list(body.items())[:5])
            found = [f"{key} {said}" for key, said in inner if said]
        return ": ".join(dict.fromkeys(filter(None, found)))[:_LONGEST_MESSAGE]
    return ""


def _is_said(body: Mapping[str, JSON], key: str) -> bool:
    """Whether the message says each of the errors already."""
    message, errors = body.get("message"), body.get("errors")
    if key != "errors" or not isinstance(message, str) or not isinstance(errors, list):
        return False
    return bool(errors) and all(isinstance(one, str) and one in message for one in errors)
