"""Several writers at once, in threads of their own, and one that is taken over while it writes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event
from typing import Final

from agilekit.export.errors import TargetError
from agilekit.export.project import ProjectData
from agilekit.export.testing.destination import Destination, expect, expect_stored
from agilekit.export.testing.samples import in_version, project, streamed

__all__ = ["CHECKS"]

_SCOPE: Final = "concurrent"
_PROJECTS: Final = 8
_WAIT: Final = 1.0  # second for which a writer holds still, so that another may come in between


def its_steps_may_be_taken_in_changing_threads(there: Destination) -> None:
    data = in_version(1)
    with there.opened() as target:

        def in_new_thread(step: Callable[[], object]) -> None:
            with ThreadPoolExecutor(1) as thread:
                thread.submit(step).result()

        run = target.begin(_SCOPE, resume=False)
        in_new_thread(lambda: target.commit(run, data))
        in_new_thread(target.entries)
        in_new_thread(lambda: expect_stored(target, data))
        in_new_thread(lambda: target.finish([run]))
        in_new_thread(target.close)
    there.expect_whole(data)


def two_writers_lose_nothing_of_each_other(there: Destination) -> None:
    with there.opened():
        pass
    together = Barrier(2)

    def write(writer: str) -> list[ProjectData]:
        written: list[ProjectData] = []
        with there.opened() as target:
            try:
                run = target.begin(writer, resume=True)
            except BaseException:
                together.abort()
                raise
            together.wait()
            for number in range(_PROJECTS):
                data = in_version(1, project(f"{writer} {number}"))
                target.commit(run, data)
                target.commit(run, in_version(1, project("of both")))
                written.append(data)
            target.finish([run])
        return written

    with ThreadPoolExecutor(2) as threads:
        written = [one for both in threads.map(write, ("a", "b")) for one in both]
    there.expect_whole(*written, in_version(1, project("of both")))


def a_run_that_is_taken_over_while_it_writes_does_not_win(there: Destination) -> None:
    newer, done = in_version(2), Event()
    taken: list[Future[None]] = []

    def take_over() -> None:
        with there.opened() as target:
            target.commit(target.begin(_SCOPE, resume=True), newer)
        done.set()

    with there.opened() as late, ThreadPoolExecutor(1) as thread:
        run = late.begin(_SCOPE, resume=False)

        def on_row() -> None:
            if not taken:
                taken.append(thread.submit(take_over))
                done.wait(_WAIT)  # in vain if the target lets no other in while it reads the rows

        try:
            late.commit(run, streamed(in_version(1), on_row))
        except TargetError:
            expect(bool(taken), "the commit is refused before anything has happened")
        taken[0].result()
        expect_stored(late, newer)
    there.expect_whole(newer)


CHECKS: Final[tuple[Callable[[Destination], None], ...]] = (
    its_steps_may_be_taken_in_changing_threads,
    two_writers_lose_nothing_of_each_other,
    a_run_that_is_taken_over_while_it_writes_does_not_win,
)
