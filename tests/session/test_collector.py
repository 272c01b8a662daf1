"""The garbage collector is held while a large answer is decoded, and never for longer."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Generator
from functools import partial
from typing import Final

import anyio
import anyio.to_thread
import pytest

from agilekit import DecodeError
from agilekit.session import collector
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.session.test_decode_worker import LARGE, SMALL, session_at

pytestmark = pytest.mark.anyio

MOST: Final = 16


@pytest.fixture(autouse=True)
def as_it_was() -> Generator[None]:
    assert gc.isenabled()
    yield
    gc.enable()


class Seen:
    """Decodes a list, and notes whether the collector was on."""

    def __init__(self) -> None:
        self.on: list[bool] = []

    def __call__(self, data: JSON) -> JSON:
        self.on.append(gc.isenabled())
        return data


@pytest.mark.parametrize(("body", "on"), [(SMALL, True), (LARGE, False)])
async def test_it_is_held_for_a_large_answer_only(body: list[JSON], on: bool) -> None:
    seen = Seen()
    async with session_at(body) as session:
        await session.call(Route[JSON]("Read", "GET", "/things", seen), {})
    assert seen.on == [on]
    assert gc.isenabled()


async def test_it_runs_again_after_an_answer_that_cannot_be_read() -> None:
    async with session_at(b"[" + b"1," * (1 << 17) + b"]") as session:
        with pytest.raises(DecodeError):
            await session.call(Route[JSON]("Read", "GET", "/things", Seen()), {})
    assert gc.isenabled()


async def test_it_runs_again_when_the_thread_of_a_cancelled_call_has_ended() -> None:
    began, gate, ended = threading.Event(), threading.Event(), threading.Event()

    def decode(_: JSON) -> None:
        began.set()
        gate.wait(60)
        ended.set()

    read = Route[None]("Read", "GET", "/things", decode)
    async with session_at(LARGE) as session:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(partial(session.call, read, {}))
                await anyio.to_thread.run_sync(began.wait)
                assert not gc.isenabled()
                tasks.cancel_scope.cancel()
            assert not gc.isenabled()  # the thread is left to itself
            gate.set()
            while not gc.isenabled():  # noqa: ASYNC110 - nothing tells of its end
                await anyio.sleep(0.001)
    assert ended.is_set()


def test_it_stays_off_for_a_program_that_has_switched_it_off() -> None:
    gc.disable()
    with collector.held():
        pass
    assert not gc.isenabled()


def test_it_stays_on_for_a_program_that_switches_it_on_meanwhile() -> None:
    with collector.held():
        gc.enable()
    assert gc.isenabled()


def test_holds_within_and_beside_each_other_end_with_the_last() -> None:
    first, second = collector.held(), collector.held()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    with collector.held():
        pass
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_it_is_never_on_inside_of_a_hold_whatever_many_threads_do() -> None:
    wrong: list[bool] = []

    def work() -> None:
        for _ in range(MOST // 4):  # so many that all of them could share one hold
            with collector.held():
                wrong.append(gc.isenabled())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not any(wrong)
    assert gc.isenabled()


def test_answers_that_always_overlap_do_not_hold_it_for_ever() -> None:
    last = collector.held()
    last.__enter__()
    for _ in range(10 * MOST):
        following = collector.held()
        following.__enter__()
        last.__exit__(None, None, None)
        last = following
        if gc.isenabled():
            break
    assert gc.isenabled()
    last.__exit__(None, None, None)
    with collector.held():
        assert not gc.isenabled()  # and the next one is held again


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")  # from 3.12 on
@pytest.mark.parametrize("was_on", [True, False])
def test_a_process_that_is_forked_meanwhile_has_it_as_it_was(was_on: bool) -> None:
    is_held, may_end = threading.Event(), threading.Event()

    def decode() -> None:
        with collector.held():
            is_held.set()
            may_end.wait()

    if not was_on:
        gc.disable()
    thread = threading.Thread(target=decode)
    thread.start()
    is_held.wait()
    child = os.fork()
    if not child:  # here is no such thread
        found = [gc.isenabled()]
        with collector.held():
            found.append(gc.isenabled())
        found.append(gc.isenabled())
        os._exit(0 if found == [was_on, False, was_on] else 1)
    _, status = os.waitpid(child, 0)
    assert not gc.isenabled()
    may_end.set()
    thread.join()
    assert os.waitstatus_to_exitcode(status) == 0
    assert gc.isenabled() == was_on
