"""What a hook is told of things that last: that they begin, and once how they ended.

A client without a hook tells nothing, and makes no event, no id and no context for one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Final

import anyio
from attrs import field, frozen

from agilekit.events import Event, EventContext, EventHook
from agilekit.wire.json import replace_surrogates
from agilekit.wire.redaction import Redactor

__all__ = ["UNTOLD", "EndDetails", "Teller", "error_of", "error_text", "new_id"]

UNTOLD: Final[AbstractContextManager[None]] = nullcontext()
"""Tells nothing."""

_UNKNOWN: Final = EventContext()
_NO_SECRET: Final = Redactor()
_LONGEST_ERROR: Final = 2000


def new_id() -> str:
    """For one call, edit or job: no two are alike, in whichever process they are made."""
    return os.urandom(8).hex()


@frozen
class EndDetails:
    """How something ended."""

    seconds: float
    error: str | None = None
    error_type: str | None = None


def error_of(error: BaseException, redactor: Redactor) -> tuple[str, str]:
    """What is told of an error: in words without what must not show, and in one word."""
    if isinstance(error, anyio.get_cancelled_exc_class()):
        return "cancelled", "cancelled"
    name = type(error).__name__
    return error_text(error, redactor) or name, name


def error_text(error: BaseException, redactor: Redactor) -> str:
    """The words of an error, as they can be kept and sent anywhere: without what must not show, in
    bounded length, and as text that UTF-8 can hold.
    """
    try:
        text = redactor.text(str(error))
    except Exception:  # noqa: BLE001 - what a hook or a transport raised may not be able to say why
        return ""
    return replace_surrogates(text)[:_LONGEST_ERROR]


@frozen
class Teller:
    """Tells the hook of a client of one call, edit or job."""

    hook: EventHook | None = None
    context: EventContext = field(default=_UNKNOWN)
    """Of what the events are."""
    redactor: Redactor = field(default=_NO_SECRET)

    def tell(self, event: Event) -> None:
        if self.hook is not None:
            self.hook(event)

    def told(
        self, started: Callable[[], Event], ended: Callable[[EndDetails], Event]
    ) -> AbstractContextManager[None]:
        """Tells of what goes on inside of it. started, ended: make the two events."""
        return UNTOLD if self.hook is None else _Told(self.hook, started, ended, self.redactor)


class _Told(AbstractContextManager[None]):
    def __init__(
        self,
        hook: EventHook,
        started: Callable[[], Event],
        ended: Callable[[EndDetails], Event],
        redactor: Redactor,
    ) -> None:
        self._hook = hook
        self._started = started
        self._ended = ended
        self._redactor = redactor
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = anyio.current_time()
        try:
            self._hook(self._started())
        except BaseException as error:
            self._end(error)  # other hooks have heard that it begins
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        seconds = anyio.current_time() - self._began
        why = (None, None) if error is None else error_of(error, self._redactor)
        self._hook(self._ended(EndDetails(seconds, *why)))
