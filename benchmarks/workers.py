"""An export of many accounts by one worker process and by two, from a server some way off.

What is compared: the wall time of ``export(…, workers=1)`` and ``export(…, workers=2)`` of the same
accounts, by turns, each worker with the same settings. The server is bound by its latency, and a
worker by its `concurrency`, which is chosen so that a worker needs little of a processor: what one
process has in flight at once is then what it waits for. A process that is bound by its processor
gains as much only where there are as many processors as workers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

import anyio

from agilekit.connections import load
from agilekit.export import export
from agilekit.sandbox import Faults, Sandbox

LATENCY = 0.05  # seconds
ACCOUNTS = 16
BOARDS = 8  # of each account
TASKS = 2  # of each board
CONCURRENCY = 4
ROUNDS = 3


async def serve() -> None:
    """Serves the accounts, each at a port of its own, and prints their file of connections."""
    lines = ["secrets_in_this_file = true"]
    async with AsyncExitStack() as stack:
        for number in range(ACCOUNTS):
            sandbox = Sandbox("empty", faults=Faults(latency=LATENCY))
            account = sandbox.kanbantool
            for _ in range(BOARDS - len(account.boards)):
                account.add_board("Board")
            for board in account.boards.values():
                for task in range(TASKS):
                    account.add_task(board, f"Task {task}")
            server = await stack.enter_async_context(sandbox.serve())
            lines += [
                f"[connections.account{number}]",
                'service = "kanbantool"',
                f'token = "{account.token}"',
                f'base_url = "{server.url}{account.base_path}"',
            ]
        print(json.dumps("\n".join(lines)), flush=True)
        await anyio.sleep_forever()


async def seconds(file: Path, to: Path, workers: int) -> float:
    began = time.perf_counter()
    report = await export(load(file), to, workers=workers, concurrency=CONCURRENCY, resume=False)
    assert not report.failed
    assert len(report.projects) == ACCOUNTS * BOARDS
    return time.perf_counter() - began


async def measured(file: Path, folder: Path) -> list[tuple[float, float]]:
    """The seconds with one worker and with two, by rounds."""
    return [
        (
            await seconds(file, folder / f"one{turn}.sqlite", 1),
            await seconds(file, folder / f"two{turn}.sqlite", 2),
        )
        for turn in range(ROUNDS)
    ]


def main() -> None:
    with (
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.workers", "serve"], stdout=subprocess.PIPE
        ) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert server.stdout is not None
        try:
            file = Path(folder, "agilekit.toml")
            file.write_text(json.loads(server.stdout.readline()), encoding="utf-8")
            rounds = anyio.run(measured, file, Path(folder))
        finally:
            server.kill()
    one, two = (median(side) for side in zip(*rounds, strict=True))
    ratio = median(first / second for first, second in rounds)
    print(
        f"Export of {ACCOUNTS} accounts of {BOARDS} boards, {LATENCY * 1000:.0f} ms away, "
        f"{CONCURRENCY} requests at once in each worker:\n"
        f"  1 worker {one:.1f} s, 2 workers {two:.1f} s: {ratio:.2f} times as fast "
        f"(median of {ROUNDS} rounds, by turns, with the start of the workers)"
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        anyio.run(serve)
    else:
        main()
