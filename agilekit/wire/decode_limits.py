"""How much work the decoding of an answer may make, and whether it is still wanted.

What decodes a large answer may be left to itself, in a thread, when its call is over. It asks here,
again and again, whether to go on, and counts the entities that it makes: each costs as much time as
a hundred bytes of text.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["Unwanted", "check_wanted", "count_entities", "limited"]


class Unwanted(BaseException):
    """The call is over. It ends in the thread in which it is raised."""


class _Limits:
    def __init__(self, is_over: Callable[[], bool], entities: int) -> None:
        self.is_over: Callable[[], bool] = is_over
        self.entities: int = entities


_CURRENT: Final = ContextVar["_Limits | None"]("agilekit.decode_limits", default=None)


@contextmanager
def limited(is_over: Callable[[], bool], *, entities: int) -> Generator[None]:
    """The work inside ends once `is_over`, and makes at most so many entities."""
    token = _CURRENT.set(_Limits(is_over, entities))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def check_wanted() -> None:
    """Raises Unwanted if the call is over."""
    limits = _CURRENT.get()
    if limits is not None and limits.is_over():
        raise Unwanted


def count_entities(count: int) -> None:
    """Raises ValueError if so many more are too many."""
    limits = _CURRENT.get()
    if limits is not None:
        limits.entities -= count
        if limits.entities < 0:
            raise ValueError("it holds too many entities")
