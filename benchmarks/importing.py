"""What importing costs, beside the libraries that agilekit stands on."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

ROUNDS = 15
TIMED = "import time; t = time.process_time(); {}; print(time.process_time() - t)"
BASE = "import httpx, attrs, cattrs"
OURS = ("import agilekit", "from agilekit import FlyingDonut")


def cost(statement: str) -> float:
    """Seconds of CPU time, in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(statement)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    costs = {statement: [cost(statement)] for statement in (BASE, *OURS)}  # also compiles
    for statement in costs:
        costs[statement].clear()
    for _ in range(ROUNDS):
        for statement, seconds in costs.items():
            seconds.append(cost(statement))
    for statement, seconds in costs.items():
        ratio = median(a / b for a, b in zip(seconds, costs[BASE], strict=True))
        print(f"{statement:34} {median(seconds) * 1000:6.1f} ms  ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
