"""A `Response` -> a value, or the error that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from attrs import field, frozen

from agilekit.errors import (
    ApiError,
    BadRequest,
    Conflicted,
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
from agilekit.wire.convert import Malformed
from agilekit.wire.json import JSON, load
from agilekit.wire.op import Op
from agilekit.wire.request import Request

__all__ = ["Answer", "Response"]

T = TypeVar("T")

_LONGEST_MESSAGE: Final = 300
_LEADS_NOWHERE: Final = "the redirect leads nowhere, or in circles"
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


@frozen
class Answer:
    """The last response of a call, with what went before it."""

    op: Op[object]
    request: Request
    response: Response
    attempts: Sequence[Attempt]
    lost: bool
    """Whether an earlier attempt may have been received, too."""

    @property
    def accepted(self) -> bool:
        return 200 <= self.response.status < 300

    def json(self) -> JSON:
        """The body as plain data. Raises DecodeError."""
        try:
            return load(self.response.body)
        except ValueError as error:
            raise self.malformed(f"the answer is not JSON: {error}") from None

    def value(self, op: Op[T]) -> T:
        """What `op` makes of the body.

        Raises an ApiError for a refusal, UnknownOutcome for a write of which nobody knows whether
        it was made, DecodeError for a body that is not as documented.
        """
        if not self.accepted:
            raise self.refusal()
        try:
            return op.decode(self.json())
        except Malformed as error:
            raise self.malformed(f"the answer is not as documented: {error}") from None

    def refusal(self) -> ApiError | UnknownOutcome:
        """The error that says what the server said."""
        status = self.response.status
        body = self._plain_body()
        message = _message(body) or "no reason given"
        cls = _REFUSALS.get(status, ApiError)
        if status >= 500:
            cls = UnknownAfterServerError if self.op.writes else ServerError
        elif self.lost and self.op.writes:
            return UnknownOutcome(
                f"an attempt got no answer, and a later one was refused: {status} {message}",
                method=self.op.method,
                path=self.request.path,
                attempts=self.attempts,
            )
        elif 300 <= status < 400:
            cls = Redirected
            message = "a redirect of a write is not followed" if self.op.writes else _LEADS_NOWHERE
        return cls(
            message,
            status=status,
            body=body,
            method=self.op.method,
            path=self.request.path,
            attempts=self.attempts,
        )

    def malformed(self, message: str) -> DecodeError | UnknownOutcome:
        """A read that cannot be understood; of a write, it leaves the outcome unknown."""
        cls: type[DecodeError | UnknownOutcome] = UnknownOutcome if self.op.writes else DecodeError
        return cls(message, method=self.op.method, path=self.request.path, attempts=self.attempts)

    def _plain_body(self) -> JSON:
        if not self.response.body:
            return None
        try:
            return load(self.response.body)
        except ValueError:
            return self.response.body.decode(errors="replace")


def _message(body: JSON, depth: int = 5) -> str:
    """The server's own words, wherever it puts them, but not at any depth."""
    if not depth:
        return ""
    if isinstance(body, str):
        if re.search("<!doctype|<html", body[:200], re.IGNORECASE):
            title = re.search("<title>([^<]*)", body, re.IGNORECASE)
            return _message(title[1] if title else "an HTML page", depth - 1)
        return " ".join(body.split())[:_LONGEST_MESSAGE]
    if isinstance(body, list):
        parts = (_message(part, depth - 1) for part in body[:5])
        return "; ".join(filter(None, parts))[:_LONGEST_MESSAGE]
    if isinstance(body, dict):
        for key in ("message", "error", "errors", "reason", "detail"):
            if found := _message(body.get(key), depth - 1):
                return found
    return ""
