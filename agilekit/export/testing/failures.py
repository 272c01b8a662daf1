"""What fails in the middle of a commit leaves the project as it was, or has it as it is to be.

A process is killed by the system, so that nothing of it can still put anything in order.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

from agilekit.export.table import value_of
from agilekit.export.tables import BY_NAME
from agilekit.export.testing.destination import (
    Destination,
    NotConforming,
    expect,
    expect_stored,
    stored,
)
from agilekit.export.testing.samples import in_version, project, streamed

__all__ = ["CHECKS", "killed_while_it_commits"]

_SCOPE: Final = "failures"
_CARDS: Final = 60
_KILLS: Final = 3
_LONGEST: Final = 0.08  # seconds that a writer lives after its first commit
_POINTS: Final = 12
_TITLES: Final = {"projects": "title", "cards": "title", "comments": "text", "extras": "title"}


class _Stop(Exception):
    """What fails while a project is read."""


def an_error_at_any_row_leaves_the_project_as_it_was(there: Destination) -> None:
    before, after, other = in_version(1), in_version(2), in_version(1, project("2"))
    rows_read = 0

    def count() -> None:
        nonlocal rows_read
        rows_read += 1

    with there.opened() as target:
        run = target.begin(_SCOPE, resume=False)
        target.commit(run, other)
        target.commit(run, streamed(before, count))
        entries = target.entries()
        steps = max(1, rows_read // _POINTS)
        for point in range(1, rows_read + 1, steps):
            left = point

            def stop() -> None:
                nonlocal left
                left -= 1
                if not left:
                    raise _Stop

            try:
                target.commit(run, streamed(after, stop))
            except Exception:  # noqa: BLE001 - the reader's own, or what the target makes of it
                expect_stored(target, before)
                expect(target.entries() == entries, "a commit that failed has changed the entries")
            else:
                expect(bool(left), "an error of the rows is not reported")
        target.commit(run, after)
        target.finish([run])
    there.expect_whole(after, other)


def a_writer_that_is_killed_leaves_each_project_old_or_new(there: Destination) -> None:
    killed_while_it_commits(there, _KILLS)


def killed_while_it_commits(there: Destination, kills: int) -> None:
    """Kills a writer so many times, each at another moment."""
    last = 1
    with there.opened() as target:
        target.commit(target.begin(_SCOPE, resume=True), in_version(last, cards=_CARDS))
    for _ in range(kills):
        last = _kill(there, last)
        with there.opened() as target:
            rows = stored(target, project().key)
            found = {
                value_of(row, BY_NAME[table], column)
                for table, column in _TITLES.items()
                for row in rows[table]
            }
            versions = {f"version {last}", f"version {last + 1}"}
            expect(
                len(found) == 1 and found <= versions,
                f"after {last} commits, the project of a killed writer has rows of {found or None}",
            )
            last = int(str(found.pop()).split()[1])
            expect_stored(target, in_version(last, cards=_CARDS))
            last += 1
            run = target.begin(_SCOPE, resume=True)
            target.commit(run, in_version(last, cards=_CARDS))
    there.expect_whole(in_version(last, cards=_CARDS))


def _kill(there: Destination, last: int) -> int:
    """Kills a writer, and gives the last version that it knows to be committed."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    writer = context.Process(target=_commit_forever, args=(there, last, theirs), daemon=True)
    writer.start()
    theirs.close()
    try:
        last = ours.recv()
        time.sleep(random.random() * _LONGEST)  # noqa: S311 - any moment will do
    except EOFError:
        writer.join()
        what = f"a writer ended by itself, with code {writer.exitcode}"
        raise NotConforming(what) from None
    finally:
        writer.kill()
        writer.join()
    try:
        while True:
            last = ours.recv()
    except EOFError:
        return last
    finally:
        ours.close()


def _commit_forever(there: Destination, version: int, told: Connection) -> None:
    with there.opened() as target:
        run = target.begin(_SCOPE, resume=True)
        while True:
            version += 1
            target.commit(run, in_version(version, cards=_CARDS))
            told.send(version)


CHECKS: Final[tuple[Callable[[Destination], None], ...]] = (
    an_error_at_any_row_leaves_the_project_as_it_was,
    a_writer_that_is_killed_leaves_each_project_old_or_new,
)
