"""What a blocking call costs beyond the same call awaited, one after the other over one connection.

Both clients live in this process and read the same card by turns.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Final

import anyio

from agilekit import FlyingDonut, blocking
from benchmarks.serving import Server, serving
from benchmarks.table import Round, Row, Sample, Size, at_most

PROJECT: Final = "54744060c955ca8169c61ee6"
CARD: Final = "54744c20c955ca8169c61eef"
MOST: Final = 300.0
"""µs that a blocking call may cost more."""
_TURNS: Final = 8


@contextmanager
def beyond_awaited(size: Size) -> Generator[Round]:
    with serving() as server:
        yield lambda: _one_round(server, max(1, size.calls // _TURNS))


def _one_round(server: Server, calls: int) -> Sample:
    more = [_waited(server, calls) - anyio.run(_awaited, server, calls) for _ in range(_TURNS)]
    return Sample(max(median(more), 1.0), MOST)


def _waited(server: Server, calls: int) -> float:
    """µs of CPU a call, this process's threads together."""
    with blocking.FlyingDonut(PROJECT, secret="any", base_url=f"{server.url}/api") as donut:
        read = partial(donut.cards.get, CARD)
        read()
        began = time.process_time()
        for _ in range(calls):
            read()
        return (time.process_time() - began) / calls * 1e6


async def _awaited(server: Server, calls: int) -> float:
    async with FlyingDonut(PROJECT, secret="any", base_url=f"{server.url}/api") as donut:
        read = partial(donut.cards.get, CARD)
        await read()
        began = time.process_time()
        for _ in range(calls):
            await read()
        return (time.process_time() - began) / calls * 1e6


ROWS: Final = (
    Row("CPU of a blocking call beyond an awaited one, of 300 µs", at_most(1.0), beyond_awaited),
)
