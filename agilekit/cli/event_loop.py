"""From a command's function to the event loop and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

from agilekit.cli import signals

__all__ = ["run"]

T = TypeVar("T")

_GRACE: Final = 3.0  # seconds
_LOOK_EVERY: Final = 0.1  # seconds
# Otherwise trio would raise KeyboardInterrupt at any instruction, even if that leaves a task group
# half open; asyncio cancels the main task.
_OPTIONS: Final = {"trio": {"restrict_keyboard_interrupt_to_checkpoints": True}}


def run(
    main: Callable[[], Awaitable[T]],
    *,
    backend: str = "asyncio",
    stop: Callable[[], object] | None = None,
) -> T:
    """The result of `main`.

    stop: is called at the first signal; `main` then has 3 s to end by itself, or until the second
        signal, and its result is returned. Without it, the first signal cancels `main`.

    Raises Interrupted if a signal has ended `main`. Outside a process of its own, where signals are
    not recorded, Ctrl-C leaves as KeyboardInterrupt, whichever task it met.
    """

    async def watched() -> list[T]:
        results: list[T] = []
        errors: list[Exception] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_end_at_a_signal, tasks.cancel_scope, stop)
            try:
                results.append(await main())
            except Exception as error:  # noqa: BLE001 - raised below, without a group around it
                errors.append(error)
            tasks.cancel_scope.cancel()
        if errors:
            raise errors[0]
        return results

    try:
        with signals.deferred():
            results = anyio.run(watched, backend=backend, backend_options=_OPTIONS.get(backend))
    except BaseExceptionGroup as group:
        if group.subgroup(KeyboardInterrupt):
            raise KeyboardInterrupt from None
        if group.subgroup(SystemExit):
            # rich ends the program so, with 1, if nobody reads what it prints any longer.
            raise SystemExit(1) from None
        raise
    if stop is None or not results:
        signals.raise_received()
    (result,) = results
    return result


async def _end_at_a_signal(scope: anyio.CancelScope, stop: Callable[[], object] | None) -> None:
    await _received(1)
    if stop is not None:
        stop()
        with anyio.move_on_after(_GRACE):
            await _received(2)
    scope.cancel()


async def _received(count: int) -> None:
    # A signal that comes just before the loop waits would wake no loop: so it is looked for.
    while len(signals.received) < count:  # noqa: ASYNC110 - see above
        await anyio.sleep(_LOOK_EVERY)
