"""Which projects are read at the same time, and how much memory they may take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

import anyio
import pytest

from agilekit.export.schedule import MOST_ROWS, ProjectLoad, ProjectQueue, run_queues
from tests.virtual_time import in_virtual_time


class Watch:
    """Exports that take one second each, and what was under way at the same time."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.under_way: Counter[str] = Counter()
        self.rows = 0
        self.most: Counter[str] = Counter()
        self.most_rows = 0

    def queue(
        self, name: str, sizes: Iterable[int], *, known: bool = True, width: int = 16
    ) -> ProjectQueue:
        queue = ProjectQueue(width)
        for rows in sizes:
            queue.add(partial(self.export, name, rows), rows if known else None)
        return queue

    async def export(self, name: str, rows: int, held: ProjectLoad) -> None:
        self.begun.append(name)
        self.under_way[name] += 1
        self.rows += rows
        self.most |= self.under_way
        self.most_rows = max(self.most_rows, self.rows)
        held.rows = rows
        await anyio.sleep(1)
        self.under_way[name] -= 1
        self.rows -= rows


def seconds(backend: str, job: Callable[[], Awaitable[object]]) -> float:
    async def timed() -> float:
        began = anyio.current_time()
        await job()
        return anyio.current_time() - began

    return in_virtual_time(backend, timed)


def test_no_queue_waits_for_another_though_each_project_fills_the_memory(
    anyio_backend_name: str,
) -> None:
    watch = Watch()
    queues = [watch.queue(str(number), [MOST_ROWS] * 3) for number in range(50)]
    assert seconds(anyio_backend_name, partial(run_queues, queues)) == 3
    assert set(watch.most.values()) == {1}


def test_small_projects_are_read_side_by_side_as_many_as_may_have_a_request_in_flight(
    anyio_backend_name: str,
) -> None:
    watch = Watch()
    queues = [watch.queue("a", [10] * 40, width=20), watch.queue("b", [10] * 40, width=4)]
    assert seconds(anyio_backend_name, partial(run_queues, queues)) == 10
    assert watch.most == {"a": 20, "b": 4}


@pytest.mark.parametrize("known", [True, False])
def test_large_projects_of_one_queue_stay_within_the_memory(
    known: bool, anyio_backend_name: str
) -> None:
    watch = Watch()
    queue = watch.queue("a", [MOST_ROWS // 5] * 40, known=known)
    in_virtual_time(anyio_backend_name, partial(run_queues, [queue]))
    assert len(watch.begun) == 40
    # Of projects that nothing is known of, an eighth each is expected at first.
    assert watch.most_rows <= (MOST_ROWS if known else 8 * MOST_ROWS // 5)
    assert watch.most["a"] == (5 if known else 8)


def test_the_memory_that_is_left_goes_round(anyio_backend_name: str) -> None:
    watch = Watch()
    queues = [watch.queue(name, [MOST_ROWS // 6] * 9) for name in "abc"]
    assert seconds(anyio_backend_name, partial(run_queues, queues)) == 5
    assert Counter(watch.begun[:6]) == {"a": 2, "b": 2, "c": 2}  # though trio begins in any order
    assert watch.most == {"a": 2, "b": 2, "c": 2}


def test_small_projects_of_which_nothing_was_known_are_soon_read_side_by_side(
    anyio_backend_name: str,
) -> None:
    watch = Watch()
    queues = [watch.queue(str(number), [50] * 33, known=False) for number in range(20)]
    # One each at first, whose sizes tell the others'.
    assert seconds(anyio_backend_name, partial(run_queues, queues)) == 3


def test_the_first_error_ends_all_and_only_it_is_raised(anyio_backend_name: str) -> None:
    async def fails(_held: ProjectLoad) -> None:
        raise KeyError("mine")

    watch = Watch()
    queue = watch.queue("a", [1] * 3)
    queue.add(fails, 1)
    queue.add(partial(watch.export, "late", 1), 1)
    with pytest.raises(KeyError, match="mine"):
        in_virtual_time(anyio_backend_name, partial(run_queues, [queue, watch.queue("b", [1])]))
    assert watch.under_way["a"] == 3
