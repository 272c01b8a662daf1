"""How much of a server's rate is used after refusals that are no sign of a limit.

The server answers 200 requests a second and never says how long to wait. The first five seconds
are left out: by then the client has to have found the rate again. Both sides are seconds by the
clock on the wall for one answer: ours, and the server's own.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import anyio

from agilekit import AgilekitError, FlyingDonut
from benchmarks.caller import CARD, PROJECT
from benchmarks.serving import Server, serving
from benchmarks.table import Opening, Round, Row, Sample, Size, at_least

RATE: Final = 200.0
CONCURRENT: Final = 16
_UNMEASURED: Final = 5 / 8
"""The part of the time in which the rate is found."""


def used(*, stray: float, refused: int) -> Opening:
    """stray: the share of requests that is refused; refused: the number of one that is."""

    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        with serving("pacing_server", RATE, stray, refused) as server:
            yield lambda: Sample(anyio.run(_seconds_an_answer, server, size.seconds), 1 / RATE)

    return opened


async def _seconds_an_answer(server: Server, seconds: float) -> float:
    answers: list[float] = []
    # What is learned of a pace is shared by the clients of one credential.
    async with FlyingDonut(
        PROJECT, secret=uuid.uuid4().hex, base_url=f"{server.url}/api", concurrency=CONCURRENT
    ) as donut:

        async def work() -> None:
            while True:
                try:
                    await donut.cards.get(CARD)
                except AgilekitError:
                    continue
                answers.append(anyio.current_time())

        began = anyio.current_time()
        with anyio.move_on_after(seconds):
            async with anyio.create_task_group() as tasks:
                for _ in range(CONCURRENT):
                    tasks.start_soon(work)
    since = began + seconds * _UNMEASURED
    return seconds * (1 - _UNMEASURED) / max(1, sum(moment >= since for moment in answers))


ROWS: Final = (
    Row(
        "share used of 200/s, 5 s after one early 429",
        at_least(0.9),
        used(stray=0.0, refused=10),
        unit="s",
    ),
    Row(
        "share used of 200/s, 3 % of stray 429",
        at_least(0.8),
        used(stray=0.03, refused=0),
        unit="s",
    ),
)
