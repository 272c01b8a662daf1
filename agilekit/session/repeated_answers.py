"""What large answers were decoded to, for who asks the same again to see whether anything changed.

While `RepeatedAnswers` are used, an answer that is byte for byte the one before of the same request
is not decoded again: it is the value that the one before was. So a second reading of an unchanged
list costs no more than its way over the network, and takes no memory. Nobody may change what was
read.

What holds for a call holds in all tasks and threads that it starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar, cast

from agilekit.wire.response import Answer
from agilekit.wire.route import Route

__all__ = ["RepeatedAnswers", "decoded"]

T = TypeVar("T")

_CURRENT: Final = ContextVar["RepeatedAnswers | None"]("agilekit.repeated_answers", default=None)


class RepeatedAnswers:
    """The last large answer of each read that was made while they were used."""

    def __init__(self) -> None:
        self._values: Final = dict[tuple[Route[object], str], tuple[bytes, object]]()
        """By route and URL, the hash of an answer and what it was decoded to."""

    @contextmanager
    def used(self) -> Generator[None]:
        """For the reads of all calls that are made inside."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def decoded(self, answer: Answer, make: Callable[[Answer], T]) -> T:
        key = answer.route, answer.request.url
        digest = hashlib.sha256(answer.response.body).digest()
        before = self._values.get(key)
        if before is not None and before[0] == digest:
            return cast("T", before[1])  # of one route, the same is made each time
        value = make(answer)
        self._values[key] = digest, value
        return value


def decoded(answer: Answer, make: Callable[[Answer], T]) -> T:
    """What `make` makes of an answer, or has made of the same one before."""
    known = _CURRENT.get()
    if known is None or answer.route.writes or not answer.accepted:
        return make(answer)
    return known.decoded(answer, make)
