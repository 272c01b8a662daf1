"""A client of a process of its own that reads one card over and over.

Run as a program, with what sends, the server's URL, how many at once, the event loop, and whether
the garbage collector is on or off. It prints where its agilekit is, or why it cannot send. Then for
each number of calls on a line of its input it makes so many and prints what they cost. It imports
nothing of its folder, so that the agilekit of any commit can be measured with it.
"""

from __future__ import annotations

import gc
import json
import resource
import ssl
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, TypeAlias

import anyio
import httpx

import agilekit

PROJECT: Final = "54744060c955ca8169c61ee6"
CARD: Final = "54744c20c955ca8169c61eef"
PATH: Final = f"/projects/{PROJECT}/items/{CARD}"
HEADERS: Final = {"Authorization": "secret of-nobody"}

One: TypeAlias = Callable[[], Awaitable[object]]


@asynccontextmanager
async def plain(base_url: str, _: int) -> AsyncGenerator[One]:
    """`httpx.AsyncClient` with its own defaults, without any decoding beyond JSON."""
    async with httpx.AsyncClient(headers=HEADERS) as client:

        async def one() -> None:
            response = await client.get(base_url + PATH)
            response.raise_for_status().json()

        yield one


@asynccontextmanager
async def raw(base_url: str, concurrent: int) -> AsyncGenerator[One]:
    """aiohttp with as many connections as there are tasks, and `json.loads`."""
    import aiohttp

    trusted = ssl.create_default_context()
    connector = aiohttp.TCPConnector(limit=concurrent, ssl=trusted)
    async with aiohttp.ClientSession(headers=HEADERS, connector=connector) as client:

        async def one() -> None:
            async with client.get(base_url + PATH) as response:
                response.raise_for_status()
                json.loads(await response.read())

        yield one


def typed(
    http: str | None, **more: object
) -> Callable[[str, int], AbstractAsyncContextManager[One]]:
    """agilekit, each answer decoded to a `Card`. more: options."""

    @asynccontextmanager
    async def opened(base_url: str, concurrent: int) -> AsyncGenerator[One]:
        options: dict[str, Any] = more if http is None else {"http": http, **more}
        async with agilekit.FlyingDonut(
            PROJECT, secret="of-nobody", base_url=base_url, concurrency=concurrent, **options
        ) as donut:

            async def one() -> None:
                await donut.cards.get(CARD)

            yield one

    return opened


def _hear(_: object) -> None:
    """The hook that does least."""


SENDERS: Final = {
    "httpx": plain,
    "aiohttp": raw,
    "agilekit": typed(None),
    "agilekit on httpx2": typed("httpx2"),
    "agilekit on fast": typed("fast"),
    "agilekit on fast, with a hook": typed("fast", on_event=_hear),
}


async def measured(one: One, concurrent: int, calls: int) -> dict[str, float]:
    """Makes the calls with so many tasks, each one call after another."""
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await one()

    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    async with anyio.create_task_group() as tasks:
        for _ in range(min(concurrent, calls)):
            tasks.start_soon(work)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu": cpu / calls * 1e6, "wall": wall / calls * 1e6, "memory": most}


async def main(sender: str, url: str, concurrent: int) -> None:
    async with SENDERS[sender](f"{url}/api", concurrent) as one:
        print(json.dumps({"agilekit": agilekit.__file__}), flush=True)
        for line in sys.stdin:
            print(json.dumps(await measured(one, concurrent, int(line))), flush=True)


if __name__ == "__main__":
    if sys.argv[5] == "off":
        gc.disable()
    try:
        anyio.run(main, sys.argv[1], sys.argv[2], int(sys.argv[3]), backend=sys.argv[4])
    except (agilekit.InvalidInput, ImportError, LookupError) as error:
        print(json.dumps({"refused": str(error)}), flush=True)
