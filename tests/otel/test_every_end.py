"""Whatever a hook does at whichever event, and wherever a call is cancelled: each end comes once,
each span ends, and the program has its own current span again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Final, Literal, TypeAlias

import anyio
import pytest
from opentelemetry import trace

from agilekit import Event, EventHook, FlyingDonut
from agilekit.flyingdonut import Bucket, Card
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Faults, Sandbox
from tests.each import each
from tests.events.pairs import check_pairs
from tests.otel.collected import Collected
from tests.virtual_time import in_virtual_time

Work: TypeAlias = Callable[[FlyingDonut, Bucket, Card], Awaitable[object]]
Act: TypeAlias = Literal["raises", "is interrupted", "cancels"]


async def _list(donut: FlyingDonut, bucket: Bucket, _: Card) -> None:
    async with donut.cards.in_bucket(bucket).pages(prefetch=2) as pages:
        assert [page async for page in pages]


WORKS: Final[dict[str, Work]] = {
    "read": lambda donut, _, card: donut.cards.get(card),
    "listing": _list,
    "edit with a conflict": lambda donut, _, card: donut.cards.update(card, title="mine"),
    "create": lambda donut, bucket, _: donut.cards.create(bucket, title="new"),
    "job": lambda donut, bucket, _: donut.cards.create_many(
        bucket, [CardDraft(title=str(number)) for number in range(4)], batch_size=2
    ),
}


class Stop(Exception):
    """The caller's own."""


class Acts:
    """A hook that does something at one event, once it is armed."""

    def __init__(self, act: Act, at: int) -> None:
        self._act: Act = act
        self._at = at
        self.is_armed = False
        self.heard = 0
        self.scope: anyio.CancelScope | None = None

    def __call__(self, _: Event) -> None:
        self.heard += self.is_armed
        if not self.is_armed or self.heard != self._at:
            return
        match self._act:
            case "raises":
                raise Stop
            case "is interrupted":
                raise KeyboardInterrupt
            case "cancels":
                assert self.scope is not None
                self.scope.cancel()


def _unruly() -> Faults:
    return Faults(bad_gateway=0.3, drop_after=0.2, seed=2)


async def _work(work: Work, hook: Acts, faults: Faults) -> None:
    sandbox, made, told = Sandbox("demo"), Collected(), list[Event]()
    fake = sandbox.flyingdonut
    hooks: list[EventHook] = [made.hook, hook, told.append]
    async with FlyingDonut(**fake.arguments(), on_event=hooks, retries=2) as donut:
        [bucket, *_] = await donut.buckets.all()
        [card, *_] = await donut.cards.in_bucket(bucket)
        async with FlyingDonut(**fake.arguments()) as other:
            await other.cards.update(card, title="theirs")
        sandbox.faults = faults
        with made.tracers.get_tracer("program").start_as_current_span("mine") as mine:
            hook.is_armed = True
            with anyio.CancelScope() as hook.scope, suppress(Exception, KeyboardInterrupt):
                await work(donut, bucket, card)
            hook.is_armed = False
            assert trace.get_current_span() is mine
        sandbox.faults = Faults()
        with anyio.fail_after(1):  # what it held was given back
            await donut.project.get()
    check_pairs(told)
    _check_ended(made, told)


def _check_ended(made: Collected, told: list[Event]) -> None:
    """Fails if a span has not ended, or has ended twice."""
    kinds = [type(event).__name__ for event in told]
    begun = sum(kind.endswith("Started") for kind in kinds)
    ids = {span.context.span_id for span in made.spans if span.context is not None}
    assert len(ids) == len(made.spans) == begun + len(made.named("mine"))


def _check_at_each_event(
    backend: str, act: Act, name: str, faults: Callable[[], Faults], *, step: int = 1
) -> None:
    at, heard = 0, 0
    while heard >= at:
        at += step
        hook = Acts(act, at)
        in_virtual_time(backend, partial(_work, WORKS[name], hook, faults()))
        heard = hook.heard
    assert at > 4


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@each("act", ["raises", "cancels"])
@each("name", WORKS)
def test_every_end_comes_once_whatever_a_hook_does(backend: str, act: Act, name: str) -> None:
    _check_at_each_event(backend, act, name, Faults if name == "job" else _unruly)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("act", ["raises", "cancels"])
def test_every_end_comes_once_in_a_job_that_looks_and_sends_again(backend: str, act: Act) -> None:
    _check_at_each_event(backend, act, "job", _unruly, step=3)


@each("name", ["read", "edit with a conflict", "create"])  # a task of its own ends asyncio by it
def test_every_end_comes_once_if_a_hook_is_interrupted(name: str) -> None:
    _check_at_each_event("trio", "is interrupted", name, _unruly)
