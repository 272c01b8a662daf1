"""From a command's function to the event loop and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

__all__ = ["run"]

T = TypeVar("T")

# Trio would raise KeyboardInterrupt at any instruction otherwise, also where that leaves a task
# group half open; asyncio cancels the main task.
_OPTIONS: Final = {"trio": {"restrict_keyboard_interrupt_to_checkpoints": True}}


def run(main: Callable[[], Awaitable[T]], *, backend: str = "asyncio") -> T:
    """The result of `main`. Ctrl-C leaves as KeyboardInterrupt, whichever task it met."""
    try:
        return anyio.run(main, backend=backend, backend_options=_OPTIONS.get(backend))
    except BaseExceptionGroup as group:
        if group.subgroup(KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
