"""What large answers were decoded to, for who asks the same again to see whether anything changed.

Inside `remembered`, an answer that is byte for byte the one before of the same request is not
decoded again: it is the value that the one before was. So a second reading of an unchanged list
costs no more than its way over the network, and takes no memory. Nobody may change what was read.

What holds for a call holds in all tasks and threads that it starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeAlias, TypeVar, cast

from agilekit.wire.response import Answer
from agilekit.wire.route import Route

__all__ = ["decoded", "remembered"]

T = TypeVar("T")

Values: TypeAlias = dict[tuple[Route[object], str], tuple[bytes, object]]
"""By route and URL, the hash of the last answer and what it was decoded to."""
_CURRENT: Final = ContextVar["Values | None"]("agilekit.repeated_answers", default=None)


@contextmanager
def remembered() -> Generator[None]:
    """Remembers the last large answer of each read inside."""
    token = _CURRENT.set({})
    try:
        yield
    finally:
        _CURRENT.reset(token)


def decoded(answer: Answer, make: Callable[[Answer], T]) -> T:
    """What `make` makes of an answer, or has made of the same one before."""
    values = _CURRENT.get()
    if values is None or answer.route.writes or not answer.accepted:
        return make(answer)
    key, digest = (answer.route, answer.request.url), hashlib.sha256(answer.response.body).digest()
    before = values.get(key)
    if before is not None and before[0] == digest:
        # Of one route, the same is made each time.
        return cast("T", before[1])
    value = make(answer)
    values[key] = (digest, value)
    return value
