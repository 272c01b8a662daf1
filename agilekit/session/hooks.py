"""The hook of a client: what its caller passed, and the log that a variable asks for.

Several hooks are called in order, each of them also if one before it raises: so each is told how
everything ends that it was told the beginning of.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import reduce
from typing import Final

from agilekit.checks import alternatives
from agilekit.environment import optional
from agilekit.errors import InvalidInput
from agilekit.events import Event, EventHook, Log, log

__all__ = ["hook_of"]

_VARIABLE: Final = "AGILEKIT_LOG"
_LEVELS: Final = ("debug", "info", "warning", "error", "critical")


def hook_of(on_event: EventHook | Sequence[EventHook] | None) -> EventHook | None:
    """One hook of all; None if nobody listens.

    Raises InvalidInput for what cannot be called, and for a variable that names no level.
    """
    hooks = [] if on_event is None else _given(on_event)
    level = _level()
    if level is not None:
        of_variable = _log_at(level)
        if not any(_reaches(hook, of_variable.logger) for hook in hooks):
            hooks.append(of_variable)
    return _ends_nothing(reduce(_both, hooks)) if hooks else None


def _given(on_event: EventHook | Sequence[EventHook]) -> list[EventHook]:
    try:
        given = [on_event] if callable(on_event) else list(on_event)
        is_valid = all(map(callable, given))
    except TypeError:
        given, is_valid = [], False
    if not is_valid:
        raise InvalidInput(f"on_event must be a function or several of them, not {on_event!r:.60}")
    return given


def _reaches(hook: EventHook, logger: logging.Logger) -> bool:
    """Whether it is a log whose lines go to a logger, too."""
    return isinstance(hook, Log) and logger in _takers(hook.logger)


def _takers(logger: logging.Logger) -> Iterator[logging.Logger]:
    """Those whose handlers take what is logged by a logger."""
    taker: logging.Logger | None = logger
    while taker is not None:
        yield taker
        taker = taker.parent if taker.propagate else None


def _both(first: EventHook, second: EventHook) -> EventHook:
    def hook(event: Event) -> None:
        try:
            first(event)
        finally:
            second(event)

    return hook


def _ends_nothing(given: EventHook) -> EventHook:
    """A StopAsyncIteration would end a listing as if it were whole: as in a generator, it becomes
    a RuntimeError.
    """

    def hook(event: Event) -> None:
        try:
            given(event)
        except StopAsyncIteration as error:
            raise RuntimeError(f"a hook raised {error!r}") from error

    return hook


def _level() -> str | None:
    named = (optional(_VARIABLE) or "").strip()
    if not named:
        return None
    if named.lower() not in _LEVELS:
        raise InvalidInput(
            f"the environment variable {_VARIABLE} must be {alternatives(_LEVELS)}, "
            f"not {named!r:.60}"
        )
    return named.upper()


def _log_at(level: str) -> Log:
    found = log()
    found.logger.setLevel(level)
    if not found.logger.hasHandlers():
        found.logger.addHandler(_WithoutOthers())
    return found


class _WithoutOthers(logging.Handler):
    """Writes on standard error while no other handler takes what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        takers = _takers(logging.getLogger(record.name))
        handlers = [handler for taker in takers for handler in taker.handlers]
        if handlers == [self] and sys.stderr is not None:
            with suppress(Exception):  # what cannot be written disturbs no call
                sys.stderr.write(f"{self.format(record)}\n")
