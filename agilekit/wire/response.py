"""A response -> a value, or the error that fits.

An `Answer` is the last response of a call with all that went before it, because the same status
means something else to a write of which an earlier attempt may have been made.

| the answer | to a read | to a write | to a write after a lost attempt |
|---|---|---|---|
| 2xx, as documented | the value | the value | the value |
| 2xx, anything else | DecodeError | UnknownOutcome | UnknownOutcome |
| 404 to a DELETE | | NotFound | it was deleted |
| 3xx, 4xx | ApiError | ApiError | UnknownOutcome |
| 5xx | ServerError | UnknownAfterServerError | UnknownAfterServerError |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, TypedDict, TypeVar

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
from agilekit.wire import json
from agilekit.wire.decode import Malformed
from agilekit.wire.dialect import Dialect
from agilekit.wire.json import JSON
from agilekit.wire.jsonp import unwrapped
from agilekit.wire.model import identity_of
from agilekit.wire.redaction import Redactor
from agilekit.wire.refusal import LONGEST_MESSAGE, LONGEST_REDACTED, message_in, redacted_body
from agilekit.wire.request import Request
from agilekit.wire.route import Decode, Method, Route, no_result
from agilekit.wire.short_repr import short_repr
from agilekit.wire.xml import Document

__all__ = ["Answer", "Response"]

T = TypeVar("T")

_LONGEST_TYPE: Final = 80
_LEADS_NOWHERE: Final = "the redirect leads nowhere"
_JSON: Final = Dialect()
_NO_SECRET: Final = Redactor()
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


@frozen(eq=False)
class Response:
    """One HTTP response, read to its end."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By name, in lower case."""
    body: bytes = field(repr=False)
    note: str = field(default="", repr=False)
    """How it came here, or why it does not lead on: what a refusal adds to the server's words."""
    is_cross_origin: bool = False
    """Whether a redirect led to another origin, whose answer says nothing of the service's pace."""

    def unwrapped(self, dialect: Dialect) -> Response:
        """The same, without the script that JSONP wraps it in."""
        if dialect.format != "jsonp":
            return self
        body, status = unwrapped(self.body)
        return evolve(self, status=status or self.status, body=body)


class _CallDetails(TypedDict):
    """What every error of a call says about it."""

    method: Method
    path: str
    attempts: Sequence[Attempt]


@frozen(eq=False)
class Answer:
    """The last response of a call, with what went before it."""

    route: Route[object]
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
        """Of the body, in lower case, without its parameters; empty if the answer names none."""
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

    def value(self, route: Route[T]) -> T:
        """What `route` makes of the body.

        Raises an ApiError for a refusal, UnknownOutcome for a write of which nothing tells whether
        it was made, DecodeError for a body that is not as documented.
        """
        return self.page(route)[0]

    def page(self, route: Route[T]) -> tuple[T, Mapping[str, JSON]]:
        """What `route` makes of the body, and what says which of the pages it is.

        Raises the errors of `value`.
        """
        if self._is_nothing(route):
            return self._decoded(route, Document(None))
        if route.empty_is_404 and self.response.status == 404:
            return self._decoded(route, Document([]))
        if not self.accepted:
            raise self.refusal()
        return self._decoded(route, self.document())

    def _is_nothing(self, route: Route[object]) -> bool:
        """Whether there is nothing to be read in the answer of a call that has succeeded."""
        deletes = route.method == "DELETE"
        if self.accepted:
            if not route.is_documented:
                return not self.response.body.strip()
            return route.decode is no_result or (deletes and not self.response.body)
        # The attempt that got no answer has deleted it.
        return deletes and self.lost and self.response.status == 404

    def _decoded(self, route: Route[T], document: Document) -> tuple[T, Mapping[str, JSON]]:
        def decode(data: JSON) -> T:
            return self._of_entity(route.decode(data))

        try:
            return decode(document.data), document.pagination
        except Malformed as error:
            why = self._why(*(error.entity or (decode, document.data)))
        raise self.malformed(f"the answer is not as documented{why}")

    def _of_entity(self, made: T) -> T:
        """What was made, unless it is of another entity than the one that was asked for."""
        asked = self.request.entity_id
        found = None if asked is None else identity_of(made)
        if asked is None or found is None or found == asked:
            return made
        if found.casefold() == asked.casefold():
            return made
        raise Malformed(f"asked for {short_repr(asked)}, it shows {short_repr(found)}")

    def _why(self, decode: Decode[object], data: JSON) -> str:
        """What is wrong with the answer. This quotes values, cut: so they are redacted before.

        That takes a while, so that nothing is quoted of what is very large.
        """
        if json.is_larger(data, LONGEST_REDACTED):
            return ", and too large to say where"
        try:
            decode(self.redactor.data(data))
        except Malformed as error:
            return f": {error}"
        return ""

    def refusal(self) -> ApiError | UnknownOutcome:
        """The error that says what the server said."""
        status = self.response.status
        body = redacted_body(self.response.body, self.redactor)
        message = message_in(body) or "no reason given"
        cls = _REFUSALS.get(status, ApiError)
        if status >= 500:
            # It may have been made before the server failed.
            cls = UnknownAfterServerError if self.route.writes else ServerError
            message = f"{message}{self._remarks(message)}"
        elif self.lost and self.route.writes:
            return UnknownOutcome(
                f"an attempt got no answer, and a later one was refused: {status} {message}",
                **self._details(),
            )
        elif 300 <= status < 400:
            cls = Redirected
            message = self._not_followed()
        else:
            message = f"{message}{self._remarks(message)}"
        return cls(message, status=status, body=body, **self._details())

    def _remarks(self, message: str) -> str:
        """What is known of a refusal, besides the server's words."""
        remarks = [self.response.note] if self.response.note else []
        hint = self.dialect.asked_to_sign_in
        if hint and self.response.status == 401 and "sign in" in message.lower():
            remarks.append(hint)
        header = self.response.headers.get("retry-after")
        if self.response.status in (429, 503) and header:
            remarks.append(f"Retry-After: {header.strip()}{self._answered_at()}")
        return f" ({self.redactor.text('; '.join(remarks))})"[:LONGEST_MESSAGE] if remarks else ""

    def _answered_at(self) -> str:
        last = self.attempts[-1] if self.attempts else None
        if last is None or last.sent_at is None:
            return ""
        return f", said at {last.sent_at + timedelta(seconds=last.seconds):%H:%M:%S} UTC"

    def _not_followed(self) -> str:
        why = self.redactor.text(self.response.note) or _LEADS_NOWHERE
        if not self.route.writes:
            return why
        hint = f"; {why}" if "base_url" in why else ""
        return f"a redirect of a write is not followed{hint}"

    def malformed(self, message: str) -> DecodeError | UnknownOutcome:
        """A read that cannot be understood; of a write, it leaves the outcome unknown."""
        cls: type[DecodeError | UnknownOutcome] = (
            UnknownOutcome if self.route.writes else DecodeError
        )
        # Redacted before it is cut: a part of a secret is not recognised.
        message = self.redactor.text(message)[:LONGEST_MESSAGE]
        return cls(message, **self._details())

    def undecoded(self) -> DeadlineExceeded | UnknownOutcome:
        """An answer that was not decoded in time; of a write, it leaves the outcome unknown."""
        cls: type[DeadlineExceeded | UnknownOutcome]
        cls = UnknownOutcome if self.route.writes else DeadlineExceeded
        size = len(self.response.body)
        message = f"the answer of {size:,} bytes was not decoded before the deadline"
        return cls(message, **self._details())

    def _details(self) -> _CallDetails:
        return {
            "method": self.route.method,
            "path": self.request.path,
            "attempts": self.attempts,
        }
