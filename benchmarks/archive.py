"""A sandbox with an archive of 1,000 tasks, 50 ms away. Run as a program, it prints where it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio

from agilekit.sandbox import Faults, Sandbox

TASKS = 1000
LATENCY = 0.05


async def main() -> None:
    sandbox = Sandbox("empty", faults=Faults(latency=LATENCY))
    fake = sandbox.kanbantool
    board = next(iter(fake.boards.values()))
    now = datetime.now(UTC)
    for number in range(TASKS):
        fake.add_task(board, f"Task {number}", archived_at=now - timedelta(minutes=number))
    async with sandbox.serve() as server:
        print(f"{server.url}{fake.base_path}", fake.token, board.id, flush=True)
        await anyio.sleep_forever()


if __name__ == "__main__":
    anyio.run(main)
