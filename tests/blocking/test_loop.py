"""The one loop of all blocking clients begins with its first user and ends with its last."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
from collections.abc import Iterator
from typing import cast

import pytest

from agilekit import AgilekitError
from agilekit.blocking import rows
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of, kanban_of, loop_threads


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
