"""Work that ends when nobody waits for it any more.

What decodes an answer may be left to itself, in a thread, when its call is over. It asks here,
again and again, whether it should go on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["Stopped", "go_on", "until"]

_IS_OVER: Final = ContextVar["Callable[[], bool] | None"]("agilekit.is_over", default=None)


class Stopped(BaseException):
    """Nobody waits for the work. It ends in the thread in which it is raised."""


@contextmanager
def until(is_over: Callable[[], bool]) -> Generator[None]:
    """The work inside ends once `is_over`."""
    token = _IS_OVER.set(is_over)
    try:
        yield
    finally:
        _IS_OVER.reset(token)


def go_on() -> None:
    """Raises Stopped where nobody waits for the work."""
    is_over = _IS_OVER.get()
    if is_over is not None and is_over():
        raise Stopped
