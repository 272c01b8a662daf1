"""A duplicate and a snapshot are waited for, if that is asked."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import pytest

from agilekit import DeadlineExceeded, NotFound
from tests.easybacklog import entities as it
from tests.easybacklog.server import easy_at
from tests.payloads import easybacklog as samples
from tests.session.scripted import Say, Scripted
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

NOT_READY: Final = {"not_ready_since": "2012-05-24T13:13:18Z"}
COPY: Final = Say({**samples.BACKLOG_DUPLICATED, **NOT_READY}, 201)
COPYING: Final = Say({**samples.BACKLOG_DUPLICATED, **NOT_READY})
COPIED: Final = Say({**samples.BACKLOG_DUPLICATED, "not_ready_since": None})


def test_a_duplicate_is_read_until_it_is_whole_with_growing_pauses(anyio_backend: str) -> None:
    server = Scripted(COPY, *[COPYING] * 6, COPIED)

    async def main() -> object:
        async with easy_at(server) as easy:
            return await easy.backlogs.duplicate(604, 7069, name="N", wait=True)

    assert in_virtual_time(anyio_backend, main) == it.BACKLOG_DUPLICATED
    assert server.calls[0] == ("POST", "/api/accounts/604/backlogs/7069/duplicate")
    assert set(server.calls[1:]) == {("GET", "/api/accounts/604/backlogs/366")}
    pauses = [round(after - before, 6) for before, after in pairwise(server.times)]
    assert pauses == [0, 0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_a_snapshot_is_read_until_it_is_whole(anyio_backend: str) -> None:
    server = Scripted(
        Say({**samples.SNAPSHOT_CREATED, **NOT_READY}, 201),
        Say({**samples.SNAPSHOT_CREATED, **NOT_READY}),
        Say(samples.SNAPSHOT_CREATED),
    )

    async def main() -> object:
        async with easy_at(server) as easy:
            return await easy.snapshots.create(604, 7069, name="New snapshot name", wait=True)

    assert in_virtual_time(anyio_backend, main) == it.SNAPSHOT_CREATED
    assert server.calls[1:] == [("GET", "/api/accounts/604/backlogs/7069/snapshots/365")] * 2


@pytest.mark.parametrize("deadline", [0.3, 5.0, 10.0])
def test_a_copy_that_is_not_whole_by_the_deadline_is_named(
    anyio_backend: str, deadline: float
) -> None:
    server = Scripted(COPY, COPYING)

    async def main() -> None:
        async with easy_at(server, deadline=deadline) as easy:
            with pytest.raises(DeadlineExceeded, match="the backlog 366 was made") as caught:
                await easy.backlogs.duplicate(604, 7069, name="N", wait=True)
            assert "not ready yet" in caught.value.message

    in_virtual_time(anyio_backend, main)
    assert server.times[-1] - server.times[0] <= deadline
    assert [method for method, _ in server.calls].count("POST") == 1


async def test_an_error_of_the_wait_tells_that_the_copy_was_made() -> None:
    server = Scripted(Say({**samples.SNAPSHOT_CREATED, **NOT_READY}, 201), Say(samples.ERRORS, 404))
    async with easy_at(server) as easy:
        with pytest.raises(NotFound) as caught:
            await easy.snapshots.create(604, 7069, name="N", wait=True)
    assert "the snapshot 365 was made" in "".join(caught.value.__notes__)


async def test_a_copy_is_not_waited_for_unless_that_is_asked() -> None:
    server = Scripted(COPY)
    async with easy_at(server) as easy:
        copy = await easy.backlogs.duplicate(604, 7069, name="N")
    assert not copy.ready
    assert len(server.requests) == 1


async def test_a_copy_whose_first_answer_says_nothing_of_being_ready_is_read_once_more() -> None:
    server = Scripted(Say(samples.BACKLOG_DUPLICATED, 201), COPIED)
    async with easy_at(server) as easy:
        kwargs: dict[str, Any] = {"name": "N", "wait": True}
        assert (await easy.backlogs.duplicate(604, 7069, **kwargs)).ready
    assert len(server.requests) == 2
