"""How much work an answer may make, and for whom.

What decodes a large answer may be left to itself, in a thread, when its call is over. It asks here,
again and again, whether it should go on, and tells how many entities it will make: each costs as
much time as a hundred bytes of text.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from attrs import define

__all__ = ["Stopped", "go_on", "limited", "make"]


class Stopped(BaseException):
    """Nobody waits for the work. It ends in the thread in which it is raised."""


@define
class _Limits:
    is_over: Callable[[], bool]
    entities: int


_NOW: Final = ContextVar["_Limits | None"]("agilekit.effort", default=None)


@contextmanager
def limited(is_over: Callable[[], bool], *, entities: int) -> Generator[None]:
    """The work inside ends once `is_over`, and makes at most so many entities."""
    token = _NOW.set(_Limits(is_over, entities))
    try:
        yield
    finally:
        _NOW.reset(token)


def go_on() -> None:
    """Raises Stopped where nobody waits for the work."""
    limits = _NOW.get()
    if limits is not None and limits.is_over():
        raise Stopped


def make(entities: int) -> None:
    """Raises ValueError where so many more are too many."""
    limits = _NOW.get()
    if limits is not None:
        limits.entities -= entities
        if limits.entities < 0:
            raise ValueError("it holds too many entities")
