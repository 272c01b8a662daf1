"""Exporting many boards of Kanban Tool from a server some way off: time and memory.

Run with a number of boards it is the server, and prints its address and token; with those two it is
the client, and prints its figures. Each is a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio

from agilekit import Event, KanbanTool
from agilekit.events import Attempt
from agilekit.export import export
from agilekit.sandbox import Faults, Sandbox

LATENCY = 0.025  # seconds
CONCURRENCY = 32
TASKS = 20  # of each board
BOARDS = (20, 200)


async def serve(boards: int) -> None:
    sandbox = Sandbox("empty", faults=Faults(latency=LATENCY))
    account = sandbox.kanbantool
    for number in range(boards - 1):
        board = account.add_board(f"Board {number}")
        for task in range(TASKS):
            account.add_subtask(account.add_task(board, f"Task {task}"), "Do it")
    async with sandbox.serve() as server:
        print(json.dumps([f"{server.url}{account.base_path}", account.token]), flush=True)
        await anyio.sleep_forever()


async def read(url: str, token: str) -> None:
    requests = 0

    def count(event: Event) -> None:
        nonlocal requests
        requests += isinstance(event, Attempt)

    with tempfile.TemporaryDirectory() as folder:
        client = KanbanTool(token=token, base_url=url, concurrency=CONCURRENCY, on_event=count)
        began, cpu = time.perf_counter(), time.process_time()
        report = await export([client], to=Path(folder, "x.sqlite"), concurrency=CONCURRENCY)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert not report.failed
    figures = {
        "boards": len(report.succeeded),
        "requests": requests,
        "seconds": seconds,
        "cpu": cpu,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def measured(boards: int) -> dict[str, float]:
    program = [sys.executable, "-m", "benchmarks.exporting"]
    with subprocess.Popen([*program, str(boards)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        place = json.loads(server.stdout.readline())
        try:
            taken = subprocess.run([*program, *place], check=True, capture_output=True)
        finally:
            server.kill()
    figures: dict[str, float] = json.loads(taken.stdout)
    return figures


def main() -> None:
    print(
        f"Export of boards of {TASKS} tasks, {LATENCY * 1000:.0f} ms away, {CONCURRENCY} at once:"
    )
    memory: list[float] = []
    for boards in BOARDS:
        found = measured(boards)
        waiting = found["requests"] * LATENCY / CONCURRENCY
        memory.append(found["megabytes"])
        print(
            f"  {found['boards']:.0f} boards, {found['requests']:.0f} requests: "
            f"{found['seconds']:.1f} s, {found['seconds'] / waiting:.2f} times the "
            f"{waiting:.1f} s that the server takes; "
            f"{found['cpu'] / found['requests'] * 1000:.2f} ms of CPU a request; "
            f"{found['megabytes']:.0f} MB"
        )
    growth = memory[-1] / memory[0]
    print(f"  memory with {BOARDS[-1]} boards over that with {BOARDS[0]}: {growth:.2f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [boards]:
            anyio.run(serve, int(boards))
        case [url, token]:
            anyio.run(read, url, token)
        case _:
            main()
