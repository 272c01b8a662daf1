"""Reading single cards: agilekit, typed, beside a plain loop of the HTTP library with JSON."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import anyio
import httpx
from attrs import frozen

from agilekit import FlyingDonut

PROJECT = "54744060c955ca8169c61ee6"
CARD = "54744c20c955ca8169c61eef"
REQUESTS = 1024
ROUNDS = 5

One = Callable[[], Awaitable[object]]


@frozen
class Rate:
    """What one run cost."""

    per_second: float
    cpu: float
    """Microseconds of this process's CPU time a request."""


@contextmanager
def serving(latency: float) -> Generator[str]:
    """A server in a process of its own. Gives its base URL."""
    program = Path(__file__).with_name("server.py")
    with subprocess.Popen(
        [sys.executable, str(program), str(latency)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/api"
        finally:
            process.terminate()


async def measured(one: One, concurrent: int) -> Rate:
    """Makes the requests with so many tasks, each one request after another."""
    left = iter(range(REQUESTS))

    async def work() -> None:
        for _ in left:
            await one()

    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    async with anyio.create_task_group() as tasks:
        for _ in range(concurrent):
            tasks.start_soon(work)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Rate(REQUESTS / wall, cpu / REQUESTS * 1e6)


async def plain(base_url: str, concurrent: int) -> Rate:
    """A loop of `httpx.AsyncClient` with its own defaults, without any decoding beyond JSON."""
    headers = {"Authorization": "secret of-nobody"}
    async with httpx.AsyncClient(headers=headers) as client:

        async def one() -> None:
            response = await client.get(f"{base_url}/projects/{PROJECT}/items/{CARD}")
            response.raise_for_status().json()

        await measured(one, concurrent)
        return await measured(one, concurrent)


async def typed(base_url: str, concurrent: int) -> Rate:
    """agilekit, each answer decoded to a `Card`."""
    async with FlyingDonut(
        PROJECT, secret="of-nobody", base_url=base_url, concurrency=concurrent
    ) as donut:

        async def one() -> None:
            await donut.cards.get(CARD)

        await measured(one, concurrent)
        return await measured(one, concurrent)


async def compare(base_url: str) -> tuple[list[float], list[float], list[tuple[Rate, Rate]]]:
    """The ratios of each round: agilekit's rate over the plain one, and its cost at 256 over 16."""
    faster: list[float] = []
    dearer: list[float] = []
    rates: list[tuple[Rate, Rate]] = []
    for _ in range(ROUNDS):
        theirs = await plain(base_url, 64)
        ours = await typed(base_url, 64)
        faster.append(ours.per_second / theirs.per_second)
        rates.append((theirs, ours))
        dearer.append((await typed(base_url, 256)).cpu / (await typed(base_url, 16)).cpu)
    return faster, dearer, rates


def main() -> None:
    for latency in (0.01, 0.0):
        with serving(latency) as base_url:
            faster, dearer, rates = anyio.run(compare, base_url)
        theirs = median(rate.per_second for rate, _ in rates)
        ours = median(rate.per_second for _, rate in rates)
        print(f"server that takes {latency * 1000:.0f} ms:")
        print(f"  64 at once, plain httpx    {theirs:7.0f} requests/s")
        print(f"  64 at once, agilekit typed {ours:7.0f} requests/s")
        print(f"  ratio                      {_spread(faster)}")
        print(f"  CPU a request, 256 over 16 {_spread(dearer)}")


def _spread(ratios: list[float]) -> str:
    return f"{median(ratios):.2f}  (from {min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
