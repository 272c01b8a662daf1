"""Bytes of an answer to models: beside pydantic, which keeps no `raw`, and beside xmltodict alone.

Both sides read the same bytes, by turns and in one process: see decoding_sides.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import anyio
import httpx

from agilekit.sandbox import Sandbox
from benchmarks.server import CARD
from benchmarks.serving import FOLDER
from benchmarks.table import NotMeasured, Opening, Round, Row, Sample, Size, at_most

ENTITIES: Final = 100


def beside(other: str, ours: str, body: Callable[[], bytes]) -> Opening:
    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        answer = body()
        times = max(1, size.calls // 32)
        yield lambda: costs(ours, other, answer, times)

    return opened


def costs(ours: str, other: str, body: bytes, times: int) -> Sample:
    """µs of CPU time of decoding it once, on each side."""
    program = [sys.executable, "-m", "benchmarks.decoding_sides", ours, other, str(times)]
    done = subprocess.run(
        program, input=body, stdout=subprocess.PIPE, check=True, cwd=FOLDER.parent
    )
    found: dict[str, list[float] | str] = json.loads(done.stdout)
    if "refused" in found:
        raise NotMeasured(str(found["refused"]))
    return Sample(*map(float, found["costs"]))


def cards_as_json() -> bytes:
    return json.dumps([{**CARD, "cid": number} for number in range(ENTITIES)]).encode()


def tasks_as_xml() -> bytes:
    """As the sandbox writes them."""
    sandbox = Sandbox("empty")
    account = sandbox.kanbantool
    board = next(iter(account.boards.values()))
    for number in range(ENTITIES):
        account.add_task(board, f"Task {number}", description="What is to be done")
    url = f"http://sandbox{account.base_path}/boards/{board.id}/tasks.xml"

    async def read() -> bytes:
        async with httpx.AsyncClient(transport=sandbox.transport()) as client:
            response = await client.get(url, params={"api_token": account.token})
            return response.raise_for_status().content

    return anyio.run(read)


ROWS: Final = (
    Row(
        "100 cards, JSON to models with raw, beside pydantic without",
        at_most(0.95),
        beside("pydantic", "cards", cards_as_json),
    ),
    Row(
        '100 cards, the same with http="fast"',
        at_most(0.7),
        beside("pydantic", "cards, fast", cards_as_json),
    ),
    Row(
        "100 tasks, XML to models, beside xmltodict.parse alone",
        at_most(0.8),
        beside("xmltodict", "tasks", tasks_as_xml),
    ),
)
