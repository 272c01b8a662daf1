"""``python -m benchmarks profile``: where the CPU time of one typed GET goes, by what runs.

The process is interrupted after every millisecond of its CPU time, and the part counts to which the
innermost frame belongs; what runs in C counts for its caller, and a module of the standard library
that belongs to no part does, too. Unlike a profiler that follows every call, this makes small
functions no dearer than they are. The shares are then of a cost that was measured undisturbed.
"""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import anyio

from agilekit import InvalidInput
from benchmarks.caller import SENDERS, measured
from benchmarks.page import put_into
from benchmarks.serving import serving
from benchmarks.table import FULL, QUICK, Size

INTERVAL: Final = 0.001  # seconds of CPU time
CONCURRENT: Final = 64
TIMES: Final = 8
# By the path of a file; the first that fits counts.
PARTS: Final = {
    "our loop of calls": r"/benchmarks/",
    "decoding": r"/agilekit/(wire/(decode|dialect|fast_json|generated|json|lenient|model|"
    r"response|structure|times|xml)|\w+/(decoders|models)|versioned/)|/cattrs/|<cattrs|<agilekit|/json/|/msgspec/",
    "a connection of our own": r"/agilekit/(session/(fast|asyncio_stream)|wire/http1)|/httptools/",
    "border to the HTTP library": r"/agilekit/session/"
    r"(transport|http_library|httpcore_network|sockets)",
    "session and resources": r"/agilekit/",
    "httpx: requests and responses": r"/httpx2?/",
    "httpcore: pool": r"/httpcore2?/.*(connection_pool|_synchronization)",
    "httpcore: connection": r"/httpcore2?/",
    "h11": r"/h11/",
    "sockets, event loop, anyio": r"/(asyncio|anyio|trio|outcome|sniffio)/|/(selectors|socket|ssl)",
}
_PATTERNS: Final = {part: re.compile(pattern) for part, pattern in PARTS.items()}
OTHER: Final = "the rest"


def part_of(frame: FrameType | None) -> str:
    """The part that the innermost frame belongs to which belongs to any."""
    while frame is not None:
        # A folder above may have the name of a part.
        path = f"/{frame.f_code.co_filename.rpartition('site-packages/')[2]}"
        for part, pattern in _PATTERNS.items():
            if pattern.search(path):
                return part
        frame = frame.f_back
    return OTHER


@contextmanager
def sampled() -> Generator[Counter[str]]:
    """Counts by part, while it is open."""
    counted: Counter[str] = Counter()

    def count(_: int, frame: FrameType | None) -> None:
        counted[part_of(frame)] += 1

    before = signal.signal(signal.SIGPROF, count)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        yield counted
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


async def spent(sender: str, url: str, size: Size) -> dict[str, float]:
    """µs of CPU time a call, by part."""
    async with SENDERS[sender](f"{url}/api", CONCURRENT) as one:
        await measured(one, CONCURRENT, size.calls)
        undisturbed = (await measured(one, CONCURRENT, size.calls))["cpu"]
        with sampled() as counted:
            await measured(one, CONCURRENT, size.calls * TIMES)
    whole = max(1, counted.total())
    return {part: count / whole * undisturbed for part, count in counted.most_common()}


def table(found: dict[str, float]) -> str:
    """In Markdown."""
    lines = [f"| {part} | {microseconds:.0f} |" for part, microseconds in found.items()]
    return "\n".join(
        ["| | µs |", "|---|---|", *lines, f"| **together** | **{sum(found.values()):.0f}** |"]
    )


def main(docs: Path, *, quick: bool) -> None:
    """Prints a table for each way to send, and puts it into docs/performance.md."""
    with serving() as server:
        for sender in ("agilekit", "agilekit on fast"):
            try:
                size = QUICK if quick else FULL
                found = table(anyio.run(spent, sender, server.url, size))
            except (InvalidInput, ImportError) as error:
                found = f"Not measured: {error}."
            print(f"{sender}, {CONCURRENT} at once:\n{found}\n")
            if not quick:
                put_into(docs / "performance.md", sender, found)
