"""Exporting to SQLite, beside plain httpx and `json.loads` of the same answers.

The other side sends the requests that the export has sent, as many at once, and keeps nothing. A
server that makes each answer once serves both, see export_server.py.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import anyio
import httpx

from agilekit import FlyingDonut, InvalidInput, KanbanTool
from agilekit.export import export
from agilekit.services import AnyClient
from benchmarks.serving import Server, serving
from benchmarks.table import NotMeasured, Opening, Round, Row, Sample, Size, at_most

Make: TypeAlias = Callable[..., AnyClient]
Asked: TypeAlias = list[tuple[str, dict[str, str]]]

CONCURRENCY: Final = 32
CLIENTS: Final[dict[str, Make]] = {"cards": FlyingDonut, "boards": KanbanTool}
"""By the account of export_server.py."""


async def write(client: AnyClient, folder: Path) -> None:
    report = await export([client], to=folder / "x.sqlite", concurrency=CONCURRENCY)
    assert not report.failed, report.failed


async def fetch(url: str, asked: Asked) -> None:
    left = iter(asked)
    async with httpx.AsyncClient() as client, anyio.create_task_group() as tasks:

        async def work() -> None:
            for target, headers in left:
                response = await client.get(url + target, headers=headers)
                json.loads(response.content)

        for _ in range(min(CONCURRENCY, len(asked))):
            tasks.start_soon(work)


def cost(do: Callable[..., Awaitable[None]], *given: object) -> float:
    """Seconds of CPU time."""
    gc.collect()
    began = time.process_time()
    anyio.run(do, *given)
    return time.process_time() - began


def client_of(account: str, server: Server, **options: Any) -> AnyClient:
    opening = httpx.get(f"{server.url}/opening").json()
    url = server.url + opening.pop("base_url")
    return CLIENTS[account](**opening, base_url=url, concurrency=CONCURRENCY, **options)


def exporting(account: str, number: int, quick: int, **options: Any) -> Opening:
    """number: of what the account holds; quick: the same, if it only has to be shown to run."""

    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        with serving("export_server", account, quick if size.is_quick else number) as server:
            yield lambda: _one_round(account, server, options)

    return opened


def _one_round(account: str, server: Server, options: dict[str, Any]) -> Sample:
    with tempfile.TemporaryDirectory() as folder:
        try:
            client = client_of(account, server, **options)
        except InvalidInput as error:
            raise NotMeasured(str(error)) from None
        ours = cost(write, client, Path(folder))
    asked: Asked = httpx.get(f"{server.url}/asked").json()
    other = cost(fetch, server.url, asked)
    httpx.get(f"{server.url}/asked")
    return Sample(ours * 1e3, other * 1e3)


def megabytes() -> float:
    """The most memory that this process ever took. Raises NotMeasured if nothing tells."""
    # What `resource` says may be of the process that has started this one.
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        raise NotMeasured("there is no /proc/self/status, which only Linux has") from None
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def memory(number: int, quick: int, most: float) -> Opening:
    """most: megabytes, the cost of the other side."""

    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        megabytes()
        with serving("export_server", "cards", quick if size.is_quick else number) as server:
            program = [sys.executable, "-m", "benchmarks.exports", "cards", str(server.port)]
            done = subprocess.run(program, check=True, capture_output=True, text=True)
        sample = Sample(float(done.stdout), most)
        yield lambda: sample  # it takes minutes, and is the same each time

    return opened


ROWS: Final = (
    Row(
        "export of 20,000 cards, beside httpx and json.loads",
        at_most(3.0),
        exporting("cards", 20_000, 40),
        unit="ms",
    ),
    Row(
        'export of 20,000 cards, http="fast", beside the same',
        at_most(2.4),
        exporting("cards", 20_000, 40, http="fast"),
        unit="ms",
    ),
    Row(
        "export of 100 small boards, beside httpx and json.loads",
        at_most(1.0),
        exporting("boards", 100, 2),
        unit="ms",
    ),
    Row(
        "memory of an export of 100,000 cards, beside 400 MB",
        at_most(1.0),
        memory(100_000, 40, 400),
        unit="MB",
    ),
)

if __name__ == "__main__":
    account, port = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        anyio.run(write, client_of(account, Server(int(port))), Path(folder))
    print(megabytes())
