"""What many tasks write is committed together, and none goes on before its rows are on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import anyio
import pytest
from attrs import evolve

from agilekit import JournalError
from agilekit.bulk import BulkReport, Draft, create_many
from agilekit.bulk.journal import Journal, Row, State
from agilekit.bulk.journal.commits import Commits
from tests.bulk.journal.test_journal import states
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, in_turn, notes
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio


def row(position: int) -> Row:
    return Row(position, b"", State.SENT, "{}")


class Disk:
    """Takes its time for each commit."""

    def __init__(self, *failures: str | None, seconds: float = 1) -> None:
        self.commits: list[list[int]] = []
        self.written: list[int] = []
        self._failures = list(failures)
        self._seconds = seconds

    async def commit(self, rows: Sequence[Row]) -> None:
        positions = [row.position for row in rows]
        self.commits.append(positions)
        await anyio.sleep(self._seconds)
        if self._failures and (why := self._failures.pop(0)):
            raise JournalError(why)
        self.written += positions


async def put(commits: Commits, disk: Disk, position: int) -> None:
    await commits.put([row(position)])
    assert position in disk.written


def test_what_is_written_during_a_commit_is_in_the_next_one(anyio_backend: str) -> None:
    disk = Disk()

    async def main() -> None:
        commits = Commits(disk.commit, tasks=1)
        async with anyio.create_task_group() as tasks:
            for position in range(5):
                tasks.start_soon(put, commits, disk, position)
                await anyio.sleep(0.1)
            await anyio.sleep(0.6)
            for position in range(5, 8):
                tasks.start_soon(put, commits, disk, position)

    in_virtual_time(anyio_backend, main)
    assert [sorted(one) for one in disk.commits] == [[0], [1, 2, 3, 4], [5, 6, 7]]


def test_commits_that_would_follow_closely_wait_for_half_of_the_tasks(anyio_backend: str) -> None:
    disk = Disk(seconds=0)

    async def main() -> float:
        commits = Commits(disk.commit, tasks=8)
        await put(commits, disk, 0)
        began = anyio.current_time()
        async with anyio.create_task_group() as tasks:
            for position in range(1, 5):
                tasks.start_soon(put, commits, disk, position)
        assert anyio.current_time() == began
        await put(commits, disk, 5)
        return anyio.current_time() - began

    assert in_virtual_time(anyio_backend, main) == pytest.approx(0.005)
    assert [sorted(one) for one in disk.commits] == [[0], [1, 2, 3, 4], [5]]


async def test_a_failure_reaches_everybody_whose_rows_were_not_written() -> None:
    disk = Disk(None, "the disk is full", seconds=0)
    commits, failed = Commits(disk.commit, tasks=2), list[int]()

    async def attempt(position: int) -> None:
        with pytest.raises(JournalError, match="the disk is full"):
            await put(commits, disk, position)
        failed.append(position)

    await put(commits, disk, 0)
    async with anyio.create_task_group() as tasks:
        for position in range(1, 5):
            tasks.start_soon(attempt, position)
    await put(commits, disk, 5)
    assert sorted(failed) == [1, 2, 3, 4]
    assert disk.written == [0, 5]


async def test_who_is_cancelled_leaves_when_the_rows_are_written_and_spoils_no_others() -> None:
    disk = Disk(seconds=0.01)
    commits, left = Commits(disk.commit, tasks=2), list[int]()

    async def cancelled(position: int) -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await put(commits, disk, position)
            left.append(position)
            await anyio.sleep(1)
        assert scope.cancelled_caught

    async with anyio.create_task_group() as tasks:
        for position in range(6):
            tasks.start_soon(partial(put, commits, disk) if position % 2 else cancelled, position)
    assert sorted(disk.written) == list(range(6))
    assert sorted(left) == [0, 2, 4]
    assert len(disk.commits) == 1


async def test_what_is_added_is_written_with_what_comes_next() -> None:
    disk = Disk(seconds=0)
    commits = Commits(disk.commit, tasks=1)
    commits.add([row(0)])
    assert commits.has_unflushed
    await put(commits, disk, 1)
    assert not commits.has_unflushed
    await commits.flush()
    commits.add([row(2)])
    await commits.flush()
    assert disk.commits == [[0, 1], [2]]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[list[State]]:
    """What each commit wrote."""
    commits: list[list[State]] = []
    commit = Journal._put  # pyright: ignore[reportPrivateUsage]

    def counted(self: Journal, rows: Sequence[Row]) -> None:
        commits.append([row.state for row in rows])
        commit(self, rows)

    monkeypatch.setattr(Journal, "_put", counted)
    return commits


async def test_one_commit_a_draft_if_they_are_sent_one_after_the_other(
    tmp_path: Path, written: list[list[State]]
) -> None:
    await create_many(Shelf().kind(), notes(5), concurrency=1, journal=tmp_path / "job")
    both = [State.CREATED, State.SENT]
    assert written == [[State.SENT], *[both] * 4, [State.CREATED]]


def test_few_commits_are_made_if_many_are_sent_at_once(
    anyio_backend: str, tmp_path: Path, written: list[list[State]]
) -> None:
    kind, journal = Shelf(latency=0.02).kind(), tmp_path / "job"
    report = in_virtual_time(
        anyio_backend, lambda: create_many(kind, notes(320), concurrency=16, journal=journal)
    )
    assert len(report.created) == 320
    assert len(written) <= 320 / 2  # without: 640


def test_what_is_known_is_on_disk_before_a_job_waits_for_a_lost_draft(
    anyio_backend: str, tmp_path: Path
) -> None:
    journal, shelf = tmp_path / "job", Shelf(OK, Fate(LOST, applied=0), OK)
    in_order = evolve(shelf.kind(), spec=in_turn(shelf.kind().spec))
    seen: list[dict[int, State]] = []

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(create_many, in_order, notes(3), journal=journal))
            await anyio.sleep(30)
            seen.append(states(journal))

    in_virtual_time(anyio_backend, main)
    assert seen == [{0: State.CREATED, 1: State.SENT}]
    assert shelf.texts == ["Note 0", "Note 1", "Note 2"]


@pytest.mark.parametrize("workers", [1, 4])
def test_what_is_known_is_on_disk_before_a_job_waits_for_its_drafts(
    anyio_backend: str, tmp_path: Path, workers: int
) -> None:
    journal, shelf = tmp_path / "job", Shelf(latency=1)
    seen: list[dict[int, State]] = []

    async def slow() -> AsyncIterator[Draft]:
        for draft in notes(4):
            yield draft
            await anyio.sleep(30)
            seen.append(states(journal))

    async def main() -> BulkReport[Note]:
        return await create_many(shelf.kind(), slow(), concurrency=workers, journal=journal)

    assert len(in_virtual_time(anyio_backend, main).created) == 4
    assert seen == [dict.fromkeys(range(n), State.CREATED) for n in range(1, 5)]
