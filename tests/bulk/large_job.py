"""A job of many drafts with a journal: run as a program, it prints what it took as JSON."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import anyio

from agilekit.bulk import Draft, create_many
from tests.bulk.shelf import Shelf


def drafts(count: int) -> Iterator[Draft]:
    return ({"text": f"Note {number}", "size": number} for number in range(count))


def megabytes() -> float:
    """The most memory so far."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux is that of the parent, where it has more
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(peak) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


async def main(journal: str, count: int) -> None:
    kind = Shelf(keeps=False).kind(batch_size=50)
    await create_many(kind, drafts(100), concurrency=16, journal=f"{journal}-first")
    before, began = megabytes(), time.perf_counter()
    report = await create_many(kind, drafts(count), concurrency=16, journal=journal)
    ended = time.perf_counter()
    assert sum(1 for _ in report) == count == len(report)
    taken = {"megabytes": megabytes() - before, "seconds": ended - began}
    json.dump({**taken, "report": str(report)}, sys.stdout)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], int(sys.argv[2]))
