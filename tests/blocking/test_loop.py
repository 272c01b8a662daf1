"""The one loop of all blocking clients begins with its first user and ends with its last."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NoReturn, cast

import pytest

from agilekit import AgilekitError
from agilekit.blocking import FlyingDonut, export, rows
from agilekit.blocking.loop import SHARED
from agilekit.flyingdonut import Bucket, CardDraft
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of, kanban_of, loop_threads
from tests.each import each


def test_the_clients_of_all_services_share_one_loop_which_ends_with_the_last() -> None:
    sandbox = Sandbox()
    with donut_of(sandbox) as donut:
        with kanban_of(sandbox) as kanban:
            assert list(kanban.boards.all())
            assert loop_threads() == ["agilekit.blocking"]
        assert donut.project.get().id == donut.project_id
    assert loop_threads() == []
    with donut:  # again
        assert donut.project.get().id == donut.project_id
    assert loop_threads() == []


def test_a_loop_that_cannot_be_started_is_an_error_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_more_files(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    donut = donut_of(Sandbox())
    with monkeypatch.context() as patch:
        patch.setattr(asyncio.events, "new_event_loop", no_more_files)
        with (
            pytest.raises(AgilekitError, match="no event loop can be started"),
            donut,
        ):
            pass
    assert loop_threads() == []
    with donut:
        assert donut.project.get().id == donut.project_id


def test_a_client_that_is_closed_when_the_program_has_ended_raises_nothing() -> None:
    with donut_of(Sandbox()) as donut, donut.buckets.all().pages() as pages:
        next(pages)
        SHARED.end()  # as at the exit of the interpreter
    assert loop_threads() == []


def test_an_iterator_that_the_collector_finds_in_the_loop_ends_without_a_deadlock() -> None:
    sandbox = Sandbox()

    def leave_begun() -> None:
        begun: list[object] = [rows([kanban_of(sandbox)])]
        begun.append(begun)  # found by the collector only
        next(cast("Iterator[object]", begun[0]))

    with donut_of(sandbox, on_event=lambda _: gc.collect()) as donut:
        leave_begun()
        assert donut.project.get().id == donut.project_id
    assert loop_threads() == []


def _pages(donut: FlyingDonut, _: Bucket, __: Path) -> object:
    with donut.buckets.all().pages(prefetch=3) as pages:
        return list(pages)


def _a_job(donut: FlyingDonut, bucket: Bucket, _: Path) -> object:
    drafts: list[CardDraft] = [{"title": f"Card {number}"} for number in range(9)]
    return donut.cards.create_many(bucket, drafts, batch_size=1)


def _an_export(donut: FlyingDonut, _: Bucket, folder: Path) -> object:
    return export([donut], to=folder / "export.jsonl")


CALLS: Final[dict[str, Callable[[FlyingDonut, Bucket, Path], object]]] = {
    "one call": lambda donut, _, __: donut.project.get(),
    "pages": _pages,
    "a job": _a_job,
    "an export": _an_export,
    "rows": lambda donut, _, __: list(rows([donut])),
}


@each("call", CALLS)
def test_what_ends_a_program_is_raised_by_the_call_in_whose_callback_it_was_and_by_no_other(
    call: str, tmp_path: Path
) -> None:
    sandbox, waits, may_end = Sandbox(), threading.Event(), threading.Event()

    def drafts() -> Iterator[CardDraft]:
        yield {"title": "The first"}
        waits.set()
        may_end.wait(10)
        yield {"title": "The second"}

    def end(_: object) -> NoReturn:
        sys.exit("the callback")

    with donut_of(sandbox) as donut, ThreadPoolExecutor(1) as threads:
        bucket = next(iter(donut.buckets.all()))
        other = threads.submit(donut.cards.create_many, bucket, drafts(), batch_size=1)
        waits.wait(10)
        with donut_of(sandbox, on_event=end) as ends, pytest.raises(SystemExit, match="callback"):
            CALLS[call](ends, bucket, tmp_path)
        may_end.set()
        assert len(other.result().created) == 2
    assert loop_threads() == []
