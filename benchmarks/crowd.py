"""What more a call costs while many others wait, and how much of that is the garbage collector's.

Whatever a waiting call holds (its task, its coroutines, its request) is gone over by Python's
collector, which starts after every few hundred objects that were made. So it costs more the more
calls there are at once, of any client. What is left without it is that fewer of them fit into the
caches of the processor.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from statistics import median
from typing import Final

from benchmarks.reading import Sender, Side, calling
from benchmarks.serving import serving
from benchmarks.table import FULL

SENDERS: Final[tuple[Sender, ...]] = ("agilekit", "agilekit on fast", "aiohttp")
AT_ONCE: Final = (16, 256, 1024)
ROUNDS: Final = 5


def costs(sender: Sender) -> dict[Side, float]:
    """µs of CPU time a call of each side, measured by turns."""
    found: defaultdict[Side, list[float]] = defaultdict(list)
    sides = [
        Side(sender, concurrent=concurrent, collector=collector)
        for concurrent in AT_ONCE
        for collector in ("on", "off")
    ]
    with serving() as server, ExitStack() as stack:
        callers = {side: stack.enter_context(calling(side, server)) for side in sides}
        for side, caller in callers.items():
            caller.calls(max(FULL.calls, side.concurrent))  # every connection is there
        for _ in range(ROUNDS):
            for side, caller in callers.items():
                found[side].append(caller.calls(max(FULL.calls, 4 * side.concurrent))["cpu"])
    return {side: median(each) for side, each in found.items()}


def main() -> None:
    """Prints a line for each sender and number of calls."""
    for sender in SENDERS:
        found = costs(sender)
        for collector in ("on", "off"):
            few, *more = [found[side] for side in found if side.collector == collector]
            times = ", ".join(
                f"at {number:,} {cost / few:.2f} times as much"
                for number, cost in zip(AT_ONCE[1:], more, strict=True)
            )
            print(f"{sender}, collector {collector}: {few:.0f} µs at {AT_ONCE[0]}, {times}")
