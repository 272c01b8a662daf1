"""From a command's function to the event loop and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

__all__ = ["run"]

T = TypeVar("T")


def run(main: Callable[[], Awaitable[T]], *, backend: str = "asyncio") -> T:
    """The result of `main`. Ctrl-C leaves as KeyboardInterrupt, whichever task it met."""
    try:
        return anyio.run(main, backend=backend)
    except BaseExceptionGroup as group:
        if group.subgroup(KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
