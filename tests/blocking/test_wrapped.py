"""A client is entered and left whole, whatever interrupts that."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from itertools import count
from typing import Final

import pytest

from agilekit.blocking import FlyingDonut, rows
from agilekit.flyingdonut import CardDraft
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of
from tests.blocking.interruptions import interrupted_at
from tests.each import each

STRIDE: Final = 16
# Steps of one call; from 3.12 on, comprehensions are no functions, in which there are some.
LEAST: Final = 100 if sys.version_info < (3, 12) else 64


def pages(donut: FlyingDonut) -> object:
    with donut.buckets.all().pages(prefetch=1) as read_ahead:
        return list(read_ahead)


def a_job(donut: FlyingDonut) -> object:
    drafts = (CardDraft(title=f"Card {number}") for number in range(2))
    return donut.cards.create_many(next(iter(donut.buckets.all())), drafts)


CALLS: Final[dict[str, Callable[[FlyingDonut], object]]] = {
    "one call": lambda donut: donut.project.get(),
    "a listing": lambda donut: list(donut.buckets.all()),
    "pages": pages,
    "a job": a_job,
    "rows": lambda donut: list(rows([donut], tables=["projects"])),
}


@pytest.mark.no_cover  # it traces by itself
@pytest.mark.quick(1)
@pytest.mark.parametrize("first", range(STRIDE))
@each("call", CALLS)
def test_a_program_that_is_interrupted_at_any_step_leaves_no_thread_and_its_client_can_be_used(
    call: str, first: int
) -> None:
    sandbox, steps = Sandbox(), 0
    for step in count(first, STRIDE):
        donut = donut_of(sandbox)

        def program(donut: FlyingDonut = donut) -> None:
            with donut:
                CALLS[call](donut)

        where = interrupted_at(step, program)
        if where is None:
            break
        steps += 1
        assert loops_are_over(), where
        assert not donut.is_open, where
        with donut:
            assert donut.project.get().id == donut.project_id, where
    assert steps > LEAST / STRIDE


def loops_are_over() -> bool:
    """Whether each loop has ended, or does now."""
    for thread in threading.enumerate():
        if thread.name == "agilekit.blocking":
            thread.join(1)
            if thread.is_alive():
                return False
    return True


def test_a_client_that_is_dropped_while_it_is_open_leaves_no_thread() -> None:
    donut_of(Sandbox()).__enter__().project.get()
    assert loops_are_over()


def test_a_resource_keeps_the_loop_of_a_client_that_is_dropped() -> None:
    project = donut_of(Sandbox()).__enter__().project
    assert project.get().id
    del project
    assert loops_are_over()
